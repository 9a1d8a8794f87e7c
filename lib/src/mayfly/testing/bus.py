"""In-memory fakes of the publisher and the claim-check store of mayfly.bus."""

from collections.abc import Sequence

from mayfly.events import facts, subjects
from mayfly.events.facts import ClaimCheck
from mayfly.failures import Failure, PermanentFailure


class MemoryPublisher:
    """A Publisher without broker. `facts`: everything published; `failure`: what every publish raises, if set."""

    def __init__(self) -> None:
        self.facts: list[facts.Fact] = []
        self.scheduled: list[facts.AttemptScheduled] = []
        self.failure: Failure | None = None
        self._sequences: dict[tuple[str, str], int] = {}

    async def publish(self, fact: facts.Fact) -> int:
        if self.failure is not None:
            raise self.failure
        # The broker deduplicates per stream; the second token of the subject names the stream.
        key = (subjects.of(fact).split(".")[1], subjects.deduplication_id(fact))
        if key not in self._sequences:
            self.facts.append(fact)
            self._sequences[key] = len(self.facts)
        return self._sequences[key]

    async def publish_all(self, batch: Sequence[facts.Fact]) -> None:
        for fact in batch:
            await self.publish(fact)

    async def publish_each(self, batch: Sequence[facts.Fact]) -> list[Failure | None]:
        return [await self._outcome(fact) for fact in batch]

    async def _outcome(self, fact: facts.Fact) -> Failure | None:
        try:
            await self.publish(fact)
        except Failure as failure:
            return failure
        return None

    async def schedule(self, attempt: facts.AttemptScheduled) -> None:
        if self.failure is not None:
            raise self.failure
        self.scheduled = [s for s in self.scheduled if s.delivery_id != attempt.delivery_id] + [attempt]


class MemoryClaims:
    """Claims without broker; `objects`: the stored octets by event id."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    async def put(self, event_id: str, octets: bytes) -> ClaimCheck:
        self.objects[event_id] = octets
        return ClaimCheck(event_id, len(octets))

    async def get(self, claim: ClaimCheck) -> bytes:
        octets = self.objects.get(claim.object_name)
        if octets is None:
            raise PermanentFailure("the claimed octets are gone")
        if len(octets) != claim.size:
            raise PermanentFailure("the claimed octets are incomplete")
        return octets

    async def delete(self, claim: ClaimCheck) -> None:
        self.objects.pop(claim.object_name, None)
