"""The one webhook that Ephemask gives an account: every mail to any of its inboxes, told in Ephemask's format."""

from contextlib import suppress
from dataclasses import dataclass

from api_gateway.domain.caller import Caller
from api_gateway.errors import NotFound
from api_gateway.handlers.webhooks import WebhookCalls, WebhookWish
from mayfly.records.endpoint import Endpoint


@dataclass(frozen=True, slots=True)
class AccountWebhookCalls:
    """An endpoint like the account's others, known by its format and by being for all inboxes."""

    webhooks: WebhookCalls

    async def put(self, caller: Caller, url: str) -> Endpoint:
        """Have mails told to `url` from now on, with a new secret. Raises BadInput, Forbidden, QuotaExceeded."""
        endpoint = await self.webhooks.create(caller, WebhookWish(url, "ephemask"))
        # Ids sort by age: of two calls at the same moment, the later one's endpoint stays.
        await self._remove(caller, [other for other in await self._all(caller) if other.id < endpoint.id])
        return endpoint

    async def get(self, caller: Caller) -> Endpoint:
        """Raises NotFound."""
        found = await self._all(caller)
        if not found:
            raise NotFound("no webhook")
        return found[0]

    async def delete(self, caller: Caller) -> None:
        """Raises NotFound."""
        await self.get(caller)
        await self._remove(caller, await self._all(caller))

    async def _remove(self, caller: Caller, endpoints: list[Endpoint]) -> None:
        for endpoint in endpoints:
            with suppress(NotFound):  # another call at the same moment was faster
                await self.webhooks.delete(caller, endpoint.id)

    async def _all(self, caller: Caller) -> list[Endpoint]:
        """Newest first."""
        endpoints = await self.webhooks.mine(caller)
        return [endpoint for endpoint in endpoints if endpoint.format == "ephemask" and endpoint.inbox_id is None]
