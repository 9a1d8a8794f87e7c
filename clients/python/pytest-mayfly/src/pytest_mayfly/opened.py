"""What a test opened: the inboxes and spaces that its report shows, and that are deleted after it.

Deleting comes after the whole teardown of a test, since only then it is known whether the test failed: a fixture that
uses an inbox may fail at its own end. It uses a client of its own that does not wait for a server that is away.
"""

from __future__ import annotations

import os
import warnings
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pytest

from pytest_mayfly import addresses

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mayfly_mail import Mayfly
    from pytest_mayfly.server import Server

C = TypeVar("C")

T = TypeVar("T")

RETRY_FOR = 3.0
SILENT_FOR = 5.0
MOST_DELETED = 10


class MayflyWarning(pytest.PytestWarning):
    """Something about mail did not work that does not make the test wrong."""


class Handle(Protocol):
    """What is needed of an inbox or a space."""

    @property
    def id(self) -> str: ...
    @property
    def address(self) -> str: ...
    @property
    def label(self) -> str | None: ...


class Opened:
    """The inboxes and spaces of one run of a test, and whether a part of it has failed and is reported."""

    def __init__(self) -> None:
        self.handles: list[Handle] = []
        self.has_failed = False
        self.is_reported = False

    def __repr__(self) -> str:
        return f"<Opened {', '.join(handle.address for handle in self.handles)}>"


class Caretaker:
    """Reads and deletes what tests opened, at the server of this session."""

    def __init__(self) -> None:
        self.server: Server | None = None
        self._client: Mayfly | None = None
        self._is_away = False

    def look_after(self, server: Server) -> None:
        """Use this server from now on. Makes the client at once: tests may change the environment that has the key."""
        from mayfly_mail import Mayfly

        self.server = server
        self.use(client_of(server, Mayfly, retry_for=RETRY_FOR, timeout=SILENT_FOR))

    def use(self, client: Mayfly) -> None:
        """Use this client from now on."""
        self._client, self._is_away = client, False

    @property
    def client(self) -> Mayfly:
        """The client. Raises LookupError where no test has used a server."""
        if self._client is None:
            raise LookupError("no server was used")
        return self._client

    def check(self) -> None:
        """Raise MayflyError where the server cannot be reached, or refuses the key: once, and not in each test."""
        from mayfly_mail import Forbidden, Unauthorized

        try:
            self.client.account()
        except Forbidden:
            return  # a key with fewer rights
        except Unauthorized:
            if has_key(self.server, os.environ):
                raise
            self.client.health()

    def delete(self, opened: Opened) -> None:
        """Delete what a test opened. What is gone already is fine; a server that is away is worth a warning."""
        if not opened.handles:
            return
        from mayfly_mail import Gone, MayflyError, NotFound, operations

        while opened.handles:
            handle = opened.handles.pop()
            try:
                self.client.call(operations.delete_inbox(handle.id))
            except (NotFound, Gone):
                continue
            except MayflyError as error:
                warnings.warn(f"{handle.address} stays until it expires: {error}", MayflyWarning, stacklevel=2)
                opened.handles.clear()

    def keep(self, opened: Opened) -> None:
        """Mark what a test opened as kept: it goes when it expires, when room is needed, or with an embedded server."""
        if not opened.handles or self.server is None or self.server.is_embedded:
            return
        from mayfly_mail import MayflyError, operations

        for handle in opened.handles:
            with suppress(MayflyError):  # what is gone cannot be kept, and a server that is away keeps it unmarked
                self.client.call(operations.change_inbox(handle.id, label=addresses.kept(handle.label or "")))

    def with_room(self, make: Callable[[], T], address: str | None = None) -> T:
        """Make an inbox or a space. Where the plan allows no more, the oldest that were kept make room, and one that
        was kept leaves its `address`. For a server that went away this waits once, and not in each test.
        """
        from mayfly_mail import Conflict, QuotaExceeded, Unavailable

        try:
            if self._is_away:
                self.client.health()
                self._is_away = False
            return make()
        except Unavailable:
            self._is_away = True
            raise
        except QuotaExceeded:
            if not self._make_room():
                raise
        except Conflict:
            if address is None or not self._leave(address):
                raise
        return make()

    def _leave(self, address: str) -> bool:
        """Delete the kept inbox with this address, which may lack its domain; whether there was one."""
        for inbox in self.client.inboxes(limit=None):
            if addresses.is_kept(inbox.label) and address.lower() in {inbox.address, inbox.address.partition("@")[0]}:
                inbox.delete()
                return True
        return False

    def _make_room(self) -> bool:
        found = False
        for everything in (self.client.inboxes(limit=None), self.client.spaces(limit=None)):
            kept = [handle for handle in everything if addresses.is_kept(handle.label)]
            for handle in kept[-MOST_DELETED:]:  # the newest come first
                handle.delete()
                found = True
        return found

    def close(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def has_key(server: Server | None, environment: Mapping[str, str]) -> bool:
    """Whether calls send an API key; without one, anonymous inboxes still work."""
    names = ("MAYFLY_API_KEY", "MAYFLY_API_KEY_FILE")
    return (server is not None and server.is_embedded) or any(environment.get(name) for name in names)


def client_of(server: Server, kind: Callable[..., C], **options: Any) -> C:
    """Return a client of the server; its key comes from the environment, or from the embedded server's file."""
    if server.key_file is None:
        return kind(server.url, **options)
    return kind(server.url, server.key_file.read_text(encoding="utf-8").strip(), **options)
