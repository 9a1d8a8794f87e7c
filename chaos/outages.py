"""How long users had to do without: runs of calls that failed or took too long, from the entries of a ledger.

Three ways in: `smtp` (a mail is accepted), `api` (a list is read), `stream` (an acknowledged mail is announced).
"""

import sys
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from chaos.ledger import Entry

PROMPT_SECONDS = 5.0
"""Mayfly's stated limit for a mail; a call that takes longer is as good as none."""


@dataclass(frozen=True)
class Outage:
    """From the begin of the first call that failed to the end of the next that did not (else of the last); seconds."""

    way: str
    begun: float
    seconds: float
    fault: int | None
    """Number of the newest fault that had begun by then."""


@dataclass(frozen=True)
class _Call:
    begun: float
    ended: float
    good: bool


def find(entries: Iterable[Entry]) -> list[Outage]:
    """Every outage of a run, by way and time."""
    entries = list(entries)
    faults = sorted((entry["at"], entry["number"]) for entry in entries if entry["what"] == "fault")
    ways = {"smtp": list(_mails(entries)), "api": list(_reads(entries)), "stream": list(_announcements(entries))}
    return [outage for way, calls in ways.items() for outage in _runs(way, calls, faults)]


def newest_fault(faults: Sequence[tuple[float, int]], moment: float) -> int | None:
    """The fault that had begun last at that moment; `faults` in the order of their begin."""
    before = bisect_right(faults, (moment, sys.maxsize))
    return faults[before - 1][1] if before else None


def _runs(way: str, calls: list[_Call], faults: list[tuple[float, int]]) -> Iterator[Outage]:
    """A fault shows in calls that were under way when it began: it may begin up to the limit after the first."""
    first: _Call | None = None
    for number, call in enumerate(sorted(calls, key=lambda each: each.begun), 1):
        first = first or (None if call.good else call)
        if first and (call.good or number == len(calls)):
            cause = newest_fault(faults, min(first.ended, first.begun + PROMPT_SECONDS))
            yield Outage(way, first.begun, call.ended - first.begun, cause)
            first = None


def _mails(entries: list[Entry]) -> Iterator[_Call]:
    for entry in entries:
        if entry["what"] == "mail" and not entry["reply"].startswith("550"):
            prompt = entry["at"] - entry["begun"] <= PROMPT_SECONDS
            yield _Call(entry["begun"], entry["at"], good=entry["result"] == "accepted" and prompt)


def _reads(entries: list[Entry]) -> Iterator[_Call]:
    for entry in entries:
        if entry["what"] == "read":
            prompt = entry["at"] - entry["begun"] <= PROMPT_SECONDS
            yield _Call(entry["begun"], entry["at"], good=entry["status"] == 200 and prompt)


def _announcements(entries: list[Entry]) -> Iterator[_Call]:
    first: dict[str, float] = {}
    for entry in entries:
        if entry["what"] == "sse":
            first.setdefault(entry["token"], entry["at"])
    for entry in entries:
        if entry["what"] == "mail" and entry["result"] == "accepted" and entry["token"] in first:
            # The stream may be faster than the reply to the peer.
            ended = max(first[entry["token"]], entry["at"])
            yield _Call(entry["at"], ended, good=ended - entry["at"] <= PROMPT_SECONDS)
