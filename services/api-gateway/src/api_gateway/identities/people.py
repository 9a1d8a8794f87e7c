"""Creates, reads, changes and deletes the simulated people of an account's OAuth clients."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.identities.clients import ManageClients
from api_gateway.identities.rules import check_claims
from api_gateway.inboxes import Reach
from api_gateway.refusals import NotFound, QuotaExceeded, Taken, found, refusing, rejecting
from mayfly.events.facts import new_event_id
from mayfly.failures import Conflict
from mayfly.mail.address import normalise_name, parse_address
from mayfly.records.identity import Identity
from mayfly.records.inbox import Inbox
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.domains import Domains
    from mayfly.store.identities import Identities
    from mayfly.store.inboxes import Inboxes

MOST_IDENTITIES = 1_000
_MISSING = "no such identity"


@dataclass(frozen=True, slots=True)
class IdentityWish:
    """`username` None: the local part of the address; `name` None: the user name."""

    client_id: str
    mailbox_address: str
    username: str | None = None
    name: str | None = None
    avatar_url: str | None = None
    email_verified: bool = True
    claims: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class IdentityChange:
    """The fields to change, by name; `claims` replaces all of them."""

    fields: Mapping[str, object]

    @property
    def claims(self) -> Mapping[str, str] | None:
        claims = self.fields.get("claims")
        return claims if isinstance(claims, dict) else None


@dataclass(frozen=True, slots=True)
class ManageIdentities:
    clients: ManageClients
    identities: "Identities"
    inboxes: "Inboxes"
    domains: "Domains"
    reach: Reach
    clock: Clock

    async def create(self, caller: Caller, wish: IdentityWish) -> Identity:
        """A new identity of one of the account's clients, with one of its live inboxes.

        Raises BadInput, NotFound for client and inbox, Taken when the client has an identity with this inbox,
        QuotaExceeded.
        """
        client = await self.clients.get(caller, wish.client_id)
        check_claims(wish.claims or {}, client)
        address, inbox = await self._inbox(caller, wish.mailbox_address)
        now, username = self.clock(), wish.username or address.partition("@")[0]
        identity = Identity(
            id=new_event_id(),
            account_id=caller.account,
            client_id=client.id,
            inbox_id=inbox.id,
            mailbox_address=address,
            username=username,
            name=wish.name or username,
            created_at=now,
            updated_at=now,
            avatar_url=wish.avatar_url or None,
            email_verified=wish.email_verified,
            claims=dict(wish.claims or {}),
        )
        with refusing(Conflict, Taken("this client has an identity with this mailbox", field="mailboxAddress")):
            await self.identities.create(identity)
        await self._look_again(caller, identity)
        return identity

    async def mine(
        self, caller: Caller, *, client_id: str | None = None, mailbox_address: str | None = None
    ) -> list[Identity]:
        """The account's identities, newest first, active or not; those whose inbox has ended are gone."""
        address = normalise_name(mailbox_address) if mailbox_address else None
        mine = await self.identities.of_account(caller.account, client_id=client_id or None, mailbox_address=address)
        return await self.with_inbox(mine)

    async def get(self, caller: Caller, identity_id: str) -> Identity:
        """An identity of the account. Raises NotFound."""
        identity = await self.identities.get(identity_id)
        if identity is None or identity.account_id != caller.account or not await self.with_inbox([identity]):
            raise NotFound(_MISSING)
        return identity

    async def change(self, caller: Caller, identity_id: str, change: IdentityChange) -> Identity:
        """Change an identity. Raises BadInput, NotFound."""
        identity = await self.get(caller, identity_id)
        if change.claims is not None:
            check_claims(change.claims, await self.clients.get(caller, identity.client_id))
        if not change.fields:
            return identity
        changes = {**change.fields, "updated_at": self.clock()}
        if "avatar_url" in changes:
            changes["avatar_url"] = changes["avatar_url"] or None
        return found(await self.identities.change(identity_id, caller.account, changes), _MISSING)

    async def delete(self, caller: Caller, identity_id: str) -> None:
        """Delete an identity; its tokens are void. Raises NotFound."""
        await self.get(caller, identity_id)
        if not await self.identities.delete(identity_id, caller.account):
            raise NotFound(_MISSING)

    async def signing_in(self, client_id: str) -> list[Identity]:
        """The identities that can sign in to a client now, newest first."""
        everyone = await self.identities.of_client(client_id)
        return await self.with_inbox([identity for identity in everyone if identity.is_active])

    async def signed_in(self, identity_id: str, client_id: str) -> Identity | None:
        """The identity with this id, if it can sign in to the client now."""
        identity = await self.identities.get(identity_id)
        if identity is None or not identity.is_active or identity.client_id != client_id:
            return None
        return identity if await self.with_inbox([identity]) else None

    async def with_inbox(self, identities: Sequence[Identity]) -> list[Identity]:
        """Those whose inbox is live: an identity ends with its inbox, the document shortly after."""
        live = await self.inboxes.live_among([identity.inbox_id for identity in identities], self.clock())
        return [
            identity
            for identity in identities
            if identity.inbox_id in live and live[identity.inbox_id].account_id == identity.account_id
        ]

    async def _inbox(self, caller: Caller, text: str) -> tuple[str, Inbox]:
        """The address in its normal form, and the account's live inbox or space that takes its mail."""
        with rejecting("mailboxAddress"):
            address = str(parse_address(text))
        try:
            inbox = await self.reach.inbox(caller, address)
        except NotFound:
            inbox = found(await self._space(address.rpartition("@")[2]), "no such inbox")
        if inbox.account_id != caller.account:  # an inbox without an owner can be read by everyone
            raise NotFound("no such inbox")
        return address, inbox

    async def _space(self, domain: str) -> Inbox | None:
        """The live space that takes all addresses of this domain: by its name on a public domain, or a verified one."""
        now, (name, _, parent) = self.clock(), domain.partition(".")
        if parent in {public.name for public in await self.domains.public()}:
            space = await self.inboxes.get(name, now)
            return space if space and space.kind == "space" else None
        return (await self.inboxes.spaces_on([domain], now)).get(domain)

    async def _look_again(self, caller: Caller, identity: Identity) -> None:
        """Remove a new identity whose client or inbox ended meanwhile, or that is one too many.

        Whoever ended them did not see it.
        """
        gone = not (await self.with_inbox([identity]) and await self.clients.exists(identity.client_id))
        if not gone and await self.identities.count(caller.account) <= MOST_IDENTITIES:
            return
        await self.identities.delete(identity.id, caller.account)
        if gone:
            raise NotFound("the client or the mailbox has ended")
        raise QuotaExceeded(f"an account can have at most {MOST_IDENTITIES} identities")
