"""What a failed call says."""

import pytest

from mayfly_mail import BadRequest, MayflyError, NotFound, Unauthorized, Unavailable
from mayfly_mail.errors import error_of
from mayfly_mail.operation import Response
from mayfly_mcp.failures import place, told


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://ann:secret@mail.example/api?key=secret", "https://mail.example"),
        ("http://[::1]:8080/", "http://[::1]:8080"),
    ],
)
def test_of_a_url_only_the_place_is_shown(url, shown):
    assert shown == place(url)


def test_a_gateway_that_is_down_is_told_with_its_place():
    said = told(Unavailable("connection refused"), "http://127.0.0.1:9")
    assert "connection refused. Is Mayfly running, and is MAYFLY_URL (http://127.0.0.1:9) right?" == said


def test_a_field_of_the_api_is_told_by_the_name_of_the_argument():
    assert "name: too long." == told(BadRequest("local_part: too long"), "http://x")
    assert "subject: too long." == told(BadRequest("subject: too long"), "http://x")


@pytest.mark.parametrize(
    ("error", "advice"), [(NotFound("no such inbox"), "create_inbox"), (Unauthorized("bad key"), "MAYFLY_API_KEY")]
)
def test_a_refusal_says_what_can_be_done(error, advice):
    assert advice in told(error, "http://x")


def test_words_of_a_mail_in_an_error_come_on_one_line_without_what_is_hidden():
    assert "a b." == told(MayflyError("a\n\x1b[31mb\u200b"), "http://x")


def test_a_server_that_is_not_mayfly_is_doubted_and_no_inbox_is_missed():
    error = error_of(Response(404, {}, b"404 page not found"))

    assert told(error, "http://ann:secret@127.0.0.1:8025").endswith("of its API? MAYFLY_URL is http://127.0.0.1:8025")
