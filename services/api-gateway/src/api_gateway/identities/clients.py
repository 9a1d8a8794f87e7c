"""Creates, reads and deletes the OAuth clients of an account, and replaces their secrets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge import secrets
from api_gateway.edge.caller import Caller
from api_gateway.identities.rules import check_redirect_uri
from api_gateway.refusals import BadInput, InvalidState, NotFound, QuotaExceeded
from mayfly.events.facts import new_event_id
from mayfly.records.identity import OAuthClient, ProviderType
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.identities import Identities
    from mayfly.store.oauth_clients import OAuthClients

MOST_CLIENTS = 100
_MISSING = "no such client"


@dataclass(frozen=True, slots=True)
class ClientWish:
    """`provider_label`: required for `custom`. `is_public`: without a secret, such as an application in a browser."""

    name: str
    redirect_uris: Sequence[str]
    provider_type: ProviderType = "custom"
    provider_label: str | None = None
    is_public: bool = False
    post_logout_redirect_uris: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ManageClients:
    clients: "OAuthClients"
    identities: "Identities"
    clock: Clock

    async def create(self, caller: Caller, wish: ClientWish) -> tuple[OAuthClient, str | None]:
        """A new client and its secret, None for a public one. Raises BadInput, QuotaExceeded."""
        label = (wish.provider_label or "").strip() or None
        if wish.provider_type == "custom" and label is None:
            raise BadInput("required for the provider type custom", field="providerLabel")
        for uri in wish.redirect_uris:
            check_redirect_uri(uri)
        for uri in wish.post_logout_redirect_uris:
            check_redirect_uri(uri, "postLogoutRedirectUris")
        secret = None if wish.is_public else secrets.new_client_secret()
        client = OAuthClient(
            id=new_event_id(),
            account_id=caller.account,
            name=wish.name,
            redirect_uris=list(dict.fromkeys(wish.redirect_uris)),
            created_at=self.clock(),
            provider_type=wish.provider_type,
            provider_label=label,
            secret_hash=secrets.digest(secret) if secret else None,
            post_logout_redirect_uris=list(dict.fromkeys(wish.post_logout_redirect_uris)),
        )
        await self.clients.create(client)
        # Counted afterwards, so that simultaneous requests cannot exceed the limit together.
        if await self.clients.count(caller.account) > MOST_CLIENTS:
            await self.clients.delete(client.id, caller.account)
            raise QuotaExceeded(f"an account can have at most {MOST_CLIENTS} OAuth clients")
        return client, secret

    async def mine(self, caller: Caller) -> list[OAuthClient]:
        """The account's clients, newest first."""
        return await self.clients.of_account(caller.account)

    async def get(self, caller: Caller, client_id: str) -> OAuthClient:
        """A client of the account. Raises NotFound."""
        client = await self.clients.get(client_id)
        if client is None or client.account_id != caller.account:
            raise NotFound(_MISSING)
        return client

    async def exists(self, client_id: str) -> bool:
        """Whether there is a client with this id, of whichever account."""
        return await self.clients.get(client_id) is not None

    async def rotate_secret(self, caller: Caller, client_id: str) -> str:
        """Replace the secret, which is invalid at once; returns the new one. Raises NotFound, InvalidState."""
        if (await self.get(caller, client_id)).is_public:
            raise InvalidState("a public client has no secret")
        secret = secrets.new_client_secret()
        if not await self.clients.set_secret(client_id, caller.account, secrets.digest(secret)):
            raise NotFound(_MISSING)
        return secret

    async def delete(self, caller: Caller, client_id: str) -> None:
        """Delete a client and its identities. Raises NotFound."""
        await self.get(caller, client_id)
        if not await self.clients.delete(client_id, caller.account):
            raise NotFound(_MISSING)
        # Nobody finds identities without their client, and one that is being created looks for it again.
        await self.identities.delete_of_client(client_id)
