"""`make guard`: whether the work of a mail or a call has become dearer, against a fixed reference in the same run.

Each task is timed in turns with a reference (dictionaries, strings, regular expressions and hashes of the standard
library), in processor time, and the least of many rounds counts: so the ratio of the two depends little on the machine
and on what else it does. bench/guard.toml has the ratio that each task had when it was looked at last. A ratio above
TOLERANCE times that is a regression: make the task cheaper, or write the new ratios down with `make guard ARGS=--write`
and say why in the commit. A test does the same as `make guard`.

What it cannot see are waits, other processes, and how often they are called: tests count those (store commands of a
call, broker messages of a delivery), and `make bench-all` measures the whole.
"""

import hashlib
import json
import re
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import msgspec

from api_gateway.messages.views import message_entry, message_view
from bench.parser_mails import KINDS
from bench.smtp_load import mails
from mayfly.events import codec
from mayfly.records.message import Link, MessageSummary
from mayfly.testing.builders import make_inbox, make_mail, make_message, make_stored
from message_parser.domain.parse import parse_batch
from smtp_ingest.domain.data import DataReader

RATIOS = Path(__file__).with_name("guard.toml")
TOLERANCE = 1.35
_ROUNDS = 6
_TRIES = 3
_AT_ONCE = {"sign-up": 8, "newsletter": 1, "attachment": 4}
_NOW = datetime(2026, 11, 21, tzinfo=UTC)

Task = Callable[[], object]


def reference() -> None:
    """A fixed amount of work, some milliseconds."""
    words = [f"word{number % 97}-{number}" for number in range(2_000)]
    counts: dict[str, int] = {}
    for word in words:
        head, _, tail = word.partition("-")
        counts[head] = counts.get(head, 0) + int(tail)
    found = [match[1] for match in re.finditer(r"word(\d+)-", " ".join(words))]
    digest = hashlib.sha256("".join(found).encode() * 20).hexdigest()
    json.loads(json.dumps({"counts": counts, "digest": digest, "words": words[:500]}))


def tasks() -> dict[str, Task]:
    """Name to work, each some milliseconds."""
    return {
        **{f"parse {number} mails: {kind}": _parsing(KINDS[kind], number) for kind, number in _AT_ONCE.items()},
        "take the octets of 50 mails by SMTP": _taking(),
        "events to octets and back, 50 of each": _events(),
        "100 lists of 20 messages": _listing(),
        "100 messages with their bodies": _reading(),
    }


def _parsing(make: Callable[[int], bytes], mails_at_once: int) -> Task:
    # No cache has seen the mails of a round.
    numbers = range(0, mails_at_once * _ROUNDS * _TRIES, mails_at_once)
    batches = iter([[make(first + number) for number in range(mails_at_once)] for first in numbers])
    return lambda: parse_batch(next(batches))


def _taking() -> Task:
    octets = [mail + b".\r\n" for mail in mails(mixed=True)[:50]]

    def take() -> None:
        for mail in octets:
            reader = DataReader(len(mail))
            for start in range(0, len(mail), 4096):
                reader.feed(mail[start : start + 4096])
            reader.content()

    return take


def _events() -> Task:
    mail, stored = make_mail(make_inbox("guard"), octets=bytes(20_000)), make_stored("guard")

    def there_and_back() -> None:
        for _ in range(50):
            for fact in (mail, stored):
                codec.decode(*codec.encode(fact))

    return there_and_back


def _listing() -> Task:
    summaries = [
        MessageSummary(id=f"{number:032}", inbox_id="guard", received_at=_NOW, raw_size=20_000, subject="Your code")
        for number in range(20)
    ]
    return lambda: [msgspec.json.encode([message_entry(summary) for summary in summaries]) for _ in range(100)]


def _reading() -> Task:
    links = [Link(url=f"https://example.com/{number}", kind="other") for number in range(5)]
    headers = [("Received", "from a by b" * 5)] * 10
    message = make_message(
        make_inbox("guard"), text="Your code. " * 500, html="<p>x</p>" * 700, links=links, headers=headers
    )
    return lambda: [msgspec.json.encode(message_view(message)) for _ in range(100)]


def measured() -> dict[str, float]:
    """Name of each task to its processor time divided by the reference's."""
    return {name: _ratio(task) for name, task in tasks().items()}


def _ratio(task: Task) -> float:
    pairs = [(_seconds(reference), _seconds(task)) for _ in range(_ROUNDS)]
    return min(mine for _, mine in pairs) / min(theirs for theirs, _ in pairs)


def _seconds(task: Task) -> float:
    begun = process_time()
    task()
    return process_time() - begun


def regressions(known: Mapping[str, float], judged: Mapping[str, Task]) -> dict[str, tuple[float, float]]:
    """Tasks that are too dear, or that the file does not know (0): name to the ratio now and then.

    One that seems too dear is measured again, twice: a neighbour on the machine may have been in its way.
    """
    found = {}
    for name, task in judged.items():
        then = known.get(name, 0.0)
        now = _least(task, then * TOLERANCE)
        if now > then * TOLERANCE:
            found[name] = now, then
    return found


def _least(task: Task, enough: float) -> float:
    least = _ratio(task)
    for _ in range(_TRIES - 1):
        if least <= enough:
            break
        least = min(least, _ratio(task))
    return least


def read() -> dict[str, float]:
    """The ratios that the file has."""
    return {name: float(ratio) for name, ratio in tomllib.loads(RATIOS.read_text())["ratios"].items()}


def _lines(ratios: Mapping[str, float]) -> Iterator[str]:
    yield "# Processor time of each task of bench/guard.py, divided by the reference's."
    yield "# Written by: make guard ARGS=--write"
    yield "[ratios]"
    yield from (f'"{name}" = {ratio:.2f}' for name, ratio in ratios.items())


def main() -> int:
    """Compare and print, or write the file; exit code 1 on a regression."""
    if "--write" in sys.argv:
        RATIOS.write_text("\n".join(_lines(measured())) + "\n")
        return 0
    known = read()
    for name, ratio in measured().items():
        print(f"  {name:<44} {ratio:>7.2f} times the reference, {known.get(name, 0.0):>7.2f} when last looked at")
    found = regressions(known, tasks())
    for name, (now, then) in found.items():
        print(f"too dear: {name}: {now:.2f} times the reference, {then:.2f} when last looked at", file=sys.stderr)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
