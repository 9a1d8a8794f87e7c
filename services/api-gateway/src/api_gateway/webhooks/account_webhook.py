"""The account webhook: one endpoint for all inboxes of an account, as the Ephemask dialect offers it."""

from contextlib import suppress
from dataclasses import dataclass

from api_gateway.edge.caller import Caller
from api_gateway.refusals import NotFound
from api_gateway.webhooks.endpoints import WebhookEndpoints, WebhookWish
from mayfly.records.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class AccountWebhook:
    """The endpoint with origin `account`; other endpoints of the account are not affected."""

    endpoints: WebhookEndpoints

    async def put(self, caller: Caller, url: str) -> Endpoint:
        """Set the webhook, replacing any previous one; its secret is new. Raises BadInput, Forbidden, QuotaExceeded."""
        endpoint = await self.endpoints.create(caller, WebhookWish(url, "ephemask"), origin="account")
        # Ids are made before the insert, so a concurrent call with a later id may not have seen this endpoint. The call
        # that lists last sees both: each call removes all but the newest, its own included.
        _, *older = await self._all(caller) or [endpoint]
        await self._remove(caller, older)
        return endpoint

    async def get(self, caller: Caller) -> Endpoint:
        """The current webhook. Raises NotFound."""
        found = await self._all(caller)
        if not found:
            raise NotFound("this account has no webhook")
        return found[0]

    async def delete(self, caller: Caller) -> None:
        """Delete the webhook. Raises NotFound."""
        await self.get(caller)
        await self._remove(caller, await self._all(caller))

    async def _remove(self, caller: Caller, endpoints: list[Endpoint]) -> None:
        for endpoint in endpoints:
            with suppress(NotFound):  # a concurrent call was faster
                await self.endpoints.delete(caller, endpoint.id)

    async def _all(self, caller: Caller) -> list[Endpoint]:
        """Newest first."""
        return [endpoint for endpoint in await self.endpoints.mine(caller) if endpoint.origin == "account"]
