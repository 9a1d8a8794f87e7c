"""Makes the deliveries of events: one for each endpoint that listens. Used by handlers.fan_out.

A delivery's id derives from the event and the endpoint, so a redelivered event makes the same deliveries again.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from mayfly import tracing
from mayfly.events import facts
from mayfly.records.delivery import Delivery
from mayfly.records.endpoint import Endpoint
from mayfly.webhooks.formats import TEST, delivery_id
from webhook_dispatcher.domain.bodies import Announced, event_type
from webhook_dispatcher.domain.formats import WIRES, payload

if TYPE_CHECKING:
    from mayfly.store.endpoints import Endpoints

_OfInbox = facts.MessageStored | facts.InboxExpired


class Listeners:
    def __init__(self, endpoints: "Endpoints") -> None:
        self._endpoints = endpoints

    async def of(self, announced: Sequence[Announced]) -> list[list[Endpoint]]:
        """The endpoints that listen to each event, in order, by one query for all. Raises TransientFailure."""
        candidates = await self._candidates(announced)
        by_scope: defaultdict[str, list[Endpoint]] = defaultdict(list)
        for endpoint in candidates:
            by_scope[_scope_of(endpoint.inbox_id, endpoint.account_id)].append(endpoint)
        return [
            [endpoint for endpoint in _in_reach(fact, by_scope, candidates) if _listens(endpoint, fact)]
            for fact in announced
        ]

    async def _candidates(self, announced: Collection[Announced]) -> Collection[Endpoint]:
        """Every endpoint that may be concerned by one of the events, once."""
        of_inboxes = [fact for fact in announced if isinstance(fact, _OfInbox)]
        found = (
            await self._endpoints.listening(
                {fact.inbox_id for fact in of_inboxes}, {fact.account_id for fact in of_inboxes if fact.account_id}
            )
            if of_inboxes
            else []
        )
        for fact in announced:
            if isinstance(fact, facts.EndpointDisabled):
                found += await self._endpoints.of_account(fact.account_id)
            elif isinstance(fact, facts.EndpointTestRequested):
                found += (await self._endpoints.among([fact.endpoint_id])).values()
        return {endpoint.id: endpoint for endpoint in found}.values()

    def delivery(self, fact: Announced, sequence: int, endpoint: Endpoint, now: datetime) -> Delivery:
        """The delivery of this event for this endpoint, not stored yet. `now`: when the event was read."""
        made = delivery_id(fact.message_id if isinstance(fact, facts.MessageStored) else fact.event_id, endpoint.id)
        tracing.derives(fact.event_id, made)
        return Delivery(
            id=made,
            endpoint_id=endpoint.id,
            account_id=endpoint.account_id,
            inbox_id=fact.inbox_id if isinstance(fact, _OfInbox) else "",
            event_type=event_type(fact),
            payload=payload(endpoint.format, fact, sequence),
            created_at=now,
            next_attempt_at=now,
        )


def _scope_of(inbox_id: str | None, account_id: str) -> str:
    return f"inbox {inbox_id}" if inbox_id is not None else f"account {account_id}"


def _in_reach(
    fact: Announced, by_scope: Mapping[str, Sequence[Endpoint]], candidates: Collection[Endpoint]
) -> Iterable[Endpoint]:
    """Not all candidates of a batch for each of its events: that is the product of both."""
    if not isinstance(fact, _OfInbox):
        return candidates
    of_inbox, of_account = (_scope_of(scope, fact.account_id) for scope in (fact.inbox_id, None))
    return [*by_scope.get(of_inbox, ()), *by_scope.get(of_account, ())]


def _listens(endpoint: Endpoint, fact: Announced) -> bool:
    kind = event_type(fact)
    if kind == TEST:
        return isinstance(fact, facts.EndpointTestRequested) and endpoint.id == fact.endpoint_id
    if not endpoint.is_enabled or kind not in WIRES[endpoint.format].announces:
        return False
    if endpoint.events and kind not in endpoint.events:
        return False
    return _concerns(endpoint, fact)


def _concerns(endpoint: Endpoint, fact: Announced) -> bool:
    match fact:
        case facts.MessageStored() | facts.InboxExpired():
            if endpoint.inbox_id is None:
                return endpoint.account_id == fact.account_id
            return endpoint.inbox_id == fact.inbox_id
        case facts.EndpointDisabled():
            return endpoint.account_id == fact.account_id and endpoint.id != fact.endpoint_id
    return False
