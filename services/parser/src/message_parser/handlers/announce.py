"""Announces messages that were stored while the stream EVENTS did not take their announcement.

`store_mail` notes such messages in the store and lets go of their mail. Called by a ticker in every parser: several at
once do no harm, because an announcement has the same de-duplication id each time.
"""

from mayfly.records.message import stored_event
from message_parser import metrics
from message_parser.ports import Publisher, Unannounced

_AT_ONCE = 200
_ROUNDS = 50


class Announce:
    def __init__(self, messages: Unannounced, publisher: Publisher) -> None:
        self._messages = messages
        self._publisher = publisher

    async def __call__(self) -> int:
        """Announce what waits, oldest first, while there is room; returns how many. Raises TransientFailure."""
        announced = 0
        for _ in range(_ROUNDS):
            waiting = await self._messages.unannounced(_AT_ONCE)
            failures = await self._publisher.publish_each([stored_event(message) for message in waiting])
            done = [message.id for message, failure in zip(waiting, failures, strict=True) if not failure]
            if done:
                await self._messages.mark_announced(done)
            announced += len(done)
            if len(done) < _AT_ONCE:
                break
        metrics.ANNOUNCED_LATE.inc(announced)
        return announced
