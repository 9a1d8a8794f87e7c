"""Both halves have the same verbs, with the same signatures and documentation; and importing them costs little."""

from __future__ import annotations

import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import mayfly_mail
from mayfly_mail import AsyncInbox, AsyncMayfly, AsyncSpace, Inbox, Mayfly, Space
from mayfly_mail.stream import AsyncStream, Stream
from mayfly_mail.verbs import Opening
from mayfly_mail.webhooks import AsyncWebhooks, Webhooks

PAIRS = [
    (Mayfly, AsyncMayfly),
    (Inbox, AsyncInbox),
    (Space, AsyncSpace),
    (Webhooks, AsyncWebhooks),
    (Stream, AsyncStream),
]
SOURCE = Path(mayfly_mail.__file__).parents[1]
OWN_EXAMPLES = {"close", "verify_webhook"}


def public(kind: type) -> dict[str, Any]:
    return {name: getattr(kind, name) for name in dir(kind) if not name.startswith("_")}


@pytest.mark.parametrize(("blocking", "awaited"), PAIRS)
def test_both_halves_have_the_same_names_and_signatures(blocking: type, awaited: type) -> None:
    ours, theirs = public(blocking), public(awaited)
    assert list(ours) == list(theirs)
    for name, member in ours.items():
        if callable(member):
            assert inspect.signature(member).parameters == inspect.signature(theirs[name]).parameters


@pytest.mark.parametrize(("blocking", "awaited"), PAIRS[:4])
def test_a_verb_looks_like_any_method(blocking: type, awaited: type) -> None:
    for name, member in public(awaited).items():
        if callable(member) and name not in {"stream", "fault", "verify_webhook"}:
            opens = name in {"inbox", "anonymous_inbox", "open", "space", "open_space"}
            assert opens != inspect.iscoroutinefunction(member)
            assert not inspect.iscoroutinefunction(getattr(blocking, name))
            assert "Steps" not in str(inspect.signature(member))
            assert name == member.__name__


@pytest.mark.parametrize("kind", [pair[0] for pair in PAIRS[:4]])
def test_every_verb_says_what_it_does_and_has_an_example(kind: type) -> None:
    for name, member in public(kind).items():
        if callable(member):
            text = inspect.getdoc(member) or ""
            assert 20 < len(text.split("\n")[0])
            assert text.split("\n")[0].endswith((".", ":", "counts."))
            assert ">>> " in text or name in OWN_EXAMPLES


async def test_an_inbox_to_come_can_be_awaited_or_entered() -> None:
    class Handle:
        entered = left = 0

        async def __aenter__(self) -> Any:
            self.entered += 1
            return self

        async def __aexit__(self, *_: object) -> None:
            self.left += 1

    async def make() -> Handle:
        return Handle()

    assert 0 == (await Opening(make)).entered
    async with Opening(make) as handle:
        assert (1, 0) == (handle.entered, handle.left)
    assert 1 == handle.left


def test_no_secret_is_in_a_representation() -> None:
    mayfly = Mayfly("http://mail.example", "mf_secret")
    for each in (mayfly, mayfly._session, mayfly.webhooks, AsyncMayfly("http://mail.example", "mf_secret")):
        assert "mf_secret" not in repr(each)
    assert "<Mayfly http://mail.example>" == repr(mayfly)


def test_every_exported_name_exists_and_is_listed() -> None:
    for name in mayfly_mail.__all__:
        assert getattr(mayfly_mail, name) is not None
        assert name in dir(mayfly_mail)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = mayfly_mail.nonsense


def test_a_blocking_client_loads_nothing_that_is_slow_to_import() -> None:
    program = """
import json, sys
from mayfly_mail import Mayfly
Mayfly("http://127.0.0.1:1")
print(json.dumps(sorted(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(SOURCE)!r}){program}"], capture_output=True, text=True, check=True)  # fmt: skip
    loaded = set(json.loads(done.stdout))
    assert set() == loaded & {
        "asyncio",
        "ssl",
        "email",
        "http.client",
        "urllib.request",
        "logging",
        "uuid",
        "typing_extensions",
    }
    assert "mayfly_mail.client" in loaded


async def test_a_call_that_was_not_awaited_says_so() -> None:
    with pytest.raises(AttributeError, match="there is no address yet: `await` this call first"):
        AsyncMayfly("http://127.0.0.1:1", "key").inbox().address  # type: ignore[attr-defined] # noqa: B018


@pytest.mark.parametrize("verb", ["inbox", "anonymous_inbox"])
def test_an_address_of_another_domain_than_asked_for_is_refused_before_any_call(verb: str) -> None:
    with Mayfly("http://127.0.0.1:1", "key") as mayfly, pytest.raises(ValueError, match="another domain"):
        getattr(mayfly, verb)(address="ann@one.test", domain="two.test")
