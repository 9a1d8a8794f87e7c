"""Tracks the health of endpoints: since when one has been failing, and when it is disabled.

Called before attempts, since a webhook that a restricted API key made ends with it, and after them. An endpoint that
responded with 410, or that has failed for five days without a success, is disabled; the reason is shown on the
endpoint, and the account's other endpoints get an event.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog

from mayfly.events import facts
from mayfly.records.endpoint import Endpoint
from webhook_dispatcher import metrics
from webhook_dispatcher.domain.verdict import Response
from webhook_dispatcher.ports import Publisher

if TYPE_CHECKING:
    from mayfly.store.api_keys import ApiKeys
    from mayfly.store.endpoints import Endpoints

_log = structlog.get_logger()
_PATIENCE = timedelta(days=5)
_READ = "mailboxes:read"
_MAKER_ENDED = "the API key that made it is revoked or expired, or may no longer read mail"


class Health:
    def __init__(self, endpoints: "Endpoints", keys: "ApiKeys", publisher: Publisher) -> None:
        self._endpoints = endpoints
        self._keys = keys
        self._publisher = publisher

    async def note(self, endpoint: Endpoint, response: Response, now: datetime) -> None:
        """Update the endpoint after an attempt. Writes only when something changes. Raises TransientFailure."""
        if response.is_success:
            if endpoint.failing_since is not None:
                await self._endpoints.note_working(endpoint.id)
        elif response.is_gone:
            await self._disable(endpoint, "the receiver answered 410 Gone", now)
        elif endpoint.failing_since is None:
            await self._endpoints.note_failing(endpoint.id, now)
        elif now - endpoint.failing_since >= _PATIENCE:
            since = endpoint.failing_since.strftime("%Y-%m-%dT%H:%M:%SZ")
            await self._disable(endpoint, f"every attempt since {since} failed; the last: {response.error}", now)

    async def backed(self, endpoints: Mapping[str, Endpoint], now: datetime) -> dict[str, Endpoint]:
        """Those of these endpoints, by id, whose makers may still read mail; disables the others.

        Raises TransientFailure.
        """
        makers = sorted({key_id for endpoint in endpoints.values() for key_id in endpoint.made_by})
        found = await self._keys.among(makers)
        good = {key.id for key in found if key.is_usable(now) and key.grants(_READ)}
        backed = {endpoint.id: endpoint for endpoint in endpoints.values() if good.issuperset(endpoint.made_by)}
        for endpoint in endpoints.values():
            if endpoint.id not in backed:
                await self._disable(endpoint, _MAKER_ENDED, now)
        return backed

    async def _disable(self, endpoint: Endpoint, reason: str, now: datetime) -> None:
        if not await self._endpoints.disable(endpoint.id, reason, now):
            return
        await self._publisher.publish(
            facts.EndpointDisabled(
                event_id=facts.new_event_id(),
                endpoint_id=endpoint.id,
                account_id=endpoint.account_id,
                url=endpoint.url,
                reason=reason,
                disabled_at=now,
            )
        )
        metrics.DISABLED.inc()
        _log.warning("endpoint_disabled", endpoint_id=endpoint.id, account_id=endpoint.account_id)
