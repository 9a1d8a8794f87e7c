"""What `listen` signs, posts and remembers."""

import json
import os
import stat
from datetime import datetime, timezone
from pathlib import Path

import pytest

from mayfly_mail import SignatureMismatch, verify_webhook
from mayfly_mail.cli.relay import signature
from mayfly_mail.cli.relay.bodies import Notice, expired
from mayfly_mail.cli.relay.forward import Target, completed
from mayfly_mail.cli.relay.state import State, directory

BODY = b'{"test": 2432232314}'


def test_the_signature_is_that_of_the_specifications_example() -> None:
    made = signature.headers("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, BODY)
    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == made["webhook-signature"]


def test_the_sdk_verifies_what_is_signed_and_refuses_what_was_changed(tmp_path: Path) -> None:
    secret, now = State(tmp_path).secret(), int(datetime.now(timezone.utc).timestamp())
    made = signature.headers(secret, "m1", now, BODY)
    assert json.loads(BODY) == dict(verify_webhook(secret, made, BODY))
    with pytest.raises(SignatureMismatch):
        verify_webhook(secret, made, BODY + b" ")


def test_the_secret_stays_the_same_and_only_its_user_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    first = State(folder).secret()
    assert first == State(folder).secret()
    assert first.startswith("whsec_")
    assert 0o600 == stat.S_IMODE((folder / "webhook-secret").stat().st_mode)
    assert 0o700 == stat.S_IMODE(folder.stat().st_mode)
    assert ["webhook-secret"] == [path.name for path in folder.iterdir()]


def test_of_two_runs_that_begin_together_both_have_the_secret_of_the_first(tmp_path: Path) -> None:
    late = State(tmp_path)
    late._make_folder()
    first = State(tmp_path).secret()
    late._create = lambda path, _text: os.link(path, path)  # the moment between looking and writing
    assert first == late.secret()


def test_an_empty_file_of_a_secret_is_no_secret(tmp_path: Path) -> None:
    (tmp_path / "webhook-secret").write_text("")
    assert State(tmp_path).known_secret() is None


def test_cursors_are_kept_for_each_server_inbox_and_target(tmp_path: Path) -> None:
    state = State(tmp_path)
    state.keep_cursor("http://a", "1", "http://t", 41)
    state.keep_cursor("http://a", "2", "http://t", 7)
    state.keep_cursor("http://a", "1", "http://t", 42)
    assert [42, 7, None, None] == [
        state.cursor("http://a", "1", "http://t"),
        state.cursor("http://a", "2", "http://t"),
        state.cursor("http://b", "1", "http://t"),
        state.cursor("http://a", "1", "http://u"),
    ]


@pytest.mark.parametrize("content", ["", "{", "[]", '{"cursor": null}', '{"cursor": "x"}', "null"])
def test_a_broken_cursor_file_is_as_none(tmp_path: Path, content: str) -> None:
    state = State(tmp_path)
    state.keep_cursor("u", "i", "t", 1)
    next(tmp_path.glob("cursor-*.json")).write_text(content)
    assert state.cursor("u", "i", "t") is None


def test_a_second_run_with_the_same_target_finds_that_it_is_not_alone(tmp_path: Path) -> None:
    one, other = State(tmp_path), State(tmp_path)
    with (
        one.alone("u", "i", "t") as first,
        other.alone("u", "i", "t") as second,
        other.alone("u", "i", "else") as third,
    ):
        assert [True, False, True] == [first, second, third]
    with other.alone("u", "i", "t") as later:
        assert later


def test_cursors_of_long_ago_are_forgotten(tmp_path: Path) -> None:
    state = State(tmp_path)
    for inbox in ("old", "new"):
        state.keep_cursor("u", inbox, "t", 1)
    os.utime(state._cursor_file("u", "old", "t"), (0, 0))
    state.forget_old()
    assert [None, 1] == [state.cursor("u", inbox, "t") for inbox in ("old", "new")]


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"XDG_STATE_HOME": "/x"}, "/x/mayfly"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/home/ann"}, "/home/ann/.local/state/mayfly"),
        ({"HOME": "/home/ann"}, "/home/ann/.local/state/mayfly"),
        ({"MAYFLY_STATE_DIR": "/own", "XDG_STATE_HOME": "/x"}, "/own"),
    ],
)
def test_state_lies_where_the_system_wants_it(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], folder: str
) -> None:
    for name in ("XDG_STATE_HOME", "MAYFLY_STATE_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Path(folder) == directory()


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("http://localhost:3000/hook", "http://localhost:3000/hook"),
        ("localhost:3000/hook?a=b", "http://localhost:3000/hook?a=b"),
        (":3000/hook", "http://localhost:3000/hook"),
        ("3000", "http://localhost:3000/"),
        ("https://user:secret@shop.example/hook", "https://shop.example/hook"),
        ("http://[::1]:3000", "http://[::1]:3000/"),
        ("app.local", "http://app.local/"),
        ("http://app/grüße bitte?a=b%20c&d=é", "http://app/gr%C3%BC%C3%9Fe%20bitte?a=b%20c&d=%C3%A9"),
    ],
)
def test_a_target_may_be_written_short_and_is_shown_without_its_password(given: str, url: str) -> None:
    assert url == Target(given).url


@pytest.mark.parametrize("given", ["", "ftp://x/y", "http://", "http://host:port/", "file:///etc/passwd"])
def test_what_cannot_be_posted_to_is_refused(given: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - urllib has words of its own
        Target(given)


def test_a_short_target_is_http_on_this_machine() -> None:
    assert ["http://localhost:80", "http://localhost:1/"] == [completed(":80"), completed("1")]


def test_the_body_is_compact_json_whose_letters_stay() -> None:
    notice = Notice("m1", 7, {"type": "message.received", "data": {"subject": "Grüße", "from": "a@b"}})
    assert '{"type":"message.received","data":{"subject":"Grüße","from":"a@b"}}'.encode() == notice.body
    assert "Grüße from a@b" == notice.summary


def test_an_expiry_is_posted_with_the_moment_in_utc() -> None:
    notice = expired("i1", "x@mayfly.test", datetime(2026, 5, 8, 12, tzinfo=timezone.utc), 9)
    assert "i1-expired" == notice.id
    assert {
        "type": "inbox.expired",
        "timestamp": "2026-05-08T12:00:00Z",
        "data": {"inbox": "i1", "address": "x@mayfly.test", "expired_at": "2026-05-08T12:00:00Z", "sequence": 9},
    } == notice.content
