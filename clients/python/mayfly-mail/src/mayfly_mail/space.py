"""Handles of a space: an inbox for many addresses, with SMTP logins of its own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from mayfly_mail import operations
from mayfly_mail.effects import Steps
from mayfly_mail.inbox import AsyncInbox, Inbox, InboxVerbs
from mayfly_mail.operation import UNSET, Unset
from mayfly_mail.session import gone_is_fine
from mayfly_mail.verbs import verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mayfly_mail.models.spaces import CredentialsData, NewCredentials, SmtpAccess, SpaceData

__tracebackhide__ = True  # pytest shows the line of the caller


class Smtp(NamedTuple):
    """How an application logs in to a space. `host` and `port` are None where the operator has not said."""

    host: str | None
    port: int | None
    user: str
    password: str | None

    def __repr__(self) -> str:
        return f"Smtp(host={self.host!r}, port={self.port!r}, user={self.user!r})"


class SpaceVerbs(InboxVerbs):
    """The verbs that a space has beside those of an inbox, as steps."""

    def _take(self, data: Any) -> None:
        self.id: str = data.id
        self.address: str = data.address
        self.name: str | None = data.name
        self.label = data.name
        self.domains: Sequence[str] = tuple(data.domains)
        self.max_messages: int = data.retention.max_messages
        self.max_age: int = data.retention.max_age_seconds
        self.expires_at = data.expires_at
        self.message_count = getattr(data, "message_count", 0)
        self._take_smtp(getattr(data, "smtp", None))

    def _take_smtp(self, smtp: SmtpAccess | None) -> None:
        known = getattr(self, "_smtp", None)
        password = getattr(smtp, "password", None) or (known and known.password)
        if smtp is not None:
            self._smtp = Smtp(smtp.host, smtp.port, smtp.user, password)
        elif known is None:
            self._smtp = Smtp(None, None, self.id, None)

    @property
    def smtp(self) -> Smtp:
        """Host, port, user and password of its SMTP login; the password is None unless the space was just created."""
        return self._smtp

    @verb
    def change(
        self,
        *,
        name: str | Unset | None = UNSET,
        label: str | Unset | None = UNSET,
        ttl: int | Unset | None = UNSET,
        webhook_url: str | Unset | None = UNSET,
        domains: Iterable[str] | None = None,
        max_messages: int | Unset | None = UNSET,
        max_age: int | Unset | None = UNSET,
    ) -> Steps[SpaceData]:
        """Change what is given: name (`label` is the same), seconds to live from now, webhook, domains, what it keeps.

        Example:
            >>> space.change(max_messages=100).retention.max_messages
            100
        """
        change = operations.change_space(
            self.id,
            name=label if isinstance(name, Unset) else name,
            ttl_seconds=ttl,
            webhook_url=webhook_url,
            domains=domains,
            max_messages=max_messages,
            max_age_seconds=max_age,
        )
        data = yield from self._call(change)
        self._take(data)
        return data

    @verb
    def refresh(self) -> Steps[SpaceData]:
        """Read the space anew: its counts, name, domains and expiry, here and in the answer.

        Example:
            >>> space.refresh().message_count
            0
        """
        data = yield from self._call(operations.get_space(self.id))
        self._take(data)
        return data

    @verb
    def delete(self) -> Steps[None]:
        """Delete the space with all that is in it. That it is gone already is fine.

        Example:
            >>> space.delete()
        """
        yield from gone_is_fine(self._call(operations.delete_space(self.id)))

    @verb
    def add_credentials(self, label: str | None = None) -> Steps[NewCredentials]:
        """Make another SMTP password, which only this answer shows: `.smtp.user`, `.smtp.password`.

        Example:
            >>> space.add_credentials("staging").label
            'staging'
        """
        return (yield from self._call(operations.add_smtp_credentials(self.id, label=label)))

    @verb
    def credentials(self) -> Steps[list[CredentialsData]]:
        """List the SMTP credentials without their passwords.

        Example:
            >>> [each.label for each in space.credentials()]
            ['first']
        """
        return list((yield from self._call(operations.list_smtp_credentials(self.id))))

    @verb
    def revoke_credentials(self, credentials_id: str) -> Steps[None]:
        """Revoke SMTP credentials: their password opens nothing any more. That they are gone already is fine.

        Example:
            >>> space.revoke_credentials(space.credentials()[0].id)
        """
        yield from gone_is_fine(self._call(operations.delete_smtp_credentials(self.id, credentials_id)))


class Space(SpaceVerbs, Inbox):
    """A space: `with mayfly.space("e2e") as space:` creates it and deletes it at the end.

    Example:
        >>> with mayfly.space("e2e") as space:
        ...     message_id = space.inject(to="ann@any.example", subject="Welcome")
        ...     space.wait_for_message(to="ann@any.example").subject
        'Welcome'
    """


class AsyncSpace(SpaceVerbs, AsyncInbox):
    """A space, awaited: `async with mayfly.space("e2e") as space:` creates it and deletes it at the end."""
