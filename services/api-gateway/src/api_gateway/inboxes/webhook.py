"""The webhook of one inbox: the endpoint that `webhook_url` creates, apart from those of `POST /api/v1/webhooks`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.plans import Plan, Plans
from api_gateway.refusals import rejecting
from mayfly.events.facts import new_event_id
from mayfly.records.endpoint import Endpoint
from mayfly.records.inbox import Inbox
from mayfly.service.clock import Clock
from mayfly.webhooks.destinations import Policy
from mayfly.webhooks.formats import new_secret

if TYPE_CHECKING:
    from mayfly.store.endpoints import Endpoints


@dataclass(frozen=True, slots=True)
class InboxWebhook:
    """Shared by the verbs that create, show and change the `webhook_url` of an inbox."""

    endpoints: "Endpoints"
    policy: Policy
    plans: Plans
    clock: Clock

    def require(self, caller: Caller, plan: Plan, url: str) -> None:
        """Check rights, plan and URL before anything is written: a webhook reads mail. Raises Forbidden, BadInput."""
        caller.require_scope("mailboxes:read", field="webhook_url")
        self.plans.require(plan, "webhooks", "webhooks")
        with rejecting("webhook_url"):
            self.policy.check_url(url)

    async def url_of(self, inbox: Inbox) -> str | None:
        """The current `webhook_url`."""
        return next((endpoint.url for endpoint in await self._of(inbox)), None)

    async def create(self, caller: Caller, inbox: Inbox, url: str | None) -> Endpoint | None:
        """Create the endpoint of an inbox that has an account; None without a URL."""
        if url is None or inbox.account_id is None:
            return None
        endpoint = Endpoint(
            id=new_event_id(),
            account_id=inbox.account_id,
            url=url,
            secret=new_secret("vaultmail"),
            created_at=self.clock(),
            origin="inbox",
            inbox_id=inbox.id,
            format="vaultmail",
            made_by=caller.lineage,
        )
        await self.endpoints.create(endpoint)
        return endpoint

    async def replace(self, caller: Caller, inbox: Inbox, url: str | None) -> Endpoint | None:
        """Delete the current endpoint and create one for `url`, unless it is None."""
        for endpoint in await self._of(inbox):
            await self.endpoints.delete(endpoint.id, endpoint.account_id)
        return await self.create(caller, inbox, url)

    async def _of(self, inbox: Inbox) -> list[Endpoint]:
        return await self.endpoints.of_inbox(inbox.id) if inbox.account_id else []
