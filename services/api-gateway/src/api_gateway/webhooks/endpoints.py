"""Creates, reads, changes and deletes webhook endpoints.

webhook-dispatcher reads the endpoints and sends the deliveries (see webhooks.deliveries).
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.plans import Plans
from api_gateway.inboxes import Reach
from api_gateway.refusals import BadInput, NotFound, QuotaExceeded
from mayfly.events.facts import new_event_id
from mayfly.failures import PermanentFailure
from mayfly.records.endpoint import Endpoint, Origin
from mayfly.service.clock import Clock
from mayfly.webhooks.destinations import Policy
from mayfly.webhooks.formats import Format, new_secret

if TYPE_CHECKING:
    from mayfly.store.endpoints import Endpoints

MOST_ENDPOINTS = 50
_BOTH_SECRETS = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class WebhookWish:
    """`inbox`: address or id; None: all inboxes of the account. `events` empty: every event of the format."""

    url: str
    form: Format = "standard"
    inbox: str | None = None
    events: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """The fields to change; None: unchanged."""

    url: str | None = None
    events: tuple[str, ...] | None = None
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
            secret=new_secret(wish.form),
            created_at=self.clock(),
            origin=origin,
            inbox_id=None if wish.inbox is None else (await self.reach.inbox(caller, wish.inbox)).id,
            format=wish.form,
            events=list(wish.events),
            description=wish.description,
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
            raise NotFound("no such webhook")
        return endpoint

    async def change(self, caller: Caller, webhook_id: str, change: WebhookChange) -> Endpoint:
        """Change an endpoint; enabling it clears the reason and the time of its failures. Raises BadInput, NotFound."""
        changes: dict[str, object] = {}
        if change.url is not None:
            self._check_url(change.url)
            changes["url"] = change.url
        if change.events is not None:
            changes["events"] = list(change.events)
        if change.description is not None:
            changes["description"] = change.description
        if change.enabled is not None:
            changes |= {
                "is_enabled": change.enabled,
                "disabled_reason": None if change.enabled else "switched off by its owner",
                "disabled_at": None if change.enabled else self.clock(),
                "failing_since": None,
            }
        if not changes:
            return await self.get(caller, webhook_id)
        return _found(await self.endpoints.change(webhook_id, caller.account, changes))

    async def rotate_secret(self, caller: Caller, webhook_id: str) -> Endpoint:
        """Replace the secret; the old one also signs for 24 hours. Raises NotFound."""
        endpoint = await self.get(caller, webhook_id)
        until = self.clock() + _BOTH_SECRETS
        return _found(await self.endpoints.rotate(webhook_id, caller.account, new_secret(endpoint.format), until))

    async def delete(self, caller: Caller, webhook_id: str) -> None:
        """Delete the endpoint. Raises NotFound."""
        if not await self.endpoints.delete(webhook_id, caller.account):
            raise NotFound("no such webhook")

    def _check_url(self, url: str) -> None:
        try:
            self.policy.check_url(url)
        except PermanentFailure as failure:
            raise BadInput(failure.reason, field="url") from failure


def _found(endpoint: Endpoint | None) -> Endpoint:
    if endpoint is None:
        raise NotFound("no such webhook")
    return endpoint
