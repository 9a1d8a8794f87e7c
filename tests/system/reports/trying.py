"""Tries every case on a running Mayfly, from outside: SMTP in, the API out.

Mails go in batches, each into a fresh inbox under a tag of their own (`local+tag@domain`), and are read once the batch is listed.
"""

import smtplib
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tests.system.conversation import Caller, new_account, until
from tests.system.reports.calls import CALLS
from tests.system.reports.cases import Case, Cases
from tests.system.reports.judging import differences, seen_of, with_derived

ENVIRONMENT = {"MAYFLY_ALLOWED_ORIGINS": "https://app.example", "MAYFLY_SMTP_AUTH_ACCEPT_ANY": "true"}
"""Settings that some of the calls need."""
MOST_OF_A_BATCH = 100
"""As many messages as one page of the API lists."""
LONGEST_WAIT = 30.0
"""Seconds until a batch has to be listed."""


@dataclass(frozen=True)
class Row:
    """A row of the table and what came of it. `seen`: what is wrong, or what is right."""

    nr: int
    right: bool
    seen: str
    source: str


def try_all(stack: Any, table: Cases) -> list[Row]:
    """Every row, in order of its number. `stack`: a running Mayfly with `ENVIRONMENT`."""
    with Caller(stack, new_account(stack, "reports@example.com", plan="team")) as caller:
        looked = {}
        mails = [(index, mail) for index, case in enumerate(table.cases) for mail in case.mails]
        for start in range(0, len(mails), MOST_OF_A_BATCH):
            batch = mails[start : start + MOST_OF_A_BATCH]
            looked |= _deliver(stack, caller, [(key, table.octets(key[1])) for key in batch])
        results = [
            (
                case,
                *(
                    CALLS[case.call](stack, caller)
                    if case.call
                    else _judge(case, [looked[index, m] for m in case.mails])
                ),
            )
            for index, case in enumerate(table.cases)
        ]
    return sorted(_rows(results), key=lambda row: row.nr)


def _deliver(stack: Any, caller: Caller, batch: list[tuple[Any, bytes]]) -> dict[Any, dict[str, Any] | str]:
    """What the API says of each mail by its key; for a refused mail the reply."""
    address = caller.inbox()["address"]
    local, _, domain = address.partition("@")
    found: dict[Any, dict[str, Any] | str] = {}
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=30) as peer:
        for number, (key, octets) in enumerate(batch):
            try:
                peer.sendmail("sender@acme.example", [f"{local}+{number}@{domain}"], octets)
            except smtplib.SMTPResponseException as refused:
                found[key] = f"refused: {refused.smtp_code} {refused.smtp_error!r}"
    listed = f"/api/v1/inboxes/{address}/messages?limit={MOST_OF_A_BATCH}"
    accepted = len(batch) - len(found)
    with suppress(AssertionError):
        until(lambda: len(caller.get(listed)) >= accepted, seconds=LONGEST_WAIT)
    found = {key: "accepted, and never listed" for key, _ in batch} | found
    for entry in caller.get(listed):
        message = caller.get(f"/api/v1/messages/{entry['id']}?peek=true")
        found[batch[int(message["tag"])][0]] = with_derived(message, list(_downloads(caller, message)))
    return found


def _downloads(caller: Caller, message: dict[str, Any]) -> Iterator[dict[str, str]]:
    for attachment in message["attachments"]:
        answer = caller.http.get(f"/api/v1/messages/{message['id']}/attachments/{attachment['index']}")
        yield {
            "content_type": answer.headers.get("content-type", ""),
            "content_disposition": answer.headers.get("content-disposition", ""),
            "octets": answer.content.decode("latin-1"),
        }


def _judge(case: Case, messages: list[dict[str, Any] | str]) -> tuple[bool, str]:
    """Whether all mails of a case are right, and what was seen of those that are not, else of the first."""
    wrong = []
    for mail, message in zip(case.mails, messages, strict=True):
        found = [message] if isinstance(message, str) else differences(message, case.expect)
        if found:
            wrong.append(f"{mail}: {'; '.join(found)}" if len(case.mails) > 1 else "; ".join(found))
    first = messages[0]
    return not wrong, " | ".join(wrong) if wrong or isinstance(first, str) else seen_of(first, case.expect)


def _rows(results: Iterable[tuple[Case, bool, str]]) -> Iterator[Row]:
    by_number: dict[int, list[tuple[Case, bool, str]]] = {}
    for result in results:
        by_number.setdefault(result[0].nr, []).append(result)
    for nr, parts in by_number.items():
        wrong = [seen for _, right, seen in parts if not right]
        sources = dict.fromkeys(source for case, _, _ in parts for source in case.source)
        yield Row(nr, not wrong, " | ".join(wrong or [parts[0][2]]), ", ".join(sources))


def printed(rows: list[Row]) -> str:
    """The table as text, with a line of totals."""
    lines = [f"{row.nr:>4} | {'right' if row.right else 'WRONG'} | {row.seen} | {row.source}" for row in rows]
    wrong = sum(not row.right for row in rows)
    return "\n".join([*lines, f"{len(rows)} rows, {len(rows) - wrong} right, {wrong} wrong"])
