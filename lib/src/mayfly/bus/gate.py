"""Decides when a consumer may fetch: freely, or after a pause one event as a trial. Used by mayfly.bus.consumer.

A consumer whose events all fail must not go on at full speed: while a dependency is away it would only deliver the same
events again, and with a fault of ours it would bury a whole stream. Its gate shuts. After a pause one event is tried:
if it can be handled, the gate is open; if not, the next pause is twice as long.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from time import monotonic
from typing import Literal

from mayfly.bus import metrics
from mayfly.pausing import pause

Cause = Literal["outage", "dead_letters"]
"""Why a gate is shut: a dependency is away, or too many events became dead letters within a minute."""

PAUSES: Mapping[Cause, tuple[float, float]] = {"outage": (0.5, 10.0), "dead_letters": (60.0, 900.0)}
"""The first and the longest pause before a trial, in seconds."""


class Gate:
    """The gate of one consumer, shared by its readers. `cause`: why it is shut; None while it is open."""

    def __init__(
        self, name: str, pauses: Mapping[Cause, tuple[float, float]] = PAUSES, now: Callable[[], float] = monotonic
    ) -> None:
        self._name = name
        self._pauses = pauses
        self._now = now
        self._trying = asyncio.Lock()
        self._next = {cause: first for cause, (first, _) in pauses.items()}
        self._trial_at = 0.0
        self.cause: Cause | None = None

    @property
    def seconds_to_trial(self) -> float:
        return max(0.0, self._trial_at - self._now())

    def distrust(self) -> None:
        """Fetch nothing but one event as a trial: an earlier process had too many dead letters."""
        self._set("dead_letters")

    def shut(self, cause: Cause) -> bool:
        """Shut it, or keep it shut for longer. False: nothing changed, because the pause is not over.

        An outage does not take the place of too many dead letters.
        """
        if self.cause == "dead_letters":
            cause = "dead_letters"
        if self.cause == cause and self.seconds_to_trial:
            return False
        self._trial_at = self._now() + self._next[cause]
        self._next[cause] = min(2 * self._next[cause], self._pauses[cause][1])
        self._set(cause)
        return True

    def open(self) -> None:
        """The trial was passed: fetch freely, and forget how long the pauses have become."""
        self._next = {cause: first for cause, (first, _) in self._pauses.items()}
        self._set(None)

    def relax(self) -> None:
        """There was nothing to try: fetch freely, but the next pause is as long as if the trial had failed."""
        self._set(None)

    @asynccontextmanager
    async def trial(self, stop: asyncio.Event) -> AsyncIterator[bool]:
        """Wait for the end of the pause, and keep other readers out until this one's event is handled.

        False: there is nothing to try, because another reader's trial opened the gate or `stop` is set.
        """
        async with self._trying:
            while self.cause and self.seconds_to_trial and not stop.is_set():
                await pause(stop, self.seconds_to_trial)
            yield self.cause is not None and not stop.is_set()

    def _set(self, cause: Cause | None) -> None:
        self.cause = cause
        for other in self._pauses:
            metrics.SHUT.labels(self._name, other).set(other == cause)
