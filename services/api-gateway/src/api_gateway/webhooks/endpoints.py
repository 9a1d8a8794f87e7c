"""Creates, reads, changes and deletes webhook endpoints, the account webhook included.

webhook-dispatcher reads the endpoints and sends the deliveries (see webhooks.deliveries).
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.plans import Plans
from api_gateway.inboxes import Reach
from api_gateway.refusals import NotFound, QuotaExceeded, found, rejecting
from mayfly.events.facts import new_event_id
from mayfly.records.endpoint import Endpoint, Origin
from mayfly.service.clock import Clock
from mayfly.webhooks.destinations import Policy
from mayfly.webhooks.formats import Format, new_secret

if TYPE_CHECKING:
    from mayfly.store.endpoints import Endpoints

MOST_ENDPOINTS = 50
_BOTH_SECRETS = timedelta(hours=24)
_MISSING = "no such webhook"


@dataclass(frozen=True, slots=True)
class WebhookWish:
    """`inbox`: address or id; None: all inboxes of the account. `events` empty: every event of the format."""

    url: str
    format: Format = "standard"
    inbox: str | None = None
    events: Sequence[str] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """The fields to change; None: unchanged."""

    url: str | None = None
    events: Sequence[str] | None = None
    description: str | None = None
    enabled: bool | None = None


@dataclass(frozen=True, slots=True)
class WebhookEndpoints:
    endpoints: "Endpoints"
    reach: Reach
    policy: Policy
    plans: Plans
    clock: Clock

    async def create(self, caller: Caller, wish: WebhookWish, *, origin: Origin = "api") -> Endpoint:
        """Create an endpoint with a new secret. Raises BadInput, Forbidden, NotFound, QuotaExceeded."""
        self.plans.require(self.plans[caller.plan], "webhooks", "webhooks")
        self._check_url(wish.url)
        endpoint = Endpoint(
            id=new_event_id(),
            account_id=caller.account,
            url=wish.url,
            secret=new_secret(wish.format),
            created_at=self.clock(),
            origin=origin,
            inbox_id=None if wish.inbox is None else (await self.reach.inbox(caller, wish.inbox)).id,
            format=wish.format,
            events=list(wish.events),
            description=wish.description,
            made_by=caller.lineage,
        )
        await self.endpoints.create(endpoint)
        # Counted afterwards, so that simultaneous requests cannot exceed the limit together.
        if await self.endpoints.count_of_account(caller.account) > MOST_ENDPOINTS:
            await self.endpoints.delete(endpoint.id, caller.account)
            raise QuotaExceeded(f"an account can have at most {MOST_ENDPOINTS} webhooks")
        return endpoint

    async def mine(self, caller: Caller) -> list[Endpoint]:
        """The account's endpoints, newest first."""
        return await self.endpoints.of_account(caller.account)

    async def get(self, caller: Caller, webhook_id: str) -> Endpoint:
        """An endpoint of the account. Raises NotFound."""
        endpoint = await self.endpoints.get(webhook_id)
        if endpoint is None or endpoint.account_id != caller.account or endpoint.ends_at is not None:
            raise NotFound(_MISSING)
        return endpoint

    async def change(self, caller: Caller, webhook_id: str, change: WebhookChange) -> Endpoint:
        """Change an endpoint; enabling it clears the reason and the time of its failures. Raises BadInput, NotFound.

        Who says where it goes or that it goes answers for it: it depends on the caller's key from then on.
        """
        given = {"url": change.url, "events": change.events, "description": change.description}
        changes: dict[str, object] = {name: value for name, value in given.items() if value is not None}
        if change.url is not None:
            self._check_url(change.url)
        if change.enabled is not None:
            changes |= {
                "is_enabled": change.enabled,
                "disabled_reason": None if change.enabled else "switched off by its owner",
                "disabled_at": None if change.enabled else self.clock(),
                "failing_since": None,
            }
        if not changes:
            return await self.get(caller, webhook_id)
        if change.url is not None or change.enabled:
            changes["made_by"] = caller.lineage
        return found(await self.endpoints.change(webhook_id, caller.account, changes), _MISSING)

    async def rotate_secret(self, caller: Caller, webhook_id: str) -> Endpoint:
        """Replace the secret; the old one also signs for 24 hours. Raises NotFound."""
        endpoint = await self.get(caller, webhook_id)
        until = self.clock() + _BOTH_SECRETS
        rotated = await self.endpoints.rotate(webhook_id, caller.account, new_secret(endpoint.format), until)
        return found(rotated, _MISSING)

    async def delete(self, caller: Caller, webhook_id: str) -> None:
        """Delete the endpoint. Raises NotFound."""
        if not await self.endpoints.delete(webhook_id, caller.account):
            raise NotFound(_MISSING)

    def _check_url(self, url: str) -> None:
        with rejecting("url"):
            self.policy.check_url(url)


@dataclass(frozen=True, slots=True)
class AccountWebhook:
    """The endpoint with origin `account`: one for all inboxes of an account, as the Ephemask dialect offers it."""

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
        return found(next(iter(await self._all(caller)), None), "this account has no webhook")

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
