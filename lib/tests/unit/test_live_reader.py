"""A reader of live events, with a stream and announcements whose order the test decides."""

import asyncio

import pytest

from mayfly.bus.live import Reader
from mayfly.records.live import LiveEvent
from mayfly.testing.builders import make_stored


def event(sequence, previous):
    return LiveEvent(sequence, make_stored("mine", message_id=f"m{sequence}"), previous)


class Stream:
    """What a reader reads: nothing is stored, and `during` is announced while the reader looks."""

    is_closed = False
    seen = 0

    def __init__(self, during):
        self._during = during
        self.reader = Reader(self, "mine", 0)

    def require_open(self):
        pass

    async def stored_after(self, _inbox_id, _cursor):
        await asyncio.sleep(0)
        for each in self._during:
            self.reader.offer(each)
        self._during = []


@pytest.mark.parametrize("announced", [[event(1, 0)], [event(1, 0), event(2, 1)]])
async def test_an_event_that_is_announced_during_the_look_at_the_stream_is_not_kept_until_the_next_one(announced):
    reader = Stream(announced).reader
    async with asyncio.timeout(5):
        assert announced == [await reader.next(60) for _ in announced]
