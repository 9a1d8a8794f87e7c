"""The stored mails that wait for their verdicts: bounded, and fair between inboxes. Used by `authenticate`."""

from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from message_parser.domain.authentication import VerdictRequest

MOST_MAILS = 10_000
MOST_OCTETS = 64 * 1024 * 1024
_BATCH_MAILS = 50
_BATCH_OCTETS = 1024 * 1024


@dataclass(slots=True, eq=False)
class Waiting:
    """One mail. `ids`: its messages. `request` is None once the mail does not wait any more."""

    ids: Sequence[str]
    inbox_id: str
    request: VerdictRequest | None
    since: float = 0.0

    @property
    def octets(self) -> int:
        return len(self.request.octets) if self.request else 0


class VerdictQueue:
    """The inboxes take turns, and each has its mails judged in order. Full, it drops the mail that has waited longest.

    That is one of the inbox with most mails, since the others do not wait for it; and whoever waits for a verdict waits
    for that of a new mail. `now`: seconds of a clock that never goes back.
    """

    def __init__(
        self, now: Callable[[], float], *, most_mails: int = MOST_MAILS, most_octets: int = MOST_OCTETS
    ) -> None:
        self._now = now
        self._most_mails = most_mails
        self._most_octets = most_octets
        self._by_inbox: OrderedDict[str, deque[Waiting]] = OrderedDict()
        self._by_age: deque[Waiting] = deque()
        self._mails = 0
        self._octets = 0

    def __len__(self) -> int:
        return self._mails

    @property
    def oldest_seconds(self) -> float:
        """For how long the mail has waited that has waited longest; 0 when none waits."""
        oldest = self._oldest()
        return self._now() - oldest.since if oldest else 0.0

    def put(self, mail: Waiting) -> list[Waiting]:
        """Add a mail; those that were dropped to make room for it."""
        mail.since = self._now()
        self._by_age.append(mail)
        self._add(mail)
        self._by_inbox.setdefault(mail.inbox_id, deque()).append(mail)
        dropped: list[Waiting] = []
        while self._mails > self._most_mails or self._octets > self._most_octets:
            oldest = self._oldest()
            assert oldest  # the new mail is one
            self._end(oldest)
            dropped.append(oldest)
        return dropped

    def take(self) -> list[tuple[Waiting, VerdictRequest]]:
        """Up to 50 mails of a mebibyte together, or one that is larger. They have left the queue."""
        batch: list[tuple[Waiting, VerdictRequest]] = []
        room = _BATCH_OCTETS
        while self._by_inbox and len(batch) < _BATCH_MAILS:
            inbox_id, mails = self._by_inbox.popitem(last=False)
            while mails and mails[0].request is None:
                mails.popleft()
            if not mails:
                continue
            if batch and mails[0].octets > room:
                self._by_inbox[inbox_id] = mails
                self._by_inbox.move_to_end(inbox_id, last=False)
                break
            mail = mails.popleft()
            room -= mail.octets
            if request := self._end(mail):
                batch.append((mail, request))
            if mails:
                self._by_inbox[inbox_id] = mails
        return batch

    def give_back(self, batch: Sequence[tuple[Waiting, VerdictRequest]]) -> None:
        """Put mails back that were taken and not judged, in front of all others.

        They were the oldest ones, and are so again. They may exceed the limits of the queue until the next `put`.
        """
        for mail, request in reversed(batch):
            mail.request = request
            self._by_age.appendleft(mail)
            self._add(mail)
            self._by_inbox.setdefault(mail.inbox_id, deque()).appendleft(mail)
            self._by_inbox.move_to_end(mail.inbox_id, last=False)

    def _oldest(self) -> Waiting | None:
        while self._by_age and self._by_age[0].request is None:
            self._by_age.popleft()
        return self._by_age[0] if self._by_age else None

    def _add(self, mail: Waiting) -> None:
        self._mails += 1
        self._octets += mail.octets

    def _end(self, mail: Waiting) -> VerdictRequest | None:
        self._mails -= 1
        self._octets -= mail.octets
        request, mail.request = mail.request, None
        return request
