"""One mail in by SMTP, out by JSON, raw octets, attachment and live stream."""

import smtplib
import time

import pytest

from tests.system.conversation import Caller, events, mail, send, until


def test_a_mail_comes_out_as_json_with_its_code_and_link(stack):
    with Caller(stack) as caller:
        address = caller.anonymous_inbox()["address"]
        body = "Hello,\n\nyour verification code is 482193\n\nhttps://example.com/verify?token=abc\n"
        send(stack, mail(address, "Confirm your account (code 482193)", body), address)

        (listed,) = caller.messages(address)
        assert (True, 1, 0, False) == (
            listed["has_otp"],
            listed["link_count"],
            listed["attachment_count"],
            listed["is_read"],
        )
        message = caller.get(f"/api/v1/messages/{listed['id']}")
        assert "noreply@example.com" == message["from_address"]
        assert "482193" == message["otp_detected"]
        assert "https://example.com/verify?token=abc" == message["links"][0]["url"]
        assert "verification code" in message["body_text"]
        assert "Confirm your account (code 482193)" == message["headers"]["Subject"]
        assert caller.messages(address)[0]["is_read"]
        otp = caller.get(f"/api/v1/messages/{listed['id']}/otp")
        assert ("482193", True) == (otp["otp"], otp["found"])
        explained = caller.get(f"/api/v1/messages/{listed['id']}/otp", params={"explain": "true"})["candidates"]
        assert all(one.pop("evidence") for one in explained)
        assert otp["candidates"] == explained
        assert 1 == caller.get(f"/api/v1/messages/{listed['id']}/links")["count"]


def test_the_raw_message_is_what_the_peer_sent_after_the_trace_lines(stack):
    with Caller(stack) as caller:
        address = caller.anonymous_inbox()["address"]
        octets = b"From: a@example.com\r\nSubject: dots\r\n\r\n..leading dot\r\n\xe4\xff 8-bit\r\n.\xe4\r\nend\r\n"
        send(stack, octets, address)
        (listed,) = caller.messages(address)
        response = caller.http.get(f"/api/v1/messages/{listed['id']}/raw")
        assert "application/rfc822" in response.headers["content-type"]
        assert "attachment" in response.headers["content-disposition"]
        assert response.content.endswith(octets)
        trace = response.content[: -len(octets)]
        assert trace.startswith((b"Return-Path: <noreply@example.com>\r\n", b"Received: "))


@pytest.mark.parametrize(
    "octets",
    [
        b"Subject: smtplib\n\n.one\n..two\n.\nend\n\r\n",
        b"Subject: Gr\xfc\xdfe\n\nnul \0 cr \r lf \n both \r\n twice \r\r\n\xff\xfe end\r\n",
        b"Subject: long\r\n\r\n" + b"x" * 1_000_000 + b"\r\n",
    ],
    ids=["dots after lone line feeds", "octets against the rules", "a line of a megabyte"],
)
def test_what_breaks_the_rules_is_kept_as_it_came(stack, octets):
    with Caller(stack) as caller:
        address = caller.anonymous_inbox()["address"]
        send(stack, octets, address)
        (listed,) = caller.messages(address)
        assert caller.http.get(f"/api/v1/messages/{listed['id']}/raw").content.endswith(b" +0000\r\n" + octets)


def test_every_recipient_of_one_inbox_can_be_seen_and_waited_for(stack):
    with Caller(stack) as caller:
        address = caller.anonymous_inbox()["address"]
        two = [address.replace("@", f"+{name}@") for name in ("alice", "bob")]
        with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=10) as peer:
            peer.login("any user", "any password")
            assert {} == peer.sendmail("a@example.org", two, "Subject: two\r\n\r\nhi\r\n")
        (listed,) = caller.messages(address)
        assert two == caller.get(f"/api/v1/messages/{listed['id']}")["recipients"]
        for path in two:
            found = caller.get(f"/api/v1/inboxes/{address}/messages/wait", params={"to": path, "timeout": 5})
            assert listed["id"] == found["id"]


def test_mail_for_postmaster_is_read_with_the_operators_token_only(stack):
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=10) as peer:
        peer.ehlo()
        peer.mail("<a@example.org>")
        assert 250 == peer.docmd("RCPT", "TO:<Postmaster>")[0]
        peer.data(b"Subject: complaint\r\n\r\nhi\r\n")
    with Caller(stack) as caller:
        assert 404 == caller.http.get("/api/v1/inboxes/postmaster@mayfly.test/messages").status_code
        caller.http.headers["Authorization"] = f"Bearer {(stack.data_dir / 'admin-token').read_text().strip()}"
        deadline = time.monotonic() + 10
        while "complaint" not in [mail["subject"] for mail in caller.get("/api/v1/admin/mail")]:
            assert time.monotonic() < deadline, "the mail does not arrive"
            time.sleep(0.05)


def test_a_large_mail_with_an_attachment_goes_by_claim_check(stack):
    with Caller(stack) as caller:
        address = caller.anonymous_inbox()["address"]
        message = mail(address, "Report")
        content = bytes(range(256)) * 6_000
        message.add_attachment(content, maintype="application", subtype="pdf", filename="report.pdf")
        send(stack, message, address)
        (listed,) = caller.messages(address)
        assert 1 == listed["attachment_count"]
        (attachment,) = caller.get(f"/api/v1/messages/{listed['id']}")["attachments"]
        assert ("report.pdf", len(content)) == (attachment["filename"], attachment["size"])
        download = caller.http.get(f"/api/v1/messages/{listed['id']}/attachments/0")
        assert content == download.content
        assert 'attachment; filename="report.pdf"' in download.headers["content-disposition"]


def test_a_listener_is_told_of_the_mail_and_can_resume(stack):
    with Caller(stack) as caller:
        address = caller.anonymous_inbox()["address"]
        with events(caller, address) as stream:
            assert {"address": address} == next(stream)["data"]
            send(stack, mail(address, "first"), address)
            first = next(stream)
        assert ("message", "new_message", "first", True) == (
            first["event"],
            first["data"]["type"],
            first["data"]["subject"],
            first["data"]["has_otp"],
        )
        send(stack, mail(address, "second"), address)
        send(stack, mail(address, "third"), address)
        with events(caller, address, last_event_id=first["id"]) as stream:
            assert "connected" == next(stream)["event"]
            assert {"second", "third"} == {next(stream)["data"]["subject"] for _ in range(2)}


def test_one_mail_to_two_inboxes_is_one_message_in_each(stack):
    with Caller(stack) as caller:
        one, two = (caller.anonymous_inbox()["address"] for _ in range(2))
        with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as peer:
            assert {} == peer.sendmail("noreply@example.com", [one, two], mail(one).as_bytes())
        assert 1 == len(caller.messages(one))
        assert 1 == len(caller.messages(two))


def test_counters_mark_all_read_clear_and_delete(stack):
    with Caller(stack) as caller:
        address = caller.anonymous_inbox()["address"]
        for number in range(3):
            send(stack, mail(address, f"mail {number}"), address)
        newest = caller.messages(address, 3)[0]
        stats = caller.get(f"/api/v1/inboxes/{address}/stats")
        assert (3, 3, 3) == (stats["message_count"], stats["unread_count"], stats["otp_count"])
        caller.post(f"/api/v1/inboxes/{address}/mark-all-read", expect=204)
        assert 0 == caller.get(f"/api/v1/inboxes/{address}")["unread_count"]
        caller.delete(f"/api/v1/messages/{newest['id']}")
        caller.get(f"/api/v1/messages/{newest['id']}", expect=404)
        assert 2 == caller.get(f"/api/v1/inboxes/{address}")["message_count"]
        caller.post(f"/api/v1/inboxes/{address}/clear", expect=204)
        assert [] == caller.get(f"/api/v1/inboxes/{address}/messages")
        send(stack, mail(address, "after clear"), address)
        until(lambda: caller.get(f"/api/v1/inboxes/{address}/messages"))
