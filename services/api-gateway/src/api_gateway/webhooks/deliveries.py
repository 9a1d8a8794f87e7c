"""Reads the log of webhook deliveries, and requests tests and redeliveries.

webhook-dispatcher sends the deliveries: a test or a redelivery is requested by an event.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.paging import Page, page
from api_gateway.refusals import BadInput, Gone, InvalidState, NotFound
from api_gateway.webhooks.endpoints import WebhookEndpoints
from mayfly.events.facts import EndpointTestRequested, RedeliveryRequested, new_event_id
from mayfly.records.delivery import Delivery, DeliveryStatus
from mayfly.service.clock import Clock
from mayfly.webhooks.formats import delivery_id as id_of_delivery

if TYPE_CHECKING:
    from mayfly.bus.publisher import Publisher
    from mayfly.store.deliveries import Deliveries

_LONGEST_REPLAY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class WebhookDeliveries:
    store: "Deliveries"
    endpoints: WebhookEndpoints
    publisher: "Publisher"
    clock: Clock

    async def test(self, caller: Caller, webhook_id: str) -> str:
        """Send a test event, even to a disabled endpoint; returns the id of its delivery. Raises NotFound."""
        endpoint = await self.endpoints.get(caller, webhook_id)
        request = EndpointTestRequested(new_event_id(), endpoint.id, caller.account, self.clock())
        await self.publisher.publish(request)
        return id_of_delivery(request.event_id, endpoint.id)

    async def of_endpoint(
        self, caller: Caller, webhook_id: str, *, limit: int, before: str | None, status: DeliveryStatus | None
    ) -> Page[Delivery]:
        """The deliveries of an endpoint in the last 7 days, newest first. Raises NotFound."""
        endpoint = await self.endpoints.get(caller, webhook_id)
        found = await self.store.of_endpoint(endpoint.id, limit=limit + 1, before=before, status=status)
        return page(found, limit, lambda delivery: delivery.id)

    async def get(self, caller: Caller, delivery_id: str) -> Delivery:
        """A delivery of the account, with its attempts. Raises NotFound."""
        delivery = await self.store.get(delivery_id)
        if delivery is None or delivery.account_id != caller.account:
            raise NotFound("no such delivery")
        return delivery

    async def redeliver(self, caller: Caller, delivery_id: str) -> Delivery:
        """Repeat a finished delivery with its whole retry schedule. Raises NotFound, Gone, InvalidState."""
        delivery = await self.get(caller, delivery_id)
        await self._require_enabled(caller, delivery.endpoint_id)
        if delivery.status == "pending":
            raise InvalidState("this delivery is still being attempted")
        if not delivery.payload:
            raise Gone("the inbox was deleted, and the body of this delivery with it")
        now = self.clock()
        await self._request_redelivery(caller, delivery.endpoint_id, now, now, delivery_id=delivery.id)
        return delivery

    async def replay(
        self, caller: Caller, webhook_id: str, since: datetime, until: datetime | None, *, delivered_too: bool
    ) -> None:
        """Repeat the failed deliveries of a time span, or all. Raises BadInput, NotFound, InvalidState."""
        endpoint = await self.endpoints.get(caller, webhook_id)
        await self._require_enabled(caller, endpoint.id)
        now = self.clock()
        if until is not None and until <= since:
            raise BadInput("must be later than since", field="until")
        since = max(since, now - _LONGEST_REPLAY)
        await self._request_redelivery(caller, endpoint.id, since, until or now, delivered_too=delivered_too)

    async def _require_enabled(self, caller: Caller, webhook_id: str) -> None:
        if not (await self.endpoints.get(caller, webhook_id)).is_enabled:
            raise InvalidState("this webhook is disabled; enable it first")

    async def _request_redelivery(
        self,
        caller: Caller,
        endpoint_id: str,
        since: datetime,
        until: datetime,
        *,
        delivery_id: str = "",
        delivered_too: bool = False,
    ) -> None:
        await self.publisher.publish(
            RedeliveryRequested(
                event_id=new_event_id(),
                endpoint_id=endpoint_id,
                account_id=caller.account,
                delivery_id=delivery_id,
                since=since,
                until=until,
                delivered_too=delivered_too,
                requested_at=self.clock(),
            )
        )
