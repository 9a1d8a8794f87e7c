"""Retries and errors of calls, in a world without sockets and with a time of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mayfly_mail import errors, operations
from mayfly_mail.route import Proxy
from mayfly_mail.session import session_of

from .world import HalfWritten, World, after, answer, refusal

OK = answer(200, {"status": "ok"})
CREATED = answer(201, {"id": "i1", "address": "a@b.test", "token": "mfi_secret"})
CUT = ConnectionResetError(104, "Connection reset by peer")
REFUSED = ConnectionRefusedError(111, "Connection refused")


def calling(*script: Any, operation: Any = None, **settings: Any) -> tuple[World, Any]:
    world = World(*script)
    operation = operations.health() if operation is None else operation
    return world, lambda: world.run(world.session(**settings).call(operation))


def test_a_call_sends_credentials_and_reads_the_answer() -> None:
    world, call = calling(OK)
    assert "ok" == call().status
    [sent] = world.sent
    assert ("GET", "/base/health", "mf_key", "mayfly.test") == (
        *sent[:2],
        sent.headers["X-API-Key"],
        sent.headers["Host"],
    )


def test_the_token_of_an_inbox_is_sent_instead_of_the_key() -> None:
    world = World(OK)
    world.run(world.session().call(operations.health(), token="mfi_t"))
    assert "mfi_t" == world.sent[0].headers["X-API-Key"]


def test_two_calls_share_a_connection() -> None:
    world = World(OK, OK)
    session = world.session()
    world.run(session.call(operations.health()))
    world.run(session.call(operations.health()))
    assert 1 == len(world.wires)


def test_a_connection_that_the_server_closed_meanwhile_is_not_used_again() -> None:
    world = World(OK, OK)
    session = world.session()
    world.run(session.call(operations.health()))
    world.wires[0].was_closed_by_peer = True
    world.run(session.call(operations.health()))
    assert [True, False] == [wire.is_closed for wire in world.wires]


@pytest.mark.parametrize("end", [b"", CUT, BrokenPipeError(32, "Broken pipe")])
def test_a_connection_that_ends_as_the_request_comes_is_opened_anew_at_once(end: Any) -> None:
    world = World(OK, [end] if end else [], OK)
    session = world.session()
    world.run(session.call(operations.health()))
    assert "ok" == world.run(session.call(operations.health())).status
    assert [] == world.pauses


@pytest.mark.parametrize("error", [TimeoutError("timed out"), BrokenPipeError(32, "Broken pipe")])
def test_a_connection_that_took_a_part_of_a_request_is_not_used_for_the_next(error: OSError) -> None:
    early = HalfWritten(error, refusal(429, "rate_limit_exceeded", Retry_After="1"))
    world, call = calling(early, CREATED, operation=operations.create_inbox())
    call()
    assert 2 == len(world.wires)


def test_idle_connections_that_died_silently_cost_one_timeout_together() -> None:
    world = World(OK, OK, [31.0], OK)
    session = world.session(retry_for=10)
    pool = session.pool()
    world.run(session.call(operations.health()))
    first = pool.take()
    world.run(session.call(operations.health()))
    pool.give(first)
    assert "ok" == world.run(session.call(operations.health())).status
    assert 30.0 == world.moment - 1000.0
    assert [True, True, False] == [wire.is_closed for wire in world.wires]


def test_a_server_that_is_away_is_tried_again_for_as_long_as_wanted() -> None:
    world, call = calling(*[REFUSED] * 100)
    with pytest.raises(errors.Unavailable, match=r"no answer from http://mayfly.test/base: Connection refused"):
        call()
    assert 60.0 == pytest.approx(world.moment - 1000.0)
    assert 25 < len(world.pauses) < 45
    assert 2.5 >= max(world.pauses)


def test_a_server_that_never_answered_is_not_waited_for_a_minute() -> None:
    world = World(*[REFUSED] * 100)
    session = world.session(retry_for=None)
    with pytest.raises(errors.Unavailable):
        world.run(session.call(operations.health()))
    assert 5.0 == pytest.approx(world.moment - 1000.0)
    world.script = [OK]
    world.run(session.call(operations.health()))
    world.script = [[CUT], *[REFUSED] * 100]
    with pytest.raises(errors.Unavailable):
        world.run(session.call(operations.health()))
    assert 65.0 == pytest.approx(world.moment - 1000.0)


@pytest.mark.parametrize("status", [502, 503, 504, 408])
def test_a_read_is_tried_again_after_what_the_server_asks_for(status: int) -> None:
    world, call = calling(refusal(status, "service_unavailable", Retry_After="7"), OK)
    assert "ok" == call().status
    assert [7.0] == world.pauses


def test_a_server_that_asks_for_longer_than_the_client_tries_is_believed_at_once() -> None:
    world, call = calling(refusal(429, "rate_limit_exceeded", Retry_After="61"))
    with pytest.raises(errors.RateLimited) as raised:
        call()
    assert 61.0 == raised.value.retry_after
    assert [] == world.pauses


@pytest.mark.parametrize("status", [429, 503])
def test_a_server_that_asks_for_no_pause_is_not_asked_without_one(status: int) -> None:
    world, call = calling(*[refusal(status, "rate_limit_exceeded", Retry_After="0")] * 1000)
    with pytest.raises(errors.RateLimited):
        call()
    assert 25 < len(world.sent) < 45


def test_a_quota_is_not_tried_again() -> None:
    world, call = calling(refusal(429, "quota_exceeded", Retry_After="1"))
    with pytest.raises(errors.QuotaExceeded):
        call()
    assert 1 == len(world.sent)


@pytest.mark.parametrize(
    "failure", [CUT, b"HTTP/1.1 201 x\r\nContent-Length: 100\r\n\r\n{", b"", refusal(503, "service_unavailable")]
)
def test_a_creation_is_repeated_under_the_same_key(failure: Any) -> None:
    world, call = calling([failure], CREATED, operation=operations.create_inbox())
    assert "i1" == call().id
    first, second = (sent.headers["Idempotency-Key"] for sent in world.sent)
    assert first == second
    assert 36 == len(first)


def test_each_creation_has_a_key_of_its_own() -> None:
    world = World(CREATED, CREATED)
    session = world.session()
    world.run(session.call(operations.create_inbox()))
    world.run(session.call(operations.create_inbox()))
    assert 2 == len({sent.headers["Idempotency-Key"] for sent in world.sent})


@pytest.mark.parametrize("failure", [[CUT], [b"HTTP/1.1 2"], [], after(31, OK)])
def test_a_post_that_may_have_been_carried_out_is_not_repeated(failure: Any) -> None:
    world, call = calling(failure, operation=operations.clear_inbox("i1"))
    with pytest.raises(errors.Unavailable, match="may have been carried out"):
        call()
    assert 1 == len(world.sent)


def test_a_post_that_never_left_is_sent_again() -> None:
    world, call = calling(REFUSED, answer(204), operation=operations.clear_inbox("i1"))
    call()
    assert 1 == len(world.sent)


def test_a_post_that_was_refused_for_its_rate_is_sent_again_but_not_after_503() -> None:
    world, call = calling(
        refusal(429, "rate_limit_exceeded", Retry_After="1"), answer(204), operation=operations.clear_inbox("i1")
    )
    call()
    assert [1.0] == world.pauses
    _, call = calling(refusal(503, "service_unavailable"), operation=operations.clear_inbox("i1"))
    with pytest.raises(errors.Unavailable):
        call()


def test_a_deletion_whose_answer_was_lost_has_happened() -> None:
    _, call = calling([CUT], refusal(404, "not_found"), operation=operations.delete_inbox("i1"))
    call()
    _, call = calling(refusal(404, "not_found"), operation=operations.delete_inbox("i1"))
    with pytest.raises(errors.NotFound):
        call()


@pytest.mark.parametrize("failure", [REFUSED, refusal(429, "rate_limit_exceeded"), refusal(503, "service_unavailable")])
def test_a_deletion_that_was_not_carried_out_is_not_taken_for_done(failure: Any) -> None:
    _, call = calling(failure, refusal(404, "not_found"), operation=operations.delete_webhook("w1"))
    with pytest.raises(errors.NotFound):
        call()


def test_what_is_tidied_up_after_a_failure_takes_no_minute() -> None:
    world = World(*[REFUSED] * 100)
    with pytest.raises(errors.Unavailable):
        world.run(world.session(retry_for=60.0).hurried().call(operations.delete_inbox("i1")))
    assert 1.0 == pytest.approx(world.moment - 1000.0)
    assert 5.0 == world.session(timeout=30).hurried().timeout
    assert (0.1, 0.2) == ((short := world.session(timeout=0.1, retry_for=0.2).hurried()).timeout, short.retry_for)


def test_a_silent_server_is_given_up_after_the_timeout() -> None:
    world, call = calling(after(100, OK), retry_for=0.0)
    with pytest.raises(errors.Unavailable, match="it did not answer in time"):
        call()
    assert 30.0 == world.moment - 1000.0


def test_without_a_key_what_is_not_found_may_be_an_accounts() -> None:
    _, call = calling(refusal(404, "inbox_not_found"), key=None)
    with pytest.raises(errors.NotFound, match="no API key is set") as raised:
        call()
    assert ("inbox_not_found", 404) == (raised.value.code, raised.value.status)


def test_with_a_key_what_is_not_found_is_not_there() -> None:
    _, call = calling(refusal(404, "inbox_not_found"))
    with pytest.raises(errors.NotFound) as raised:
        call()
    assert "API key" not in str(raised.value)


def test_a_proxy_that_does_not_answer_is_named() -> None:
    world = World(*[REFUSED] * 100)
    session = world.session()
    session.line = session.line._replace(proxy=Proxy("proxy.example", 3128, "Basic c2VjcmV0"))
    with pytest.raises(
        errors.Unavailable, match=r"through the proxy proxy\.example:3128 .*: Connection refused"
    ) as raised:
        world.run(session.call(operations.health()))
    assert "c2VjcmV0" not in str(raised.value)


def test_without_a_key_the_error_says_where_one_is() -> None:
    _, call = calling(refusal(401, "unauthorized"), key=None)
    with pytest.raises(errors.Unauthorized, match=r"export MAYFLY_API_KEY=\$\(cat \.mayfly/api-key\)"):
        call()


def test_the_page_of_something_in_between_is_no_answer() -> None:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>"
    _, call = calling(page)
    with pytest.raises(errors.MayflyError, match="is not Mayfly's") as raised:
        call()
    assert "unreadable_answer" == raised.value.code


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"usage": 1}', b'{"status": {}}', b"null", b"\xff", b""])
def test_no_answer_of_a_server_is_an_error_of_another_kind(body: bytes) -> None:
    octets = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    _, call = calling(octets, operation=operations.get_account())
    with pytest.raises(errors.MayflyError, match="is not Mayfly's"):
        call()


def test_a_server_that_sends_an_octet_now_and_then_is_given_up() -> None:
    slow_head = [piece for octet in b"HTTP/1.1 200" for piece in (20.0, bytes([octet]))]
    world, call = calling(slow_head, retry_for=0)
    with pytest.raises(errors.Unavailable, match="too slowly"):
        call()
    assert 40.0 == world.moment - 1000.0
    slow_body = [
        b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n",
        *(piece for _ in range(9) for piece in (20.0, b"x")),
    ]
    world, call = calling(slow_body, retry_for=0)
    with pytest.raises(errors.Unavailable, match="too slowly"):
        call()
    assert 40.0 == world.moment - 1000.0


def test_a_redirection_to_nowhere_is_one() -> None:
    _, call = calling(answer(302, Location="http://["))
    with pytest.raises(errors.BadRequest, match="redirects, which is not followed"):
        call()


def test_redirections_are_not_followed() -> None:
    world, call = calling(answer(307, None, Location="http://other.example/health"))
    with pytest.raises(errors.BadRequest, match=r"redirects to http://other.example"):
        call()
    assert 1 == len(world.sent)


def test_what_cannot_be_sent_is_never_sent() -> None:
    world = World(OK)
    with pytest.raises(ValueError, match="control characters"):
        world.run(world.session(key="a\r\nX: y").call(operations.health()))
    with pytest.raises(ValueError, match="control characters"):
        world.run(world.session().call(operations.create_inbox(), idempotency_key="a\nb"))
    assert [] == world.sent


@pytest.mark.parametrize("address", ["a\r\nX: y", "a b@c", "../../admin", "a/b?c#d", "ü@b", "%2e"])
def test_an_address_cannot_leave_its_segment_of_the_path(address: str) -> None:
    world = World(answer(204))
    world.run(world.session().call(operations.delete_inbox(address)))
    target = world.sent[0].target
    assert target.startswith("/base/api/v1/inboxes/")
    assert 5 == target.count("/")
    assert target.isascii()
    assert not {"?", "#", " ", "\r"} & set(target)


def test_the_environment_says_where_and_by_which_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def session(url: str | None = None, key: str | None = None) -> Any:
        return session_of(url, key, 30.0, 60.0, None, lambda: None)  # type: ignore[arg-type, return-value]

    for name in ("MAYFLY_URL", "MAYFLY_API_KEY", "MAYFLY_API_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    assert ("http://127.0.0.1:8080", None) == (str(session().line.base), session().key)
    (tmp_path / "key").write_text("mf_file\n")
    monkeypatch.setenv("MAYFLY_API_KEY_FILE", str(tmp_path / "key"))
    assert "mf_file" == session().key
    monkeypatch.setenv("MAYFLY_API_KEY", "mf_env\n")
    monkeypatch.setenv("MAYFLY_URL", "https://mail.example")
    assert ("https://mail.example", "mf_env") == (str(session().line.base), session().key)
    assert ("http://x", "mf_own") == (str(session("http://x", "mf_own").line.base), session(key="mf_own").key)
    monkeypatch.delenv("MAYFLY_API_KEY")
    monkeypatch.setenv("MAYFLY_API_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(ValueError, match="MAYFLY_API_KEY_FILE"):
        session()
    with pytest.raises(ValueError, match="characters that no key has") as raised:
        session(key="ключ")
    assert "ключ" not in str(raised.value)
    (tmp_path / "key").write_bytes(b"\xef\xbb\xbfmf_windows\r\n")
    monkeypatch.setenv("MAYFLY_API_KEY_FILE", str(tmp_path / "key"))
    monkeypatch.setenv("MAYFLY_API_KEY", " ")
    monkeypatch.setenv("MAYFLY_URL", " https://mail.example\n")
    assert ("https://mail.example", "mf_windows") == (str(session().line.base), session().key)
    (tmp_path / "key").write_text("mf_powershell", encoding="utf-16")
    with pytest.raises(ValueError, match="MAYFLY_API_KEY_FILE names a file that is no text in UTF-8") as raised:
        session()
    assert raised.value.__cause__ is None
    monkeypatch.setenv("MAYFLY_URL", "  ")
    assert "http://127.0.0.1:8080" == str(session(key="k").line.base)
    for timeout in (0.0, float("nan"), float("inf"), 1e9, None):
        with pytest.raises(ValueError, match="timeout"):
            session_of(None, "k", timeout, 60.0, None, lambda: None)  # type: ignore[arg-type, return-value]
    with pytest.raises(ValueError, match="timeout"):
        session_of(None, "k", 0.0, 60.0, None, lambda: None)  # type: ignore[arg-type, return-value]


def test_a_file_of_the_key_that_is_empty_is_said_to_be(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "key").write_text("\n")
    monkeypatch.delenv("MAYFLY_API_KEY", raising=False)
    monkeypatch.setenv("MAYFLY_API_KEY_FILE", str(tmp_path / "key"))
    with pytest.raises(ValueError, match="MAYFLY_API_KEY_FILE names an empty file"):
        session_of(None, None, 30.0, 60.0, None, lambda: None)  # type: ignore[arg-type, return-value]
