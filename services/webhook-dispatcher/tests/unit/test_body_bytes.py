"""The octets of every webhook body. Receivers verify a signature over them, so neither keys nor their order may change."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from mayfly.events import facts
from webhook_dispatcher.domain.formats import payload

AT = datetime(2024, 4, 25, 0, 0, 0, 5000, tzinfo=UTC)
STORED = facts.MessageStored(
    event_id="e-1",
    message_id="m-1",
    inbox_id="i-1",
    account_id="a-1",
    address="x7k2m9p4@mayfly.test",
    from_address="sender@example.com",
    subject='Hello "ö"',
    received_at=AT,
    stored_at=AT.replace(microsecond=0),
    otp="482193",
    attachment_count=1,
    link_count=2,
    raw_size=3,
)
WITHOUT_CODE = replace(STORED, otp="")
EXPIRED = facts.InboxExpired("e-2", "i-1", "a-1", "x7k2m9p4@mayfly.test", AT, 4, archived=True)
DISABLED = facts.EndpointDisabled("e-3", "w-1", "a-1", "https://example.com/", "the receiver answered 410 Gone", AT)
TEST = facts.EndpointTestRequested("e-4", "w-1", "a-1", AT)


@pytest.mark.parametrize(
    ("form", "fact", "expected"),
    [
        (
            "standard",
            STORED,
            (
                '{"type":"message.received","timestamp":"2024-04-25T00:00:00Z","data":{"inbox":"i-1","address":"x7k2m9p4@mayfly.test",'
                '"message_id":"m-1","from":"sender@example.com","subject":"Hello \\"ö\\"","received_at":"2024-04-25T00:00:00.005000Z",'
                '"has_otp":true,"otp":"482193","attachment_count":1,"sequence":77}}'
            ),
        ),
        (
            "standard",
            WITHOUT_CODE,
            (
                '{"type":"message.received","timestamp":"2024-04-25T00:00:00Z","data":{"inbox":"i-1","address":"x7k2m9p4@mayfly.test",'
                '"message_id":"m-1","from":"sender@example.com","subject":"Hello \\"ö\\"","received_at":"2024-04-25T00:00:00.005000Z",'
                '"has_otp":false,"attachment_count":1,"sequence":77}}'
            ),
        ),
        (
            "standard",
            EXPIRED,
            (
                '{"type":"inbox.expired","timestamp":"2024-04-25T00:00:00.005000Z","data":{"inbox":"i-1","address":"x7k2m9p4@mayfly.test",'
                '"expired_at":"2024-04-25T00:00:00.005000Z","message_count":4,"archived":true,"sequence":77}}'
            ),
        ),
        (
            "standard",
            DISABLED,
            (
                '{"type":"endpoint.disabled","timestamp":"2024-04-25T00:00:00.005000Z","data":{"endpoint":"w-1","url":"https://example.com/",'
                '"reason":"the receiver answered 410 Gone","sequence":77}}'
            ),
        ),
        (
            "standard",
            TEST,
            '{"type":"webhook.test","timestamp":"2024-04-25T00:00:00.005000Z","data":{"endpoint":"w-1","sequence":77}}',
        ),
        (
            "vaultmail",
            STORED,
            (
                '{"event":"message.received","id":"m-1","inbox":"i-1","address":"x7k2m9p4@mayfly.test","from":"sender@example.com",'
                '"subject":"Hello \\"ö\\"","received_at":"2024-04-25T00:00:00.005000Z","has_otp":true,"attachment_count":1}'
            ),
        ),
        (
            "vaultmail",
            TEST,
            (
                '{"event":"webhook.test","id":"e-4","inbox":"","address":"","from":"","subject":"Test of this webhook",'
                '"received_at":"2024-04-25T00:00:00.005000Z","has_otp":false,"attachment_count":0}'
            ),
        ),
        (
            "ephemask",
            STORED,
            (
                '{"event":"email.received","inbox_address":"x7k2m9p4@mayfly.test","message_id":"m-1","from":"sender@example.com",'
                '"subject":"Hello \\"ö\\"","received_at":1714003200,"attachment_count":1}'
            ),
        ),
        (
            "ephemask",
            TEST,
            (
                '{"event":"webhook.test","inbox_address":"","message_id":"e-4","from":"","subject":"Test of this webhook",'
                '"received_at":1714003200,"attachment_count":0}'
            ),
        ),
    ],
)
def test_a_body_is_these_octets(form, fact, expected):
    assert expected.encode() == payload(form, fact, 77)
