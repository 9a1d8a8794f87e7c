"""Webhook endpoints and what was delivered to them.

Deliveries are webhook-dispatcher's: a test or a redelivery is asked for by an event, and happens there.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from api_gateway.domain.caller import Caller
from api_gateway.domain.paging import Page, page
from api_gateway.domain.plans import Plans
from api_gateway.errors import BadInput, Gone, NotFound, QuotaExceeded
from api_gateway.handlers.reach import Reach
from api_gateway.ports import Announcer, DeliveryStore, WebhookStore
from mayfly.events.facts import EndpointTestRequested, RedeliveryRequested, new_event_id
from mayfly.failures import Conflict, PermanentFailure
from mayfly.records.delivery import Delivery, DeliveryStatus
from mayfly.records.endpoint import Endpoint
from mayfly.service.clock import Clock
from mayfly.webhooks.destinations import Policy
from mayfly.webhooks.formats import Format, delivery_id, new_secret

MOST_ENDPOINTS = 50
_BOTH_SECRETS = timedelta(hours=24)
_LONGEST_REPLAY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WebhookWish:
    """`inbox`: the name of one inbox; None: all of the account's. `events` empty: all that the format has."""

    url: str
    form: Format = "standard"
    inbox: str | None = None
    events: tuple[str, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """What is None stays."""

    url: str | None = None
    events: tuple[str, ...] | None = None
    description: str | None = None
    enabled: bool | None = None


class WebhookCalls:
    def __init__(
        self,
        *,
        endpoints: WebhookStore,
        deliveries: DeliveryStore,
        announcer: Announcer,
        reach: Reach,
        policy: Policy,
        plans: Plans,
        clock: Clock,
    ) -> None:
        self._endpoints = endpoints
        self._deliveries = deliveries
        self._announcer = announcer
        self._reach = reach
        self._policy = policy
        self._plans = plans
        self._clock = clock

    async def create(self, caller: Caller, wish: WebhookWish) -> Endpoint:
        """A new endpoint; its secret is told this once. Raises BadInput, Forbidden, NotFound, QuotaExceeded."""
        self._plans.require(self._plans[caller.plan], "webhooks", "webhooks")
        self._check_url(wish.url)
        endpoint = Endpoint(
            id=new_event_id(),
            account_id=caller.account,
            url=wish.url,
            secret=new_secret(wish.form),
            created_at=self._clock(),
            inbox_id=None if wish.inbox is None else (await self._reach.inbox(caller, wish.inbox)).id,
            format=wish.form,
            events=list(wish.events),
            description=wish.description,
        )
        await self._endpoints.create(endpoint)
        # Counted after, so that callers at the same moment cannot pass the limit together.
        if await self._endpoints.count_of_account(caller.account) > MOST_ENDPOINTS:
            await self._endpoints.delete(endpoint.id, caller.account)
            raise QuotaExceeded(f"an account has at most {MOST_ENDPOINTS} webhooks")
        return endpoint

    async def mine(self, caller: Caller) -> list[Endpoint]:
        """The account's endpoints, newest first."""
        return await self._endpoints.of_account(caller.account)

    async def get(self, caller: Caller, webhook_id: str) -> Endpoint:
        """Raises NotFound."""
        endpoint = await self._endpoints.get(webhook_id)
        if endpoint is None or endpoint.account_id != caller.account or endpoint.ends_at is not None:
            raise NotFound("no such webhook")
        return endpoint

    async def change(self, caller: Caller, webhook_id: str, change: WebhookChange) -> Endpoint:
        """Switching it on forgets why it was off, and since when it failed. Raises BadInput, NotFound."""
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
                "disabled_at": None if change.enabled else self._clock(),
                "failing_since": None,
            }
        if not changes:
            return await self.get(caller, webhook_id)
        return _found(await self._endpoints.change(webhook_id, caller.account, changes))

    async def rotate_secret(self, caller: Caller, webhook_id: str) -> Endpoint:
        """A new secret, told this once; the old one signs too for a day. Raises NotFound."""
        endpoint = await self.get(caller, webhook_id)
        until = self._clock() + _BOTH_SECRETS
        return _found(await self._endpoints.rotate(webhook_id, caller.account, new_secret(endpoint.format), until))

    async def delete(self, caller: Caller, webhook_id: str) -> None:
        """Nothing more is sent to it. Raises NotFound."""
        if not await self._endpoints.delete(webhook_id, caller.account):
            raise NotFound("no such webhook")

    async def test(self, caller: Caller, webhook_id: str) -> str:
        """Send a test event, switched off or not; the id its delivery will have. Raises NotFound."""
        endpoint = await self.get(caller, webhook_id)
        request = EndpointTestRequested(new_event_id(), endpoint.id, caller.account, self._clock())
        await self._announcer.publish(request)
        return delivery_id(request.event_id, endpoint.id)

    async def deliveries(
        self, caller: Caller, webhook_id: str, *, limit: int, before: str | None, status: DeliveryStatus | None
    ) -> Page[Delivery]:
        """The endpoint's deliveries of the last days, newest first. Raises NotFound."""
        endpoint = await self.get(caller, webhook_id)
        found = await self._deliveries.of_endpoint(endpoint.id, limit=limit + 1, before=before, status=status)
        return page(found, limit, lambda delivery: delivery.id)

    async def delivery(self, caller: Caller, delivery_id: str) -> Delivery:
        """Raises NotFound."""
        delivery = await self._deliveries.get(delivery_id)
        if delivery is None or delivery.account_id != caller.account:
            raise NotFound("no such delivery")
        return delivery

    async def redeliver(self, caller: Caller, delivery_id: str) -> Delivery:
        """Make a finished delivery again, its whole schedule. Raises NotFound, Gone, Conflict."""
        delivery = await self.delivery(caller, delivery_id)
        await self._require_enabled(caller, delivery.endpoint_id)
        if delivery.status == "pending":
            raise Conflict("its attempts are still being made")
        if not delivery.payload:
            raise Gone("its inbox is gone, and with it what was delivered")
        await self._ask_again(caller, delivery.endpoint_id, delivery_id=delivery.id)
        return delivery

    async def replay(
        self, caller: Caller, webhook_id: str, since: datetime, until: datetime | None, *, delivered_too: bool
    ) -> None:
        """Make again what failed in that time, or all of it. Raises BadInput, NotFound, Conflict."""
        endpoint = await self.get(caller, webhook_id)
        await self._require_enabled(caller, endpoint.id)
        now = self._clock()
        if until is not None and until <= since:
            raise BadInput("must lie after since", field="until")
        since = max(since, now - _LONGEST_REPLAY)
        await self._ask_again(caller, endpoint.id, since=since, until=until or now, delivered_too=delivered_too)

    async def _require_enabled(self, caller: Caller, webhook_id: str) -> None:
        if not (await self.get(caller, webhook_id)).is_enabled:
            raise Conflict("the webhook is switched off; switch it on first")

    async def _ask_again(
        self,
        caller: Caller,
        endpoint_id: str,
        *,
        delivery_id: str = "",
        since: datetime | None = None,
        until: datetime | None = None,
        delivered_too: bool = False,
    ) -> None:
        now = self._clock()
        await self._announcer.publish(
            RedeliveryRequested(
                event_id=new_event_id(),
                endpoint_id=endpoint_id,
                account_id=caller.account,
                delivery_id=delivery_id,
                since=since or now,
                until=until or now,
                delivered_too=delivered_too,
                requested_at=now,
            )
        )

    def _check_url(self, url: str) -> None:
        try:
            self._policy.check_url(url)
        except PermanentFailure as failure:
            raise BadInput(failure.reason, field="url") from failure


def _found(endpoint: Endpoint | None) -> Endpoint:
    if endpoint is None:
        raise NotFound("no such webhook")
    return endpoint
