"""The command AUTH: checks credentials, and says at each MAIL which space the session still sends to.

The user name is a space's id, or that with an `@` and a domain of any name behind it, because some programs take only
e-mail addresses. What is known of a space and its logins is remembered for under a second, as in the
directory; only a yes is ever given from memory: before a refusal the store is asked, so that a login works as soon as
it was created.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from mayfly.records.inbox import Inbox, is_space_id
from mayfly.records.smtp_login import SmtpLogin
from mayfly.service.clock import Clock
from mayfly.service.coalescer import Coalescer
from smtp_ingest.domain import replies
from smtp_ingest.domain.auth import Credentials, Login, printable_name
from smtp_ingest.domain.replies import Rejected
from smtp_ingest.handlers.waiting import in_time

if TYPE_CHECKING:
    from mayfly.store.inboxes import Inboxes
    from mayfly.store.smtp_logins import SmtpLogins

_MAX_REMEMBERED = 10_000


@dataclass(frozen=True, slots=True)
class _Known:
    """A space, None if it is not live, and its logins. `since`: when the store was asked."""

    space: Inbox | None
    logins: Sequence[SmtpLogin]
    since: float


class Logins:
    """`remember`: seconds to cache a space and its logins. `patience`: seconds the store may take to answer."""

    def __init__(
        self,
        logins: "SmtpLogins",
        inboxes: "Inboxes",
        clock: Clock,
        *,
        remember: float,
        patience: float,
        ticks: Callable[[], float] = monotonic,
    ) -> None:
        self._logins = logins
        self._inboxes = inboxes
        self._clock = clock
        self._remember = remember
        self._patience = patience
        self._ticks = ticks
        self._lookups: Coalescer[None, str, _Known] = Coalescer(self._look_up)
        self._remembered: dict[str, _Known] = {}
        self._changes = 0

    def forget(self) -> None:
        """Empty the cache, and do not cache the results of lookups in flight: an inbox or a login has changed."""
        self._changes += 1
        self._remembered.clear()

    async def check(self, credentials: Credentials, *, accept_any: bool) -> Login:
        """Who the credentials belong to. Raises Rejected when they are wrong, TransientFailure.

        `accept_any`: a user name that names no space is accepted with any password, and gives no rights. The name of a
        space needs its password all the same, so that a typing error does not send mail elsewhere.
        """
        user, space_id = printable_name(credentials.user), credentials.user.partition("@")[0].lower()
        if is_space_id(space_id):
            known = await self._find(space_id, lambda known: _owner(known, credentials) is not None)
            if owner := _owner(known, credentials):
                return Login(user, space_id, owner.id)
            if known.space or known.logins:
                raise Rejected(replies.WRONG_CREDENTIALS, "wrong")
        if not accept_any:
            raise Rejected(replies.WRONG_CREDENTIALS, "wrong")
        return Login(user)

    async def space_of(self, login: Login) -> Inbox | None:
        """The space of a login, None for one without rights.

        Raises Rejected when the space has ended or the login was revoked, TransientFailure.
        """
        if not login.space_id:
            return None
        known = await self._find(login.space_id, lambda known: _is_valid(known, login))
        if known.space is None or not _is_valid(known, login):
            raise Rejected(replies.LOGIN_ENDED, "login_ended")
        return known.space

    async def _find(self, space_id: str, says_yes: Callable[[_Known], bool]) -> _Known:
        """What is known of the space, from memory only when that `says_yes`."""
        known = self._remembered.get(space_id)
        if known and self._is_fresh(known) and says_yes(known):
            return known
        changes = self._changes
        known = await in_time(self._lookups.get(None, space_id), self._patience)
        if known.space is not None and self._remember and changes == self._changes:
            if len(self._remembered) >= _MAX_REMEMBERED:
                self._remembered.clear()
            self._remembered[space_id] = known
        return known

    def _is_fresh(self, known: _Known) -> bool:
        is_live = known.space is not None and known.space.is_live(self._clock())
        return is_live and self._ticks() - known.since < self._remember

    async def _look_up(self, _: None, space_ids: Sequence[str]) -> Sequence[_Known]:
        asked, once = self._ticks(), list(set(space_ids))
        spaces, logins = await asyncio.gather(
            self._inboxes.live_among(once, self._clock()), self._logins.of_spaces(once)
        )
        return [_Known(spaces.get(space_id), logins.get(space_id, ()), asked) for space_id in space_ids]


def _owner(known: _Known, credentials: Credentials) -> SmtpLogin | None:
    """The login of the live space that has this password. Nobody may act for another user (RFC 4616 section 2)."""
    if known.space is None or credentials.acts_for:
        return None
    matching = [login for login in known.logins if login.has_password(credentials.password)]
    return matching[0] if matching else None


def _is_valid(known: _Known, login: Login) -> bool:
    return known.space is not None and any(each.id == login.login_id for each in known.logins)
