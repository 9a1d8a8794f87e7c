"""What is wrong is refused, with the reply or status that says why."""

import smtplib

import pytest

from tests.system.conversation import Caller, mail, new_account, send


def refusal(stack, to: str, octets: bytes = b"Subject: x\r\n\r\nx\r\n") -> int:
    """The SMTP code that a mail to `to` is refused with."""
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=30) as peer:
        try:
            peer.sendmail("a@example.com", [to], octets)
        except smtplib.SMTPRecipientsRefused as refused:
            return refused.recipients[to][0]
        except smtplib.SMTPResponseException as refused:
            return refused.smtp_code
    return 250


def test_an_unknown_inbox_is_550(stack):
    assert 550 == refusal(stack, "nobody-here@mayfly.test")


def test_a_foreign_domain_is_550(stack):
    assert 550 == refusal(stack, "someone@elsewhere.example")


def test_an_oversize_mail_is_552(stack):
    with Caller(stack) as caller:
        address = caller.anonymous_inbox()["address"]
        assert 552 == refusal(stack, address, b"Subject: big\r\n\r\n" + (b"x" * 998 + b"\r\n") * 26_500)
        assert [] == caller.get(f"/api/v1/inboxes/{address}/messages")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"ttl_seconds": "soon"}, "ttl_seconds"),
        ({"domain": {"ne": "x"}}, "domain"),
        ({"domain": {"$ne": "x"}}, "$ne"),
        ([], ""),
    ],
)
def test_wrong_json_is_400_and_names_the_field(stack, body, field):
    with Caller(stack, stack.api_key) as caller:
        answer = caller.post("/api/v1/inboxes", body, expect=400)
    assert "bad_request" == answer["error"]
    assert field in answer["message"]


def test_json_that_is_none_is_400(stack):
    with Caller(stack, stack.api_key) as caller:
        response = caller.http.post(
            "/api/v1/inboxes", content=b'{"ttl_seconds":', headers={"content-type": "application/json"}
        )
    assert (400, "bad_request") == (response.status_code, response.json()["error"])


@pytest.mark.parametrize("key", ["mfy_000000000000_" + "0" * 48, "nonsense", "mfy_x", "a.b.c"])
def test_a_bad_key_is_401(stack, key):
    with Caller(stack, key) as caller:
        assert "unauthorized" == caller.get("/api/v1/inboxes", expect=401)["error"]


def test_a_call_that_needs_a_key_is_401_without_one(stack):
    with Caller(stack) as caller:
        assert "unauthorized" == caller.post("/api/v1/inboxes", {}, expect=401)["error"]


def test_a_strangers_inbox_and_message_are_404(stack):
    with Caller(stack, stack.api_key) as owner, Caller(stack, new_account(stack, "stranger@example.com")) as stranger:
        inbox = owner.inbox(label="mine")
        address = inbox["address"]
        send(stack, mail(address), address)
        (message,) = owner.messages(address)
        for path in (
            f"/api/v1/inboxes/{address}",
            f"/api/v1/inboxes/{inbox['id']}",
            f"/api/v1/inboxes/{address}/stats",
            f"/api/v1/inboxes/{address}/messages",
            f"/api/v1/sse/inbox/{address}",
            f"/api/v1/messages/{message['id']}",
            f"/api/v1/messages/{message['id']}/raw",
            f"/api/v1/messages/{message['id']}/otp",
        ):
            assert "not_found" == stranger.get(path, expect=404)["error"]
        stranger.delete(f"/api/v1/messages/{message['id']}", expect=404)
        stranger.delete(f"/api/v1/inboxes/{address}", expect=404)
        owner.get(f"/api/v1/messages/{message['id']}")


def test_an_address_that_is_taken_is_409(stack):
    with Caller(stack, stack.api_key) as caller:
        caller.inbox(local_part="taken-once")
        assert "conflict" == caller.post("/api/v1/inboxes", {"local_part": "taken-once"}, expect=409)["error"]


def test_an_unknown_path_is_404_in_the_same_shape(stack):
    with Caller(stack) as caller:
        assert {"error", "message"} <= caller.get("/api/v1/nowhere", expect=404).keys()
