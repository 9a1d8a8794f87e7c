"""The bodies of webhooks in the format `standard`, one struct for each event: what receivers get.

webhook-dispatcher makes and sends them; api-gateway describes them in the OpenAPI document (`STANDARD`), and
docs/webhooks.md shows the same fields.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Moment = Annotated[datetime, Meta(tz=True)]


class MessageReceivedData(Struct, frozen=True, kw_only=True, rename={"from_address": "from"}):
    """`inbox`: its id. `otp`: absent when the message has no code. `sequence`: cursor for the other live channels."""

    inbox: str
    address: str
    message_id: str
    from_address: str
    subject: str
    received_at: Moment
    has_otp: bool
    otp: str | UnsetType = UNSET
    attachment_count: int
    sequence: int


class InboxExpiredData(Struct, frozen=True, kw_only=True):
    """`archived`: the address is kept for its account. `message_count`: messages that the inbox held."""

    inbox: str
    address: str
    expired_at: Moment
    message_count: int
    archived: bool
    sequence: int


class EndpointDisabledData(Struct, frozen=True, kw_only=True):
    """`endpoint`: id of the endpoint that was switched off; `reason`: why, for people."""

    endpoint: str
    url: str
    reason: str
    sequence: int


class WebhookTestData(Struct, frozen=True, kw_only=True):
    """`endpoint`: id of the endpoint that is tested."""

    endpoint: str
    sequence: int


class MessageReceived(Struct, frozen=True, kw_only=True):
    """A mail was stored in an inbox."""

    type: Literal["message.received"] = "message.received"
    timestamp: Moment
    data: MessageReceivedData


class InboxExpired(Struct, frozen=True, kw_only=True):
    """An inbox reached its expiry."""

    type: Literal["inbox.expired"] = "inbox.expired"
    timestamp: Moment
    data: InboxExpiredData


class EndpointDisabled(Struct, frozen=True, kw_only=True):
    """Another endpoint of the account was switched off: it kept failing, or its receiver answered 410."""

    type: Literal["endpoint.disabled"] = "endpoint.disabled"
    timestamp: Moment
    data: EndpointDisabledData


class WebhookTest(Struct, frozen=True, kw_only=True):
    """A test, requested with `POST /api/v1/webhooks/{id}/test`."""

    type: Literal["webhook.test"] = "webhook.test"
    timestamp: Moment
    data: WebhookTestData


StandardBody = MessageReceived | InboxExpired | EndpointDisabled | WebhookTest
STANDARD: tuple[type[StandardBody], ...] = (MessageReceived, InboxExpired, EndpointDisabled, WebhookTest)
"""Every body of the format `standard`."""
