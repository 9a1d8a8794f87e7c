"""The webhook endpoints of an account: `mayfly.webhooks`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from mayfly_mail import operations
from mayfly_mail.effects import Steps
from mayfly_mail.messages import paged
from mayfly_mail.operation import UNSET, Operation, Page, array
from mayfly_mail.session import Session, gone_is_fine
from mayfly_mail.verbs import Awaiting, Blocking, verb

if TYPE_CHECKING:
    import builtins

    from mayfly_mail.models.webhooks import Accepted, Asked, DeliveryData, DeliveryDetail, WebhookData

    Webhook = str | WebhookData
    Delivery = str | DeliveryData | DeliveryDetail

__tracebackhide__ = True  # pytest shows the line of the caller

T = TypeVar("T")

EventType = Literal["message.received", "inbox.expired", "endpoint.disabled"]


class HasId(Protocol):
    """An object of the API, such as an inbox or an endpoint."""

    @property
    def id(self) -> str: ...


class WebhookVerbs:
    """The verbs of webhook endpoints, as steps. Each takes an id, or the endpoint or delivery itself.

    `Webhooks` has them blocking, `AsyncWebhooks` awaited.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def _call(self, operation: Operation[T]) -> Steps[T]:
        return self._session.call(operation)

    @verb
    def create(
        self,
        url: str,
        *,
        inbox: str | HasId | None = None,
        events: Iterable[EventType] = (),
        format: Literal["standard", "vaultmail", "ephemask"] = "standard",  # noqa: A002 - the API's name
        description: str = "",
    ) -> Steps[WebhookData]:
        """Create an endpoint: `url` gets the events of one inbox, or of all. Only this answer shows the `secret`.

        Example:
            >>> endpoint = mayfly.webhooks.create("http://127.0.0.1:9/hook", inbox=inbox)
            >>> endpoint.secret[:6]
            'whsec_'
        """
        create = operations.create_webhook(
            url=url,
            inbox=UNSET if inbox is None else _id(inbox),
            events=array(events) or None,
            format=format,
            description=description or None,
        )
        return (yield from self._call(create))

    @verb
    def list(self) -> Steps[builtins.list[WebhookData]]:
        """List the endpoints, newest first.

        Example:
            >>> endpoint.id in [each.id for each in mayfly.webhooks.list()]
            True
        """
        return [*(yield from self._call(operations.list_webhooks()))]

    @verb
    def get(self, webhook: Webhook) -> Steps[WebhookData]:
        """Show an endpoint, with the reason if it is disabled.

        Example:
            >>> mayfly.webhooks.get(endpoint.id).enabled
            True
        """
        return (yield from self._call(operations.get_webhook(_id(webhook))))

    @verb
    def change(
        self,
        webhook: Webhook,
        *,
        url: str | None = None,
        events: Iterable[EventType] | None = None,
        enabled: bool | None = None,
        description: str | None = None,
    ) -> Steps[WebhookData]:
        """Change what is given, or switch the endpoint on or off.

        Example:
            >>> mayfly.webhooks.change(endpoint.id, enabled=False).enabled
            False
        """
        change = operations.change_webhook(
            _id(webhook), url=url, events=events, enabled=enabled, description=description
        )
        return (yield from self._call(change))

    @verb
    def delete(self, webhook: Webhook) -> Steps[None]:
        """Delete an endpoint and stop its deliveries. That it is gone already is fine.

        Example:
            >>> mayfly.webhooks.delete(endpoint.id)
        """
        yield from gone_is_fine(self._call(operations.delete_webhook(_id(webhook))))

    @verb
    def test(self, webhook: Webhook) -> Steps[Asked]:
        """Send a `webhook.test` event to an endpoint now; `delivery_id` names its delivery.

        That can be read a moment later, once it is stored; until then it is not found.

        Example:
            >>> asked = mayfly.webhooks.test(endpoint.id)
            >>> asked.delivery_id != ""
            True
        """
        return (yield from self._call(operations.test_webhook(_id(webhook))))

    @verb
    def rotate_secret(self, webhook: Webhook) -> Steps[WebhookData]:
        """Replace the secret, which only this answer shows. For 24 hours, deliveries are signed by the old one, too.

        Example:
            >>> mayfly.webhooks.rotate_secret(endpoint.id).secret[:6]
            'whsec_'
        """
        return (yield from self._call(operations.rotate_secret(_id(webhook))))

    @verb
    def deliveries(
        self,
        webhook: Webhook,
        *,
        status: Literal["pending", "delivered", "failed"] | None = None,
        limit: int | None = 50,
    ) -> Steps[builtins.list[DeliveryData]]:
        """List the deliveries of an endpoint in the last 7 days, newest first. `limit=None` lists all.

        Example:
            >>> mayfly.webhooks.deliveries(endpoint.id, status="delivered")
            []
        """

        def part(cursor: str | None, size: int) -> Operation[Page[DeliveryData]]:
            return operations.list_deliveries(_id(webhook), limit=size, cursor=cursor, status=status)

        return (yield from paged(self, part, limit))

    @verb
    def delivery(self, delivery: Delivery) -> Steps[DeliveryDetail]:
        """Show a delivery with every attempt: time, status, duration, error, and the body that was sent.

        Example:
            >>> mayfly.webhooks.delivery(delivery.id).webhook_id == endpoint.id
            True
        """
        return (yield from self._call(operations.get_delivery(_id(delivery))))

    @verb
    def redeliver(self, delivery: Delivery) -> Steps[Asked]:
        """Send a finished delivery again, with the same id and body. Conflict while it is pending.

        Example:
            >>> mayfly.webhooks.redeliver(delivery.id)  # doctest: +SKIP
        """
        return (yield from self._call(operations.redeliver(_id(delivery))))

    @verb
    def replay(
        self, webhook: Webhook, *, since: datetime, until: datetime | None = None, delivered_too: bool = False
    ) -> Steps[Accepted]:
        """Send again what failed in that time, and with `delivered_too` what did not; times need a zone.

        Example:
            >>> mayfly.webhooks.replay(endpoint.id, since=datetime.now(timezone.utc)).accepted
            True
        """
        replay = operations.replay(
            _id(webhook), since=since, until=UNSET if until is None else until, delivered_too=delivered_too
        )
        return (yield from self._call(replay))


def _id(thing: str | HasId) -> str:
    return thing if isinstance(thing, str) else thing.id


class Webhooks(WebhookVerbs, Blocking):
    """The webhook endpoints of an account: `mayfly.webhooks`."""


class AsyncWebhooks(WebhookVerbs, Awaiting):
    """The webhook endpoints of an account, awaited: `mayfly.webhooks`."""
