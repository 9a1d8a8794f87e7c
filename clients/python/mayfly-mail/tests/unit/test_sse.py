"""Server-sent events, in pieces of any size and with any line ends."""

from __future__ import annotations

import pytest

from mayfly_mail.sse import LARGEST_EVENT, EventReader, EventTooLarge, ServerSent

STREAM = (
    b"\xef\xbb\xbfevent: connected\nid: 41\ndata: {}\n\n: a comment\nretry: 700\n\nevent: message\ndata: a\ndata:  b\nid: 42\n\n"
    b"data\n\nevent: nothing\n\ndata: \xc3\xa9\nid: 4\x003\nretry: x1\nunknown: y\n\ndata: not ended\n"
)
EVENTS = [
    ServerSent("connected", "{}", "41"),
    ServerSent("message", "a\n b", "42"),
    ServerSent("message", "", "42"),
    ServerSent("message", "é", "42"),
]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("size", [1, 2, 5, 10_000])
def test_events_are_the_same_in_pieces_of_any_size_and_with_any_line_ends(end: bytes, size: int) -> None:
    octets, reader = STREAM.replace(b"\n", end), EventReader()
    events = [event for start in range(0, len(octets), size) for event in reader.feed(octets[start : start + size])]
    assert EVENTS == events
    assert 700 == reader.retry


@pytest.mark.parametrize("octets", [b"data: " + b"x" * LARGEST_EVENT, b"data: xxxx\n" * (LARGEST_EVENT // 4)])
def test_an_event_without_an_end_is_refused(octets: bytes) -> None:
    reader = EventReader()
    pieces = [octets[start : start + 4096] for start in range(0, len(octets), 4096)]
    with pytest.raises(EventTooLarge):
        [reader.feed(piece) for piece in pieces]


def test_many_small_events_are_no_large_one() -> None:
    reader = EventReader()
    for _ in range(3):
        assert 1 == len(reader.feed(b"data: " + b"x" * (LARGEST_EVENT // 2) + b"\n\n"))
