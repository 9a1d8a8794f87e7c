"""Waits over several parts, by cursor, through failures; in a world with a time of its own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from mayfly_mail.errors import LinkNotFound, MayflyError, Unavailable, UnexpectedMessage, WaitTimeout
from mayfly_mail.message import Message
from mayfly_mail.waits import Where, begun, criteria_of, link_in, none_came

from .world import Sent, World, answer, refusal

CUT = ConnectionResetError(104, "Connection reset by peer")
REFUSED = ConnectionRefusedError(111, "Connection refused")


def mail(number: int, subject: str = "Welcome", *urls: str) -> dict[str, Any]:
    return {
        "address": "a@b.test", "authentication_reason": "", "body_html": "", "body_text": "", "envelope":
        {"forward_path": "a@b.test", "reverse_path": "s@x.test"}, "from_address": "s@x.test", "from_name": "",
        "has_otp": False, "header_message_id": "", "headers": {}, "hidden_text": "", "id": f"m{number}", "inbox_id": "i1",
        "is_read": False, "parse_status": "ok", "raw_size": 1, "received_at": "2026-11-30T12:00:00Z", "subject": subject,
        "tag": "", "text_preview": "", "recipients": [],
        "links": [{"index": i, "kind": "other", "text": "Here", "url": url, "flags": []} for i, url in enumerate(urls)],
    }  # fmt: skip


def found(number: int, cursor: int, *urls: str) -> bytes:
    return answer(200, mail(number, f"mail {number}", *urls), X_Cursor=str(cursor))


def timed_out(cursor: int, *misses: tuple[str, str]) -> Callable[[Sent], list[Any]]:
    """What the server answers when its time is up: the time of the request has passed."""
    near = [{"id": number, "subject": f"mail {number}", "failed": [why]} for number, why in misses]
    body = {"error": "wait_timeout", "message": "none", "cursor": cursor, "near_misses": near}

    def take_its_time(sent: Sent) -> list[Any]:
        return [float(query(sent).get("timeout", "30")), answer(408, body, X_Cursor=str(cursor))]

    return take_its_time


def query(sent: Sent) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(sent.target).query).items()}


def waiting(world: World, after: int | str | None = None, timeout: float | None = None, **criteria: Any) -> Any:
    session = world.session()
    where = Where(session, "i1", "a@b.test", None)

    def steps() -> Any:
        wait = yield from begun(where, criteria_of(**criteria), after, timeout)
        return (yield from wait.next())

    return world.run(steps())


def test_a_wait_longer_than_proxies_wait_goes_on_by_cursor() -> None:
    world = World(timed_out(7), timed_out(9), found(3, 12))
    message = waiting(world, timeout=130, subject="welcome")
    assert ("m3", 12) == (message.id, message.cursor)
    assert [("50.0", None), ("50.0", "7"), ("30.0", "9")] == [
        (query(s)["timeout"], query(s).get("after")) for s in world.sent
    ]
    assert {"welcome"} == {query(sent)["subject"] for sent in world.sent}


def test_near_misses_are_collected_over_all_parts_and_listed_once() -> None:
    world = World(timed_out(7, ("1", "subject")), timed_out(9, ("2", "has_otp"), ("1", "subject")))
    with pytest.raises(WaitTimeout) as raised:
        waiting(world, timeout=90, subject="welcome")
    error = raised.value
    assert ["2", "1"] == [miss.id for miss in error.near_misses]
    assert (9, {"subject": "welcome"}, 90.0) == (error.cursor, error.criteria, error.waited)


def test_parts_that_end_at_once_do_not_follow_each_other_without_a_pause() -> None:
    at_once = answer(408, {"error": "wait_timeout", "message": "none", "cursor": 5, "near_misses": []}, X_Cursor="5")
    world = World(*[at_once] * 1000)
    with pytest.raises(WaitTimeout):
        waiting(world, timeout=2)
    assert 20 <= len(world.sent) <= 22
    world = World(*[answer(200, {"none": True, "cursor": 5, "drained_up_to": 5})] * 1000)
    world.run(none_came(Where(world.session(), "i1", "a@b.test", None), {}, 4, 2))
    assert 20 <= len(world.sent) <= 22


def test_a_wait_after_a_link_or_a_code_is_after_its_message_and_not_after_its_text() -> None:
    coded = mail(1, "mail 1", "https://x.test/a")
    coded["otp_detected"] = "482913"
    coded["otp_candidates"] = [
        {"code": "482913", "confidence": 0.9, "rule": "r", "source": "text", "span": [0, 6], "display": "482913"}
    ]
    message = waiting(World(answer(200, coded, X_Cursor="7")))
    world = World(found(2, 8), found(2, 8), answer(200, {"none": True, "cursor": 9, "drained_up_to": 9}))
    waiting(world, after=message.links()[0])
    waiting(world, after=message.code)
    world.run(none_came(Where(world.session(), "i1", "a@b.test", None), {}, message.code, 0))
    assert ["7", "7", "7"] == [query(sent)["after"] for sent in world.sent]
    with pytest.raises(ValueError, match="its place is not known"):
        waiting(World(), after=Message(message.data).code)


def test_the_default_is_the_timeout_of_the_client() -> None:
    world = World(timed_out(1))
    with pytest.raises(WaitTimeout, match=r"waited 30 s for any mail at a@b\.test"):
        waiting(world)


def test_a_wait_of_no_time_asks_once() -> None:
    world = World(timed_out(1))
    with pytest.raises(WaitTimeout):
        waiting(world, timeout=0)
    assert ["0.0"] == [query(sent)["timeout"] for sent in world.sent]


@pytest.mark.parametrize("timeout", [-1.0, float("inf"), float("nan")])
def test_a_time_that_cannot_be_waited_is_refused(timeout: float) -> None:
    with pytest.raises(ValueError, match="number of seconds"):
        waiting(World(), timeout=timeout)


def test_a_time_that_is_no_number_is_refused_in_words() -> None:
    with pytest.raises(TypeError, match="timeout is a number of seconds, such as 5, not str"):
        waiting(World(), timeout="5s")  # type: ignore[arg-type]


def test_a_connection_that_breaks_in_the_middle_costs_neither_the_cursor_nor_the_time() -> None:
    world = World(timed_out(7), [10.0, CUT], found(3, 12))
    assert "m3" == waiting(world, after=5, timeout=90).id
    first, second, third = world.sent
    assert ("5", "7", "7") == (query(first)["after"], query(second)["after"], query(third)["after"])
    assert 40.0 == float(query(second)["timeout"])
    assert 30.0 == float(query(third)["timeout"])


def test_a_gateway_that_is_away_until_the_end_is_no_proof_that_no_mail_came() -> None:
    world = World(*[REFUSED] * 100)
    with pytest.raises(Unavailable):
        waiting(world, timeout=20)
    assert 20.0 == pytest.approx(world.moment - 1000.0)


def test_a_gateway_that_comes_back_at_the_end_is_asked_once_more() -> None:
    world = World(*[REFUSED] * 7, found(3, 12))
    assert "m3" == waiting(world, timeout=8).id


def test_a_gateway_that_stops_is_asked_again_after_its_retry_after() -> None:
    world = World(refusal(503, "service_unavailable", Retry_After="2"), found(3, 12))
    assert "m3" == waiting(world, after=4, timeout=20).id
    assert [2.0] == world.pauses
    assert ["4", "4"] == [query(sent)["after"] for sent in world.sent]


def test_a_timeout_of_something_in_between_is_not_the_servers() -> None:
    world = World(b"HTTP/1.1 408 Timeout\r\nContent-Length: 0\r\n\r\n", found(3, 12))
    assert "m3" == waiting(world, timeout=20).id


@pytest.mark.parametrize("cursor", ["", "x", "-1", "9" * 5000, "٣"])
def test_an_answer_without_a_cursor_is_none(cursor: str) -> None:
    headers = {"X_Cursor": cursor} if cursor.isascii() else {}
    with pytest.raises(MayflyError, match="it has no X-Cursor"):
        waiting(World(answer(200, mail(1), **headers)), timeout=5)


def test_a_pattern_becomes_one_of_the_server() -> None:
    flags = re.compile("a.b$", re.IGNORECASE | re.MULTILINE)
    assert {"subject": "re:(?im)a.b$", "body": "re:c", "to": "x", "has_otp": False} == criteria_of(
        subject=flags, body=re.compile("c"), to="x", has_otp=False, from_=None
    )


def proving(world: World, within: float, after: int | None = None) -> Any:
    return world.run(none_came(Where(world.session(), "i1", "a@b.test", None), {}, after, within))


def proof(cursor: int) -> Callable[[Sent], list[Any]]:
    body = {"none": True, "cursor": cursor, "drained_up_to": cursor}
    return lambda sent: [float(query(sent)["for"]), answer(200, body)]


def test_a_proof_longer_than_proxies_wait_goes_on_by_cursor() -> None:
    world = World(proof(4), proof(6))
    assert 6 == proving(world, 51.5).cursor
    assert [("50.0", None), ("1.5", "4")] == [(query(sent)["for"], query(sent).get("after")) for sent in world.sent]


def test_a_mail_where_none_was_expected_is_in_the_error() -> None:
    came = answer(409, {"error": "conflict", "message": "came", "cursor": 8, "mail": mail(5, "Hello\n")})
    with pytest.raises(UnexpectedMessage, match=r"a mail came to a@b.test: 'Hello\\n' from s@x.test") as raised:
        proving(World(came), 5)
    assert ("m5", 8) == (raised.value.message.id, raised.value.cursor)
    assert isinstance(raised.value, AssertionError)


def link(world: World, pattern: Any, after: int | None = None) -> Any:
    where = Where(world.session(), "i1", "a@b.test", None)

    def steps() -> Any:
        wait = yield from begun(where, criteria_of(has_link=True), after, 30)
        return (yield from link_in(wait, pattern, None, None))

    return world.run(steps())


def test_a_link_of_an_older_mail_is_found_behind_a_newer_one_without_it() -> None:
    world = World(found(3, 12, "https://n.test/news"), found(1, 4, "https://s.test/reset/1"), found(2, 8, "https://s.test/reset/2"),
                  found(3, 12, "https://n.test/news"))  # fmt: skip
    assert "https://s.test/reset/2" == link(world, "/reset/")
    assert [None, "0", "4", "8"] == [query(sent).get("after") for sent in world.sent]


def test_a_link_that_is_still_to_come_is_waited_for() -> None:
    world = World(
        found(3, 12, "https://n.test/news"), found(3, 12, "https://n.test/news"), found(4, 15, "https://s.test/reset/4")
    )
    assert "https://s.test/reset/4" == link(world, "/reset/")
    assert "12" == query(world.sent[-1])["after"]


def test_with_a_cursor_only_later_mail_is_looked_at() -> None:
    world = World(found(3, 12, "https://n.test/news"), found(4, 15, "https://s.test/reset/4"))
    assert "https://s.test/reset/4" == link(world, re.compile("reset/[0-9]"), after=9)


def test_a_wait_for_a_link_lists_the_mails_that_had_another() -> None:
    world = World(found(3, 12, "https://n.test/news"), timed_out(12, ("4", "has_link")))
    with pytest.raises(WaitTimeout) as raised:
        link(world, "/reset/", after=9)
    assert "for link='/reset/' at a@b.test" in str(raised.value)
    assert {("m3", ("link",)), ("4", ("has_link",))} == {(m.id, m.failed) for m in raised.value.near_misses}


def test_a_wait_for_any_link_says_that_a_link_is_awaited() -> None:
    with pytest.raises(WaitTimeout, match=r"waited 30 s for has_link=True at a@b\.test"):
        link(World(timed_out(1)), None)


def test_several_links_that_match_are_an_error_which_lists_them() -> None:
    world = World(found(3, 12, "https://s.test/reset/1", "https://s.test/reset/2\x1b[2J"))
    with pytest.raises(LinkNotFound, match="2 links match pattern='/reset/'") as raised:
        link(world, "/reset/")
    assert "\x1b" not in str(raised.value)
    assert 2 == len(raised.value.links)


def test_the_same_link_twice_is_one() -> None:
    world = World(found(3, 12, "https://s.test/reset/1", "https://s.test/reset/1"))
    assert "https://s.test/reset/1" == link(world, "/reset/")


def test_a_wait_for_no_mail_at_all_is_refused() -> None:
    world = World()
    wait = world.run(begun(Where(world.session(), "i1", "a@b.test", None), {}, None, 1))
    with pytest.raises(ValueError, match="number of mails above 0"):
        world.run(wait.several(0))
