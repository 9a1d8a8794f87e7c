"""The stream of an inbox over several connections, in a world with a time of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from mayfly_mail.errors import Forbidden, MayflyError, NotFound, Unauthorized, Unavailable
from mayfly_mail.stream import Event, Following
from mayfly_mail.waits import Where

from .world import World, answer, refusal

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
CUT = ConnectionResetError(104, "Connection reset by peer")
REFUSED = ConnectionRefusedError(111, "Connection refused")
END = b"0\r\n\r\n"


def sse(name: str, cursor: int | None = None, **data: Any) -> bytes:
    event = f"event: {name}\ndata: {json.dumps(data)}\n" + (f"id: {cursor}\n\n" if cursor is not None else "\n")
    return chunk(event.encode())


def chunk(octets: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(octets), octets)


def mail(number: int) -> bytes:
    return sse("message", number, id=f"m{number}", subject=f"s{number}", has_otp=True, **{"from": "a@b"})


def following(world: World, after: int | None = None) -> Following:
    return Following(Where(world.session(), "i1", "a@b.test", None), after)


def events(world: World, stream: Following) -> list[Event]:
    found = []
    while (event := world.run(stream.next())) is not None:
        found.append(event)
    return found


def test_a_stream_ends_with_its_inbox() -> None:
    world = World([HEAD + sse("connected", 4, address="a@b.test") + mail(7), sse("ping"), sse("expired") + mail(9)])
    stream = following(world)
    assert ["connected", "message", "expired"] == [event.type for event in events(world, stream)]
    assert 7 == stream.cursor


def test_an_event_knows_its_mail() -> None:
    world = World([HEAD + mail(7) + sse("deleted")])
    event = events(world, following(world, 3))[0]
    assert ("message", 7, "m7", "s7", "a@b", True) == (
        event.type, event.cursor, event.message_id, event.subject, event.from_, event.has_otp,
    )  # fmt: skip


@pytest.mark.parametrize("cut", range(1, 10))
def test_a_stream_that_breaks_anywhere_goes_on_after_the_last_event(cut: int) -> None:
    first = HEAD + sse("connected", 4) + mail(7)
    part = first[: len(first) * cut // 9]
    came = [7] if cut == 9 else []
    rest = HEAD + sse("connected", 4) + b"".join(map(mail, [8] if came else [7, 8])) + sse("expired")
    world = World([part, CUT], [rest])
    found = events(world, following(world, 4))
    assert [7, 8] == [event.cursor for event in found if event.type == "message"]
    assert 1 == [event.type for event in found].count("connected")
    assert f"after={came[-1] if came else 4}" in world.sent[1].target


def test_a_connection_that_breaks_before_the_first_mail_misses_none() -> None:
    world = World([HEAD + sse("connected", 4), CUT], [HEAD + sse("connected", 4) + sse("expired")])
    events(world, following(world))
    assert "after" not in world.sent[0].target
    assert "after=4" in world.sent[1].target


def test_a_server_that_stops_is_connected_to_again_when_it_says() -> None:
    world = World([HEAD + chunk(b"retry: 1500\n\n") + END], [HEAD + sse("expired")])
    events(world, following(world, 4))
    assert [1.5] == world.pauses


def test_a_server_that_is_silent_for_longer_than_its_pings_is_gone() -> None:
    world = World([HEAD, 46.0], [HEAD + sse("expired")])
    events(world, following(world, 4))
    assert 2 == len(world.sent)


def test_a_server_that_stays_away_is_an_error_and_the_next_call_tries_again() -> None:
    world = World([HEAD + mail(7), CUT], *[REFUSED] * 40)
    stream = following(world, 4)
    assert 7 == world.run(stream.next()).cursor
    with pytest.raises(Unavailable):
        world.run(stream.next())
    assert 60.0 == pytest.approx(world.moment - 1000.0)
    world.script = [[HEAD + mail(8)]]
    assert 8 == world.run(stream.next()).cursor


def test_a_busy_server_is_asked_again_and_a_refusal_is_an_error() -> None:
    world = World(refusal(503, "service_unavailable", Retry_After="1"), [HEAD + sse("expired")])
    assert ["expired"] == [event.type for event in events(world, following(world))]
    world = World(refusal(403, "forbidden"))
    with pytest.raises(Forbidden):
        world.run(following(world).next())


def test_revoked_credentials_end_the_stream() -> None:
    world = World([HEAD + mail(7) + sse("refused")])
    stream = following(world, 4)
    assert 7 == world.run(stream.next()).cursor
    with pytest.raises(Unauthorized, match="revoked"):
        world.run(stream.next())
    assert world.run(stream.next()) is None


def test_a_page_of_something_in_between_is_no_stream() -> None:
    world = World(answer(200, "welcome", Content_Type="text/html"))
    with pytest.raises(MayflyError, match="is not Mayfly's: text/html"):
        world.run(following(world).next())


@pytest.mark.parametrize("retry", [b"", b"retry: 0\n\n", b"retry: 999999999\n\n"])
def test_connections_that_end_without_an_event_are_given_up_at_last(retry: bytes) -> None:
    world = World(*[[HEAD + (chunk(retry) if retry else b"") + END]] * 1000)
    with pytest.raises(Unavailable, match="ended"):
        world.run(following(world, 4).next())
    assert len(world.sent) < 45
    assert world.moment - 1000.0 <= 60.0


def test_a_server_that_stops_cannot_ask_for_a_pause_of_days() -> None:
    world = World([HEAD + mail(7) + chunk(b"retry: 999999999\n\n") + END], [HEAD + sse("expired")])
    events(world, following(world, 4))
    assert [30.0] == world.pauses


def test_an_inbox_that_is_gone_at_a_reconnection_ends_the_stream() -> None:
    gone = refusal(404, "not_found", X_Request_Id="r1")
    world = World([HEAD + sse("connected", 4), CUT], gone)
    assert ["connected", "deleted"] == [event.type for event in events(world, following(world))]
    with pytest.raises(NotFound):
        events(World(gone), following(World(gone)))
    world = World([HEAD + sse("connected", 4), CUT], answer(404, "the page of something in between"))
    with pytest.raises(NotFound):
        events(world, following(world))


def test_an_event_with_a_cursor_that_cannot_be_moves_nothing() -> None:
    odd = chunk(b"event: message\ndata: [[[\nid: " + b"9" * 5000 + b"\n\n") + chunk(
        b"event: message\ndata: 1\nid: x\n\n"
    )
    stream = following(World(), 4)
    found = events(World([HEAD + odd + sse("expired")]), stream)
    assert [("message", None), ("message", None), ("expired", None)] == [(event.type, event.cursor) for event in found]
    assert 4 == stream.cursor


def test_events_that_nobody_knows_yet_are_given_as_they_are() -> None:
    world = World(
        [HEAD + sse("reset", reason="too old") + sse("something", a=1) + chunk(b"data: no json\n\n") + sse("expired")]
    )
    assert ["reset", "something", "message", "expired"] == [event.type for event in events(world, following(world, 4))]
