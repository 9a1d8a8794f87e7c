"""Errors: their kind, their text, and what must not be in it."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from mayfly_mail import errors
from mayfly_mail.errors import MayflyError, NearMiss, RateLimited, Unavailable, WaitTimeout, error_of
from mayfly_mail.operation import Response


def answer(status: int, body: Any = None, **headers: str) -> Response:
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, {name.replace("_", "-"): value for name, value in headers.items()}, octets)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "bad_request", errors.BadRequest),
        (401, "unauthorized", errors.Unauthorized),
        (403, "forbidden", errors.Forbidden),
        (404, "not_found", errors.NotFound),
        (409, "conflict", errors.Conflict),
        (409, "reserved", errors.Conflict),
        (410, "gone", errors.Gone),
        (413, "payload_too_large", errors.BadRequest),
        (429, "rate_limit_exceeded", errors.RateLimited),
        (429, "quota_exceeded", errors.QuotaExceeded),
        (500, "internal_error", errors.Unavailable),
        (503, "service_unavailable", errors.Unavailable),
        (422, "something_new", errors.BadRequest),
        (507, "something_new", errors.Unavailable),
    ],
)
def test_each_code_has_its_class(status: int, code: str, kind: type[MayflyError]) -> None:
    error = error_of(answer(status, {"error": code, "message": "ttl: too long"}, x_request_id="r-1"))
    assert kind is type(error)
    assert ("ttl: too long", code, status, "r-1") == (str(error), error.code, error.status, error.request_id)


@pytest.mark.parametrize("body", [b"<html>", b"", b"[1]", b'{"error": 5, "message": {}}', b"\xff", b"[" * 100_000])
def test_an_answer_of_something_in_between_is_an_error_too(body: bytes) -> None:
    error = error_of(answer(502, body))
    assert isinstance(error, Unavailable)
    assert "the server answered 502" == str(error)


@pytest.mark.parametrize(
    ("text", "seconds"), [("7", 7.0), ("soon", None), ("", None), ("-1", None), ("9" * 400, None), ("٣", None)]
)
def test_retry_after_is_a_number_of_seconds_or_nothing(text: str, seconds: float | None) -> None:
    error = error_of(answer(429, {"error": "rate_limit_exceeded", "message": "wait"}, retry_after=text))
    assert isinstance(error, RateLimited)
    assert seconds == error.retry_after


def test_a_text_of_the_server_is_shown_on_one_line_and_cut() -> None:
    error = error_of(answer(400, {"error": "bad_request", "message": "a\n\x1b[31mb" + "c" * 5000}))
    assert "\n" not in str(error)
    assert "\x1b" not in str(error)
    assert 500 == len(str(error))


def test_a_redirection_names_where_it_leads_but_no_password_of_it() -> None:
    error = error_of(answer(301, b"", location="https://ann:secret@mail.example/x?key=1"))
    assert "to https://mail.example" in str(error)
    assert "secret" not in str(error)
    assert "redirected" == error.code


def timed_out(*misses: NearMiss) -> WaitTimeout:
    criteria = {"subject": "Reset\n", "has_otp": True}
    return WaitTimeout.of("a@b.test", criteria, cursor=9, near_misses=misses, waited=30.0)


def test_a_wait_that_timed_out_lists_what_came_instead() -> None:
    error = timed_out(NearMiss("2", "Your\x1b[2J code", ["has_otp"]), NearMiss("1", "Welcome", ["subject", "has_otp"]))
    assert [
        "waited 30 s for subject='Reset\\n', has_otp=True at a@b.test",
        "  came: 'Your\\x1b[2J code' (failed: has_otp)",
        "  came: 'Welcome' (failed: subject, has_otp)",
    ] == str(error).splitlines()
    assert isinstance(error, TimeoutError)


def test_a_wait_without_any_mail_says_so() -> None:
    assert str(timed_out()).endswith("\n  no mail came")
    assert "waited 5 s for any mail" in str(WaitTimeout.of("a", {}, cursor=None, near_misses=[], waited=5.0))


def test_errors_pass_between_processes_with_all_they_know() -> None:
    for error in (timed_out(NearMiss("1", "s", ["to"])), MayflyError("x", code="c", status=400, request_id="r")):
        copy = pickle.loads(pickle.dumps(error))
        assert (type(error), str(error), error.__dict__) == (type(copy), str(copy), copy.__dict__)


def test_a_refusal_in_other_words_than_mayflys_asks_whether_it_is_mayfly() -> None:
    error = error_of(Response(404, {}, b"404 page not found"))
    assert "the server answered 404, and not as Mayfly does: is this the address of its API?" == str(error)
