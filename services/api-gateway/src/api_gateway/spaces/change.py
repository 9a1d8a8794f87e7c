"""Changes a live space: its name, lifetime, retention, domains or webhook."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from msgspec import UNSET, UnsetType

from api_gateway.edge.caller import Caller
from api_gateway.edge.known_inboxes import InboxNews
from api_gateway.edge.plans import Plan, Plans
from api_gateway.inboxes import InboxWebhook, PruneSpace, require_not_default
from api_gateway.refusals import found, refusing
from api_gateway.spaces.domains import SpaceDomains, taken, unavailable
from api_gateway.spaces.read import ReadSpaces
from api_gateway.spaces.rules import retention_of, space_expiry
from mayfly.failures import Conflict
from mayfly.records.endpoint import Endpoint
from mayfly.records.inbox import Inbox, Retention
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.store.spaces import SpaceFields, Spaces


@dataclass(frozen=True, slots=True)
class SpaceChange:
    """The fields to change; UNSET or, of the retention, None: unchanged. `ttl_seconds` counts from now."""

    name: str | UnsetType | None = UNSET
    domains: Sequence[str] | UnsetType = UNSET
    max_messages: int | None = None
    max_age_seconds: int | None = None
    ttl_seconds: int | UnsetType | None = UNSET
    webhook_url: str | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True)
class ChangeSpace:
    spaces: "Spaces"
    read: ReadSpaces
    domains: SpaceDomains
    news: InboxNews
    webhook: InboxWebhook
    prune: PruneSpace
    plans: Plans
    clock: Clock

    async def __call__(self, caller: Caller, name: str, change: SpaceChange) -> Endpoint | None:
        """Apply the change; returns the new endpoint if `webhook_url` created one.

        Everything is checked before anything is written. Raises NotFound, BadInput, Forbidden, Taken, and InvalidState
        for what the operator decides of the default space.
        """
        space = await self.read.own(caller, name)
        plan = self.plans[caller.plan]
        fields = await self._fields(caller, plan, space, change)
        if isinstance(change.webhook_url, str):
            self.webhook.require(caller, plan, change.webhook_url)
        if "retention" in fields:
            await self.prune(space)
        if fields:
            await self._write(space, fields)
        if change.webhook_url is UNSET:
            return None
        return await self.webhook.replace(caller, space, change.webhook_url)

    async def _fields(self, caller: Caller, plan: Plan, space: Inbox, change: SpaceChange) -> "SpaceFields":
        fields: dict[str, str | datetime | Retention | Sequence[str] | None] = {}
        if change.name is not UNSET:
            fields["label"] = change.name
        if change.max_messages is not None or change.max_age_seconds is not None:
            present = space.retention or Retention()
            fields["retention"] = retention_of(plan, present, change.max_messages, change.max_age_seconds)
        if change.ttl_seconds is not UNSET:
            require_not_default(space)
            fields["expires_at"] = space_expiry(plan, self.clock(), change.ttl_seconds)
        if change.domains is not UNSET:
            require_not_default(space)
            fields["domains"] = await self.domains.require(caller, plan, change.domains, space.id)
        return fields

    async def _write(self, space: Inbox, fields: "SpaceFields") -> None:
        domains = fields.get("domains")
        names = [*domains] if isinstance(domains, list) else []
        with refusing(Conflict, taken(names)):
            changed = found(await self.spaces.change(space.id, self.clock(), fields), "no such space")
        lost = await self.domains.lost(changed) if names else []
        if lost:
            await self.spaces.change(space.id, self.clock(), {"domains": [n for n in names if n not in lost]})
        await self.news.changed(space)
        if domains is not None:
            for name in {*names, *space.domains}:
                await self.news.domain_changed(name)
        if lost:
            raise unavailable(lost)
