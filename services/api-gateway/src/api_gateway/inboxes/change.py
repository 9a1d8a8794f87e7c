"""Changes the label, lifetime or webhook of a live inbox."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from api_gateway.edge.caller import Caller
from api_gateway.edge.plans import Plans
from api_gateway.inboxes.reach import Reach
from api_gateway.inboxes.rules import expiry, require_ttl
from api_gateway.inboxes.webhook import InboxWebhook
from api_gateway.refusals import NotFound
from mayfly.events.subjects import CONTROL_INBOX_CHANGED
from mayfly.records.endpoint import Endpoint
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.connection import Bus
    from mayfly.store.inboxes import Inboxes


@dataclass(frozen=True, slots=True)
class InboxChange:
    """The fields to change; absent ones stay unchanged. `ttl_seconds` counts from now; None: persistent."""

    fields: Mapping[Literal["label", "ttl_seconds", "webhook_url"], str | int | None]


@dataclass(frozen=True, slots=True)
class ChangeInbox:
    inboxes: "Inboxes"
    bus: "Bus"
    webhook: InboxWebhook
    reach: Reach
    plans: Plans
    clock: Clock

    async def __call__(self, caller: Caller, name: str, change: InboxChange) -> Endpoint | None:
        """Apply the change; returns the new endpoint if `webhook_url` created one.

        Everything is checked before anything is written. Raises NotFound, BadInput, Forbidden.
        """
        inbox = await self.reach.inbox(caller, name)
        plan = self.plans[caller.plan]
        now = self.clock()
        fields: dict[str, str | datetime | None] = {}
        if "label" in change.fields:
            fields["label"] = _text(change.fields["label"])
        if "ttl_seconds" in change.fields:
            ttl = change.fields["ttl_seconds"]
            assert not isinstance(ttl, str)
            require_ttl(self.plans, plan, ttl)
            fields["expires_at"] = expiry(now, ttl)
        url = _text(change.fields.get("webhook_url"))
        if url is not None:
            self.webhook.require(plan, url)
        if fields and await self.inboxes.change(inbox.id, now, fields) is None:
            raise NotFound("no such inbox")
        if "expires_at" in fields:
            await self.bus.broadcast(CONTROL_INBOX_CHANGED, inbox.address.encode())
        if "webhook_url" not in change.fields:
            return None
        return await self.webhook.replace(inbox, url)


def _text(value: str | int | None) -> str | None:
    assert not isinstance(value, int)
    return value
