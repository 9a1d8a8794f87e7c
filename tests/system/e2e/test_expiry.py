"""An inbox is gone at its expires_at: for readers, for RCPT, and with all it held."""

import smtplib
import time
from datetime import UTC, datetime

import pytest

from tests.system.conversation import Caller, events, mail, send, until


def test_an_inbox_is_readable_until_its_moment_and_gone_after_it(stack):
    with Caller(stack, stack.api_key) as caller:
        created = caller.inbox(local_part="short-lived", ttl_seconds=3)
        address = created["address"]
        expires_at = datetime.fromisoformat(caller.get(f"/api/v1/inboxes/{address}")["inbox_expires_at"])
        send(stack, mail(address), address)
        (message,) = caller.messages(address)
        with events(caller, address) as stream:
            assert "connected" == next(stream)["event"]
            while (now := datetime.now(UTC)) < expires_at:
                status = caller.http.get(f"/api/v1/inboxes/{address}").status_code
                if datetime.now(UTC) < expires_at:
                    assert 200 == status
                time.sleep(min(0.1, max(0, (expires_at - now).total_seconds())))
            caller.get(f"/api/v1/inboxes/{address}", expect=404)
            caller.get(f"/api/v1/inboxes/{address}/messages", expect=404)
            caller.get(f"/api/v1/messages/{message['id']}", expect=404)
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                send(stack, mail(address), address)
            assert 550 == refused.value.recipients[address][0]
            # The message may be read a moment before it is announced.
            assert "expired" == next(event["event"] for event in stream if event["event"] != "message")

        caller.inbox(local_part="short-lived")
        assert [] == caller.get(f"/api/v1/inboxes/{address}/messages")


def test_a_deleted_inbox_is_gone_at_once_and_its_listeners_are_told(stack):
    with Caller(stack, stack.api_key) as caller:
        address = caller.inbox()["address"]
        with events(caller, address) as stream:
            assert "connected" == next(stream)["event"]
            caller.delete(f"/api/v1/inboxes/{address}")
            assert "deleted" == next(stream)["event"]
        caller.get(f"/api/v1/inboxes/{address}", expect=404)

        def refused() -> bool:
            try:
                send(stack, mail(address), address)
            except smtplib.SMTPRecipientsRefused as error:
                return 550 == error.recipients[address][0]
            return False

        until(refused, seconds=1.5)
