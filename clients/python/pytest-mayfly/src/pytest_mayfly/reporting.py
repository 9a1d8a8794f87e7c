"""What the report of a failed test says about mail: a table of what came, and the mails themselves for HTML reports.

`plugin` calls `report_mail` once for the first part of a test that failed (setup, call or teardown), while its inboxes
are still there.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from datetime import timezone
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pytest_mayfly.state import caretaker_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import pytest

    from mayfly_mail import Mayfly, Message
    from pytest_mayfly.opened import Caretaker, Handle, Opened

MOST_INBOXES = 10
MOST_LISTED = 20
MOST_ATTACHED = 10
WIDEST = {"from": 32, "to": 40, "subject": 48, "code": 16}


@dataclass(frozen=True)
class Mail:
    """A mail of a failed test, as far as the report shows it."""

    message: Message
    failed: Sequence[str] | None
    """The criteria of the last wait that it did not meet; None: the wait did not look at it, or there was none."""


def report_mail(item: pytest.Item, report: pytest.TestReport, raised: BaseException | None, opened: Opened) -> None:
    """Add a section for each inbox to the report, and its newest mails to pytest-html's and Allure's."""
    if not opened.handles:
        return
    failed = {near_miss.id: near_miss.failed for near_miss in near_misses(raised)}
    caretaker = caretaker_of(item.config)
    for handle in opened.handles[:MOST_INBOXES]:
        title = f"Mail to {handle.address}"
        try:
            mails = mails_of(caretaker.client, handle, failed)
            report.sections.append((title, "\n".join((*listed(mails), fate(caretaker, handle)))))
            attach(item.config, report, caretaker.client, mails)
        except Exception as error:  # noqa: BLE001 - a report that lacks a table is better than a run that ends here
            report.sections.append((title, f"It could not be read: {type(error).__name__}: {error}"))
            return
    if len(opened.handles) > MOST_INBOXES:
        report.sections.append(("Mail to others", f"{len(opened.handles) - MOST_INBOXES} more inboxes are not shown."))


def fate(caretaker: Caretaker, handle: Handle) -> str:
    """Return what becomes of the inbox of a test that failed, and where to look at it."""
    server = caretaker.server
    if server is None or server.is_embedded:
        return "It ends with the embedded Mayfly of this run."
    page = caretaker.client.discovery().web
    where = caretaker.client.url + (f"{page}inbox/{handle.id}" if page else "")
    return f"It is kept at {where} until it expires."


def near_misses(raised: BaseException | None) -> Iterator[Any]:
    """Yield the near misses of the waits that a test failed with, also where other errors came of them."""
    from mayfly_mail import WaitTimeout

    seen: set[int] = set()
    rest = [raised]
    while rest:
        error = rest.pop()
        if error is None or id(error) in seen:
            continue
        seen.add(id(error))
        if isinstance(error, WaitTimeout):
            yield from error.near_misses
        rest += [error.__cause__ or error.__context__, *getattr(error, "exceptions", ())]


def mails_of(client: Mayfly, handle: Handle, failed: Mapping[str, Sequence[str]]) -> list[Mail]:
    """Return the newest mails of an inbox, oldest first."""
    entries = client.open(handle.id).messages(limit=MOST_LISTED + 1)
    return [Mail(client.message(entry.id), failed.get(entry.id)) for entry in reversed(entries)]


def listed(mails: Sequence[Mail]) -> Iterator[str]:
    """Yield the lines of the table: time, From, recipients, subject, code, and the criteria that were not met."""
    if not mails:
        yield "No mail came."
        return
    if len(mails) > MOST_LISTED:
        yield f"The newest {MOST_LISTED}:"
    rows = [row(mail) for mail in mails[-MOST_LISTED:]]
    head = ("time (UTC)", "from", "to", "subject", "code", "did not match")
    used = len(head) if any(cells[-1] for cells in rows) else len(head) - 1
    table = [cells[:used] for cells in (head, *rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for cells in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()


def row(mail: Mail) -> tuple[str, ...]:
    message = mail.message
    cells = {
        "from": message.from_,
        "to": ", ".join(message.recipients or message.to),
        "subject": message.subject,
        "code": message.code or "-",
    }
    texts = (shown(text, WIDEST[name]) for name, text in cells.items())
    time = message.received_at.astimezone(timezone.utc).strftime("%H:%M:%S.%f")[:12]
    return (time, *texts, ", ".join(mail.failed or ()))


def shown(text: str, most: int) -> str:
    """Return text of a mail for a terminal: no control characters, and no longer than `most`."""
    printable = "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
    return printable if len(printable) <= most else f"{printable[: most - 3]}..."


def attach(config: pytest.Config, report: pytest.TestReport, client: Mayfly, mails: Sequence[Mail]) -> None:
    """Attach the newest mails as `.eml` where pytest-html or Allure writes a report."""
    to_html, to_allure = bool(config.getoption("htmlpath", None)), config.pluginmanager.hasplugin("allure_listener")
    if not (to_html or to_allure):
        return
    for mail in mails[-MOST_ATTACHED:]:
        raw, name = client.raw(mail.message.id), shown(mail.message.subject or "(no subject)", WIDEST["subject"])
        if to_html:
            report.extras = [*getattr(report, "extras", []), extra_of(raw, name)]  # type: ignore[attr-defined]
        if to_allure:
            import_module("allure").attach(raw, name=f"{name}.eml", attachment_type="message/rfc822", extension="eml")


def extra_of(raw: bytes, name: str) -> dict[str, str]:
    """Return a mail as pytest-html takes it: as text, under a name that it puts into its page as markup."""
    return {
        "name": html.escape(re.sub(r"\s+", " ", name)),
        "format_type": "text",
        "content": raw.decode(errors="replace"),
        "mime_type": "text/plain",
        "extension": "eml",
    }
