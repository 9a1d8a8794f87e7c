"""The client: `Mayfly` blocks, `AsyncMayfly` is awaited. Every verb stands here once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeVar

from mayfly_mail import operations
from mayfly_mail.effects import Steps
from mayfly_mail.inbox import AsyncInbox, Inbox, InboxVerbs
from mayfly_mail.messages import MessageVerbs, paged
from mayfly_mail.operation import UNSET, Operation, array
from mayfly_mail.session import Session, session_of
from mayfly_mail.space import AsyncSpace, Space, SpaceVerbs
from mayfly_mail.verbs import Awaiting, Blocking, opens, verb

if TYPE_CHECKING:
    from typing_extensions import Self

    from mayfly_mail.connection import Pool
    from mayfly_mail.models.accounts import AccountData, UsageData
    from mayfly_mail.models.domains import DomainData
    from mayfly_mail.models.inboxes import InboxEntry
    from mayfly_mail.models.spaces import SpaceEntry
    from mayfly_mail.models.status import Discovery, Health
    from mayfly_mail.signatures import Pairs
    from mayfly_mail.webhooks import AsyncWebhooks, Webhooks

__tracebackhide__ = True  # pytest shows the line of the caller

T = TypeVar("T")
I = TypeVar("I", bound=InboxVerbs)  # noqa: E741 - the kind of inbox
S = TypeVar("S", bound=SpaceVerbs)

_HOUR = 3600


class Idle(Protocol):
    """Idle connections of a client."""

    def pool(self) -> Pool: ...
    def close(self) -> None: ...


class MayflyVerbs(MessageVerbs, Generic[I, S]):
    """The verbs of a client, as steps: `Mayfly` has them blocking, `AsyncMayfly` awaited."""

    _session: Session
    _inbox_class: type[I]
    _space_class: type[S]

    def __init__(
        self,
        url: str | None = None,
        api_key: str | None = None,
        *,
        timeout: float = 30.0,
        retry_for: float | None = None,
        ca_file: str | os.PathLike[str] | None = None,
    ) -> None:
        self._sockets = self._idle()
        self._session = session_of(url, api_key, timeout, retry_for, ca_file, self._sockets.pool)

    @staticmethod
    def _idle() -> Idle:
        """Return the place for idle connections, which each half has of its own kind."""
        raise NotImplementedError

    def _call(self, operation: Operation[T]) -> Steps[T]:
        return self._session.call(operation)

    @property
    def url(self) -> str:
        """The base URL of the server."""
        return str(self._session.line.base)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.url}>"

    @verb
    def call(self, operation: Operation[T], *, idempotency_key: str | None = None) -> Steps[T]:
        """Call any route of the API: `mayfly.call(operations.get_usage())`. Retries and errors as of every verb.

        Example:
            >>> from mayfly_mail import operations
            >>> mayfly.call(operations.health()).status
            'ok'
        """
        return (yield from self._session.call(operation, idempotency_key=idempotency_key))

    # ---- inboxes

    @opens
    def inbox(
        self,
        *,
        label: str | None = None,
        ttl: int | None = _HOUR,
        address: str | None = None,
        domain: str | None = None,
        webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Steps[I]:
        """Create an inbox. As a context manager it is deleted at the end.

        `ttl`: the seconds that it lives; None: until it is deleted, if the plan allows that. `address`: "ann" or
        "ann@example.com"; by default Mayfly chooses one. `idempotency_key`: twice the same one creates one inbox.

        Example:
            >>> with mayfly.inbox(label="signup", ttl=600) as inbox:
            ...     "@" in inbox.address
            True
        """
        local, of = _parts(address, domain)
        create = operations.create_inbox(
            local_part=local or UNSET,
            domain=of or UNSET,
            label=UNSET if label is None else label,
            ttl_seconds=ttl,
            webhook_url=UNSET if webhook_url is None else webhook_url,
        )
        data = yield from self._session.call(create, idempotency_key=idempotency_key)
        return self._inbox_class(self._session, data, is_owned=True)

    @opens
    def anonymous_inbox(self, *, address: str | None = None, domain: str | None = None) -> Steps[I]:
        """Create an inbox without an account: no API key is sent, its own token opens it.

        Example:
            >>> with mayfly.anonymous_inbox() as inbox:
            ...     message_id = inbox.inject(subject="Hello")
            ...     inbox.wait_for_message().subject
            'Hello'
        """
        local, of = _parts(address, domain)
        create = operations.generate_inbox(local_part=local or UNSET, domain=of or UNSET)
        data = yield from self._session.without_key().call(create)
        return self._inbox_class(self._session.without_key(), data, token=data.token, is_owned=True)

    @opens
    def open(self, address_or_id: str, *, token: str | None = None) -> Steps[I]:
        """Get the handle of an inbox that exists, by the API key or its own token. Leaving its block deletes nothing.

        Example:
            >>> mayfly.open(inbox.address).id == inbox.id
            True
        """
        data = yield from self._session.call(operations.get_inbox(address_or_id), token=token)
        return self._inbox_class(self._session, data, token=token)

    @verb
    def inboxes(
        self,
        *,
        label: str | None = None,
        status: Literal["active", "archived"] | None = None,
        limit: int | None = 50,
    ) -> Steps[list[I]]:
        """List the inboxes of the account, newest first. `message_count` is 0 until `refresh()`. `limit=None`: all.

        Example:
            >>> inbox.address in [each.address for each in mayfly.inboxes()]
            True
        """

        def part(cursor: str | None, size: int) -> Operation[Any]:
            return operations.list_inboxes(label=label, status=status, limit=size, cursor=cursor)

        entries: list[InboxEntry] = yield from paged(self, part, limit)
        return [self._inbox_class(self._session, entry) for entry in entries]

    # ---- spaces

    @opens
    def space(
        self,
        name: str | None = None,
        *,
        ttl: int | None = _HOUR,
        domains: Iterable[str] = (),
        max_messages: int | None = None,
        max_age: int | None = None,
        webhook_url: str | None = None,
        idempotency_key: str | None = None,
    ) -> Steps[S]:
        """Create a space: one inbox for many addresses, with an SMTP login. Its block deletes it at the end.

        `max_messages` and `max_age` (seconds) are what it keeps; `domains` are custom domains whose mail it takes.

        Example:
            >>> with mayfly.space("e2e", ttl=600) as space:
            ...     space.smtp.user == space.id
            True
        """
        create = operations.create_space(
            name=UNSET if name is None else name,
            ttl_seconds=ttl,
            domains=array(domains) or None,
            max_messages=UNSET if max_messages is None else max_messages,
            max_age_seconds=UNSET if max_age is None else max_age,
            webhook_url=UNSET if webhook_url is None else webhook_url,
        )
        data = yield from self._session.call(create, idempotency_key=idempotency_key)
        return self._space_class(self._session, data, is_owned=True)

    @opens
    def open_space(self, address_or_id: str, *, token: str | None = None) -> Steps[S]:
        """Get the handle of a space that exists. It does not know the SMTP password: `add_credentials()` makes another.

        Example:
            >>> mayfly.open_space(space.id).name
            'e2e'
        """
        data = yield from self._session.call(operations.get_space(address_or_id), token=token)
        return self._space_class(self._session, data, token=token)

    @verb
    def spaces(self, *, limit: int | None = 50) -> Steps[list[S]]:
        """List the spaces of the account, newest first. `limit=None` lists all.

        Example:
            >>> space.id in [each.id for each in mayfly.spaces()]
            True
        """

        def part(cursor: str | None, size: int) -> Operation[Any]:
            return operations.list_spaces(limit=size, cursor=cursor)

        entries: list[SpaceEntry] = yield from paged(self, part, limit)
        return [self._space_class(self._session, entry) for entry in entries]

    # ---- the account and the server

    @verb
    def account(self) -> Steps[AccountData]:
        """Show the account of the API key.

        Example:
            >>> mayfly.account().plan  # doctest: +SKIP
            'team'
        """
        return (yield from self._call(operations.get_account()))

    @verb
    def usage(self) -> Steps[UsageData]:
        """Show what the account uses, and its limits.

        Example:
            >>> mayfly.usage().active_inboxes > 0
            True
        """
        return (yield from self._call(operations.get_usage()))

    @verb
    def domains(self) -> Steps[list[DomainData]]:
        """List the domains that inboxes can have: the public ones and those of the account.

        Example:
            >>> any(domain.is_public for domain in mayfly.domains())
            True
        """
        return (yield from self._call(operations.list_domains())).domains

    @verb
    def health(self) -> Steps[Health]:
        """Ask whether the server runs. Needs no key.

        Example:
            >>> mayfly.health().ok
            True
        """
        return (yield from self._call(operations.health()))

    @verb
    def discovery(self) -> Steps[Discovery]:
        """Ask where the documentation is, and `smtp`: the host and port for mail, None where the operator has not said.

        Example:
            >>> mayfly.discovery().docs
            '/docs'
        """
        return (yield from self._call(operations.discover()))

    @staticmethod
    def verify_webhook(
        secret: str, headers: Mapping[str, Any] | Pairs, body: bytes | str, *, tolerance: float = 300
    ) -> dict[str, Any]:
        """Check that Mayfly signed a webhook, and return its body; SignatureMismatch if not. See `verify_webhook`."""
        from mayfly_mail.signatures import verify_webhook

        return verify_webhook(secret, headers, body, tolerance=tolerance)


class Mayfly(MayflyVerbs[Inbox, Space], Blocking):
    """A client of Mayfly, for any number of threads.

    `url`: MAYFLY_URL, else http://127.0.0.1:8080. `api_key`: MAYFLY_API_KEY, or the file of MAYFLY_API_KEY_FILE.
    `timeout`: seconds of a wait, and for which a server may be silent. `retry_for`: seconds that a call is tried again
    while the server is away or asks to wait: 60, and 5 until it has answered once. `ca_file`: authorities to check an
    https server by, instead of the system's.

    Example:
        >>> from mayfly_mail import Mayfly
        >>> with Mayfly() as mayfly, mayfly.inbox() as inbox:
        ...     sign_up(inbox.address)
        ...     inbox.wait_for_code(timeout=10)
        '482913'
    """

    _inbox_class = Inbox
    _space_class = Space

    @staticmethod
    def _idle() -> Idle:
        from mayfly_mail.blocking import Sockets

        return Sockets()

    @property
    def webhooks(self) -> Webhooks:
        """The webhook endpoints of the account: `mayfly.webhooks.create(url)`."""
        from mayfly_mail.webhooks import Webhooks

        return Webhooks(self._session)

    def close(self) -> None:
        """Close the idle connections. The client can still be used."""
        self._sockets.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncMayfly(MayflyVerbs[AsyncInbox, AsyncSpace], Awaiting):
    """A client of Mayfly, awaited; for any number of asyncio loops, one after the other. Arguments as of `Mayfly`.

    Example:
        >>> from mayfly_mail import AsyncMayfly
        >>> async def main() -> None:
        ...     async with AsyncMayfly() as mayfly, mayfly.inbox() as inbox:
        ...         sign_up(inbox.address)
        ...         print(await inbox.wait_for_code(timeout=10))
    """

    _inbox_class = AsyncInbox
    _space_class = AsyncSpace

    @staticmethod
    def _idle() -> Idle:
        from mayfly_mail.awaiting import LoopSockets

        return LoopSockets()

    @property
    def webhooks(self) -> AsyncWebhooks:
        """The webhook endpoints of the account: `await mayfly.webhooks.create(url)`."""
        from mayfly_mail.webhooks import AsyncWebhooks

        return AsyncWebhooks(self._session)

    async def close(self) -> None:
        """Close the idle connections. The client can still be used."""
        self._sockets.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _parts(address: str | None, domain: str | None) -> tuple[str, str]:
    """Return local part and domain that a new inbox is to have, "" where the server chooses. Raises ValueError."""
    local, at, of = (address or "").partition("@")
    if at and domain is not None and domain != of:
        raise ValueError("address names another domain than domain does")
    return local, of or domain or ""
