"""The DNS of a verdict process: one cache for SPF, DKIM and DMARC, and limits on what a mail may cost.

`verdicts` and its parts look everything up here. A mail gets MAIL_SECONDS of waiting for DNS. When servers stop
answering altogether, lookups fail at once, and one question each SILENCE_SECONDS finds out whether they answer again.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, Protocol

from message_parser.workers.verdict_dns import Answer, LookupFailed, ascii_name, is_asked_for

LOOKUP_SECONDS = 2.0
MAIL_SECONDS = 6.0
SILENCE_SECONDS = 30.0
# A record that somebody has just published or mended counts soon, whatever its TTL says.
MOST_SECONDS, MOST_NEGATIVE_SECONDS = 300.0, 60.0
# A failure is remembered briefly (RFC 2308 section 7, RFC 9520 section 3), so that a burst of mails shares it.
FAILED_SECONDS = 10.0
MOST_ENTRIES, MOST_OCTETS = 8_192, 4 * 1024 * 1024
_PROBE_SECONDS = 1.0
_PROVEN_SECONDS = 10.0
_FAILURES_IN_A_ROW = 2
_ENTRY_OCTETS = 400  # what Python needs for an entry besides its content, measured


class Asker(Protocol):
    """What `verdict_dns.Client` is; tests pass one that answers from a table."""

    def ask(self, name: str, kind: str, seconds: float) -> Answer: ...


class _Entry(NamedTuple):
    until: float
    octets: int
    records: Sequence[Any] | None  # None: the lookup failed


class Resolver:
    """Looks names up through a cache. Not for several threads.

    `asked`, `cached`, `failed`: how many lookups were sent, answered by the cache, or stayed without an answer.
    """

    def __init__(
        self, asker: Asker, now: Callable[[], float] = time.monotonic, *, most_entries: int = MOST_ENTRIES
    ) -> None:
        self._asker = asker
        self._now = now
        self._most_entries = most_entries
        self._cache: OrderedDict[tuple[str, str], _Entry] = OrderedDict()
        self._octets = 0
        self._deadline = 0.0
        self._silent_until = 0.0
        self._proven_until = 0.0
        self._failed_in_a_row = 0
        self._mail = [0, 0]  # lookups of this mail that were answered, that failed
        self.is_silent = False
        self.works = False
        self.asked = self.cached = self.failed = 0

    def begin(self) -> None:
        """Begin with another mail, which has MAIL_SECONDS from now on."""
        self._deadline = self._now() + MAIL_SECONDS
        self._mail = [0, 0]

    @property
    def is_unknown(self) -> bool:
        """Whether this mail's lookups all failed, and DNS has not been seen to work either: there may be none here."""
        answered, failed = self._mail
        return failed > 0 and not answered and not self.works

    def lookup(self, name: str, kind: str) -> Sequence[Any]:
        """The records of this type, none for names that do not or cannot exist. Raises LookupFailed."""
        plain = ascii_name(name)
        if not is_asked_for(plain):
            return ()
        key = plain, kind
        entry = self._cache.get(key)
        if entry is not None and entry.until > self._now():
            self._cache.move_to_end(key)
            self.cached += 1
            records = entry.records
        else:
            records = self._ask(key)
        self._mail[records is None] += 1
        if records is None:
            self.failed += 1
            raise LookupFailed
        return records

    def _ask(self, key: tuple[str, str]) -> Sequence[Any] | None:
        began = self._now()
        seconds = min(LOOKUP_SECONDS, self._deadline - began)
        if seconds <= 0 or not self._may_ask(began):
            return None
        self.asked += 1
        try:
            answer = self._asker.ask(*key, seconds)
        except LookupFailed:
            self._keep(key, None, FAILED_SECONDS)
            self._failed_in_a_row += 1
            if self._failed_in_a_row >= _FAILURES_IN_A_ROW:
                self._prove()
            return None
        self._failed_in_a_row = 0
        self._is_answering()
        most = MOST_SECONDS if answer.records else MOST_NEGATIVE_SECONDS
        self._keep(key, answer.records, min(answer.ttl, most))
        return answer.records

    def _may_ask(self, now: float) -> bool:
        """False while no server answers."""
        if self.is_silent and now >= self._silent_until:
            self._prove()
        return not self.is_silent

    def _prove(self) -> None:
        """Ask for the root's servers: a sender whose own servers are silent must not stop the lookups of all others."""
        now = self._now()
        if now < self._proven_until:
            return
        try:
            self._asker.ask("", "NS", _PROBE_SECONDS)
        except LookupFailed:
            self.is_silent, self.works = True, False
            self._silent_until = self._now() + SILENCE_SECONDS
            return
        self._proven_until = now + _PROVEN_SECONDS
        self._is_answering()

    def _is_answering(self) -> None:
        self.is_silent, self.works = False, True

    def _keep(self, key: tuple[str, str], records: Sequence[Any] | None, seconds: float) -> None:
        if old := self._cache.pop(key, None):
            self._octets -= old.octets
        octets = _ENTRY_OCTETS + len(key[0]) + sum(_size(record) for record in records or ())
        self._cache[key] = _Entry(self._now() + seconds, octets, records)
        self._octets += octets
        while len(self._cache) > self._most_entries or self._octets > MOST_OCTETS:
            _, dropped = self._cache.popitem(last=False)
            self._octets -= dropped.octets


def _size(record: Any) -> int:
    return 100 + len(record[1] if isinstance(record, tuple) else record)
