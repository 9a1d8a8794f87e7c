"""Finds the OAuth client that a call to the provider is about."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.identities.issuer import Issuer
from mayfly.records.identity import OAuthClient

if TYPE_CHECKING:
    from mayfly.store.accounts import Accounts
    from mayfly.store.oauth_clients import OAuthClients


@dataclass(frozen=True, slots=True)
class UsableClients:
    accounts: "Accounts"
    clients: "OAuthClients"

    async def get(self, issuer: Issuer, client_id: str) -> OAuthClient | None:
        """The client, if this issuer knows it and its account is not suspended."""
        client = await self.clients.get(client_id)
        if client is None or issuer.account_id not in {None, client.account_id}:
            return None
        account = await self.accounts.get(client.account_id)
        return None if account is None or account.suspended else client
