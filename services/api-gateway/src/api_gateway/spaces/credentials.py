"""SMTP credentials of spaces: with the id as user name, an application sends mail for any address into the space."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge import secrets
from api_gateway.edge.caller import Caller
from api_gateway.refusals import InvalidState, NotFound
from api_gateway.spaces.read import ReadSpaces
from mayfly.events.facts import new_event_id
from mayfly.records.inbox import Inbox
from mayfly.records.smtp_login import SmtpLogin, digest_of
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.smtp_logins import SmtpLogins

FIRST_LABEL = "first"
"""The label of the credentials that a space is created with."""
_MOST = 20


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """Where applications reach SMTP, as the operator says; empty and 0: not said."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class SmtpCredentials:
    """A space has 20 at most: each is compared with the password of an SMTP session."""

    logins: "SmtpLogins"
    read: ReadSpaces
    server: SmtpServer
    clock: Clock

    async def create(self, caller: Caller, space_name: str, label: str) -> tuple[SmtpLogin, str]:
        """Add credentials; returns them with the password, which is not stored. Raises NotFound, InvalidState."""
        space = await self.read.own(caller, space_name)
        full = InvalidState(f"a space has at most {_MOST} credentials; delete one first")
        if len(await self.logins.of_space(space.id)) >= _MOST:
            raise full
        login, password = await self.add(space, label)
        if len(await self.logins.of_space(space.id)) > _MOST:  # others were added at the same time
            await self.logins.delete(space.id, login.id)
            raise full
        return login, password

    async def add(self, space: Inbox, label: str) -> tuple[SmtpLogin, str]:
        """Add credentials to this space."""
        password = secrets.new_smtp_password()
        login = SmtpLogin(
            id=new_event_id(),
            space_id=space.id,
            label=label,
            password_hash=digest_of(password),
            created_at=self.clock(),
        )
        await self.logins.create(login)
        return login, password

    async def of(self, caller: Caller, space_name: str) -> list[SmtpLogin]:
        """The credentials of a space, newest first. Raises NotFound."""
        return await self.logins.of_space((await self.read.own(caller, space_name)).id)

    async def delete(self, caller: Caller, space_name: str, login_id: str) -> None:
        """Revoke credentials: no session can authenticate with them any more. Raises NotFound."""
        space = await self.read.own(caller, space_name)
        if not await self.logins.delete(space.id, login_id):
            raise NotFound("no such credentials")
