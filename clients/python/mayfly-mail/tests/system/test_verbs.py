"""Each verb against a running Mayfly, blocking and awaited."""

from __future__ import annotations

import re
import smtplib
import threading
from datetime import datetime, timezone
from email.message import EmailMessage
from typing import Any

import pytest
from tests.system.receiving import receiver

from mayfly_mail import (
    Attachment,
    BadRequest,
    Conflict,
    Gone,
    LinkNotFound,
    MayflyError,
    NotFound,
    Unauthorized,
    UnexpectedMessage,
    WaitTimeout,
    operations,
    verify_webhook,
)

from .conftest import entering, now, take

LINKS = "Verify: https://shop.example/verify?t=1&u=2\nShop: https://shop.example/\n"


async def test_a_code_is_waited_for_from_a_cursor(inbox, send):
    send(inbox.address, body="Your code is 111222")
    mark = await now(inbox.cursor())
    threading.Timer(0.2, send, [inbox.address], {"body": "Your code is 482913"}).start()
    code = await now(inbox.wait_for_code(after=mark, timeout=10))
    assert "482913" == code
    assert mark < code.cursor == code.message.cursor
    assert 0 < code.confidence <= 1
    assert ("text", "Shop") == (code.source, code.message.from_name)
    assert code.message.text[code.span[0] : code.span[1]] == "482913"
    assert "111222" == await now(inbox.wait_for_code(after=0, timeout=5))


async def test_mail_that_is_already_there_counts_without_a_cursor_the_newest_first(inbox, send):
    for number in (1, 2):
        send(inbox.address, subject=f"Mail {number}")
        await now(inbox.cursor())
    assert "Mail 2" == (await now(inbox.wait_for_message(subject="mail", timeout=5))).subject
    assert "Mail 1" == (await now(inbox.wait_for_message(subject=re.compile("^Mail [01]$"), timeout=5))).subject
    assert ["Mail 1", "Mail 2"] == [m.subject for m in await now(inbox.wait_for_messages(2, from_="shop@", timeout=5))]


async def test_a_wait_that_times_out_says_what_came_instead(inbox, send):
    send(inbox.address, subject="Welcome\t\x07!")
    await now(inbox.wait_for_message(timeout=10))
    with pytest.raises(WaitTimeout) as raised:
        await now(inbox.wait_for_message(subject="reset", has_link=True, timeout=0))
    error = raised.value
    assert [("subject", "has_link")] == [miss.failed for miss in error.near_misses]
    assert {"subject": "reset", "has_link": True} == error.criteria
    assert f"for subject='reset', has_link=True at {inbox.address}" in str(error)
    assert error.cursor == await now(inbox.cursor())
    with pytest.raises(WaitTimeout, match="no mail came"):
        await now(inbox.wait_for_message(after=error.cursor, timeout=0))


async def test_a_link_is_waited_for_and_found_behind_newer_mail(inbox, send):
    send(inbox.address, subject="Verify", body=LINKS)
    await now(inbox.cursor())
    send(inbox.address, subject="News", body="https://news.example/")
    await now(inbox.cursor())
    link = await now(inbox.wait_for_link("/verify", timeout=5))
    assert "https://shop.example/verify?t=1&u=2" == link
    assert "Verify" == link.message.subject
    with pytest.raises(LinkNotFound, match=r"2 links match pattern='shop\.example'"):
        link.message.link("shop.example")
    with pytest.raises(LinkNotFound, match="no link matches text='Unsubscribe'"):
        link.message.link(text="Unsubscribe")
    assert 2 == len(link.message.links())


async def test_that_no_mail_came_is_proved_and_one_that_did_is_shown(inbox, send):
    mark = await now(inbox.cursor())
    proof = await now(inbox.wait_for_none(within=0.1, after=mark))
    assert proof.none
    assert proof.cursor >= mark
    send(inbox.address, subject="Surprise")
    with pytest.raises(UnexpectedMessage, match=r"'Surprise' from shop@example\.com") as raised:
        await now(inbox.wait_for_none(within=5, after=proof.cursor))
    assert "Surprise" == raised.value.message.subject
    assert (await now(inbox.wait_for_none(within=0, subject="other"))).none


async def test_messages_are_listed_searched_and_read(inbox, send):
    assert await now(inbox.latest()) is None
    for number in range(3):
        send(inbox.address, subject=f"Mail {number}", sender=f"a{number}@example.com")
        await now(inbox.cursor())
    assert ["Mail 2", "Mail 1", "Mail 0"] == [entry.subject for entry in await now(inbox.messages())]
    assert ["Mail 2"] == [entry.subject for entry in await now(inbox.messages(limit=1))]
    assert ["Mail 1"] == [
        entry.subject
        for entry in await now(inbox.messages(from_="a1@", since=datetime(2026, 1, 1, tzinfo=timezone.utc)))
    ]
    assert ["Mail 0"] == [entry.subject for entry in await now(inbox.search("from:a0 mail"))]
    latest = await now(inbox.latest())
    assert ("Mail 2", "a2@example.com", "482913") == (latest.subject, latest.from_, latest.code)
    assert 3 == (await now(inbox.stats())).unread_count
    assert (await now(inbox.message(latest.id, mark_read=True))).data.is_read
    assert 1 == len(await now(inbox.messages(unread=False)))
    assert not (await now(inbox.mark_read(latest, read=False))).data.is_read
    await now(inbox.mark_all_read())
    assert 0 == (await now(inbox.stats())).unread_count
    await now(inbox.delete_message(latest))
    await now(inbox.delete_message(latest))
    assert 2 == (await now(inbox.refresh())).message_count == inbox.message_count
    await now(inbox.clear())
    assert [] == await now(inbox.messages())


async def test_all_pages_of_a_list_are_read(client, inbox):
    for number in range(5):
        await now(inbox.inject(subject=str(number), body="x"))
    assert 5 == len(await now(inbox.messages(limit=None)))
    entries = await now(client.call(operations.list_messages(inbox.id, limit=2, consistent=True)))
    assert ["4", "3"] == [entry.subject for entry in entries]
    assert entries.next_cursor is not None
    with pytest.raises(ValueError, match="limit"):
        await now(inbox.messages(limit=0))


async def test_a_mail_is_put_in_raw_composed_and_as_an_object(inbox):
    raw = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: raw\r\n\r\nhello\r\n"
    message_id = await now(inbox.inject(raw))
    assert message_id == (await now(inbox.wait_for_message(subject="raw", timeout=5))).id
    assert raw == await now(inbox.raw(message_id))
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ü@example.com", "Grüße"
    mail.set_content("Zürich")
    await now(inbox.inject(mail))
    assert "Zürich" in (await now(inbox.wait_for_message(subject="grüße", timeout=5))).text
    await now(inbox.inject(body="alone"))
    assert "Test message" == (await now(inbox.wait_for_message(body="alone", timeout=5))).subject
    await now(inbox.inject(subject="Files", html="<b>x</b>", attachments=[Attachment("ä.txt", b"\0\1", "text/plain")]))
    message = await now(inbox.wait_for_message(subject="files", timeout=5))
    assert ("sender@example.com", "<b>x</b>") == (message.from_, message.html.strip())
    assert b"\0\1" == await now(inbox.attachment(message, "ä.txt")) == await now(inbox.attachment(message.id, 0))
    with pytest.raises(NotFound, match=r"there are: 'ä\.txt'"):
        await now(inbox.attachment(message.id, "b.txt"))
    with pytest.raises(ValueError, match="raw"):
        await now(inbox.inject(raw, subject="both"))


async def test_the_evidence_for_a_code_can_be_asked_for(inbox, send):
    send(inbox.address)
    message = await now(inbox.wait_for_message(timeout=5))
    assert ("482913", message.code) == ((await now(inbox.code(message, explain=True))).otp, "482913")
    assert (await now(inbox.code(message.code, explain=True))).candidates[0].evidence
    assert "Welcome" == message.header("SUBJECT")
    assert message.header("X-None") is None
    assert [inbox.address] == list(message.recipients)


async def test_an_inbox_is_made_found_changed_and_deleted(client):
    async with entering(client.inbox(label="made", address="made-by-clients", ttl=900)) as inbox:
        assert inbox.address.startswith("made-by-clients@")
        assert "token" not in repr(inbox)
        assert inbox.token.startswith("mfi_")
        assert inbox.address in [each.address for each in await now(client.inboxes(label="made"))]
        same = await now(client.open(inbox.address))
        assert (inbox.id, "made", None) == (same.id, same.label, same.token)
        by_token = await now(client.open(inbox.id, token=inbox.token))
        assert await now(by_token.cursor()) >= 0
        changed = await now(inbox.change(label="other", ttl=60))
        assert ("other", "other") == (changed.label, inbox.label)
        assert inbox.expires_at == changed.inbox_expires_at
        with pytest.raises(Conflict):
            await now(client.inbox(address=inbox.address))
    with pytest.raises(NotFound):
        await now(inbox.refresh())
    await now(inbox.delete())


async def test_leaving_a_block_whose_inbox_is_gone_is_fine_and_a_failure_in_it_is_kept(client):
    async with entering(client.inbox()) as inbox:
        await now(inbox.delete())
    with pytest.raises(KeyError):
        async with entering(client.inbox()):
            raise KeyError


async def test_the_same_idempotency_key_makes_one_inbox(client):
    key = f"key-{id(client)}"
    first = await now(client.inbox(idempotency_key=key))
    assert first.id == (await now(client.inbox(idempotency_key=key))).id
    await now(first.delete())


async def test_an_inbox_without_an_account_needs_no_key(make_client, stack):
    async with entering(make_client(stack.http_url)) as client:
        async with entering(client.anonymous_inbox()) as inbox:
            await now(inbox.inject(subject="hello"))
            assert "hello" == (await now(inbox.wait_for_message(timeout=5))).subject
        with pytest.raises(Unauthorized, match="MAYFLY_API_KEY"):
            await now(client.inbox())


async def test_faults_are_counted_and_end_with_their_block(inbox, send):
    async with entering(inbox.fault("451 x2, accept")) as faults:
        for _ in range(2):
            with pytest.raises(smtplib.SMTPDataError):
                send(inbox.address)
        send(inbox.address)
        await now(faults.refresh())
        assert (3, 0) == (faults.seen, faults.remaining)
    assert await now(inbox.fault_plan()) is None
    await now(inbox.set_fault('550 at rcpt "no such user"'))
    assert (550, "rcpt", "no such user") == (
        (step := (await now(inbox.fault_plan())).steps[0]).code,
        step.at,
        step.text,
    )
    with pytest.raises(smtplib.SMTPRecipientsRefused, match="no such user"):
        send(inbox.address)
    await now(inbox.clear_fault())
    await now(inbox.clear_fault())


async def test_a_stream_has_every_event_until_the_inbox_is_deleted(inbox, send):
    send(inbox.address, subject="First")
    await now(inbox.cursor())
    stream = inbox.stream(after=0)
    connected, first = await take(stream, 2)
    assert ("connected", "message", "First", True) == (connected.type, first.type, first.subject, first.has_otp)
    send(inbox.address, subject="Second")
    [second] = await take(stream, 1)
    assert ("Second", "shop@example.com") == (second.subject, second.from_)
    assert second.cursor == stream.cursor == await now(inbox.cursor())
    await now(inbox.delete())
    assert "deleted" == (await take(stream, 1))[0].type
    with pytest.raises((StopIteration, StopAsyncIteration, RuntimeError)):
        await take(stream, 1)


async def test_a_stream_can_be_closed_and_one_of_nothing_is_refused(client, inbox):
    async with entering(inbox.stream()) as stream:
        assert "connected" == (await take(stream, 1))[0].type
    with pytest.raises((StopIteration, StopAsyncIteration, RuntimeError)):
        await take(stream, 1)
    by_token = await now(client.open(inbox.id))
    await now(inbox.delete())
    with pytest.raises(MayflyError):
        await take(by_token.stream(), 1)


async def test_a_wait_ends_when_its_inbox_does(client):
    inbox = await now(client.inbox())
    threading.Timer(0.3, lambda: _delete(client, inbox)).start()
    with pytest.raises(Gone, match="deleted during the wait"):
        await now(inbox.wait_for_message(timeout=20))


def _delete(client: Any, inbox: Any) -> None:
    from mayfly_mail import Mayfly

    with Mayfly(client.url, client._session.key) as other:
        other.call(operations.delete_inbox(inbox.id))


async def test_a_space_takes_mail_for_any_address(client):
    async with entering(client.space("e2e", max_messages=50)) as space:
        assert (space.id, 50, "e2e") == (space.smtp.user, space.max_messages, space.name)
        assert space.smtp.password not in repr(space) + repr(space.smtp)
        with smtplib.SMTP(space.smtp.host, space.smtp.port) as peer:
            peer.login(space.smtp.user, space.smtp.password)
            peer.sendmail(
                "s@x.example", ["ann@any.example", "bob@any.example"], "To: ann@any.example\nSubject: Both\n\nhello\n"
            )
        message = await now(space.wait_for_message(to="bob@any.example", timeout=5))
        assert ["ann@any.example", "bob@any.example"] == sorted(message.recipients)
        assert (await now(space.wait_for_none(within=0, to="eve@any.example"))).none
        assert 1 == len(await now(space.search("to:ann subject:both")))
        assert 80 == (await now(space.change(max_messages=80, label="other"))).retention.max_messages
        assert (80, "other") == (space.max_messages, space.label)
        made = await now(space.add_credentials("staging"))
        assert made.smtp.password not in repr(made)
        assert "staging" in [each.label for each in await now(space.credentials())]
        await now(space.revoke_credentials(made.id))
        assert "staging" not in [each.label for each in await now(space.credentials())]
        assert space.id in [each.id for each in await now(client.spaces())]
        same = await now(client.open_space(space.id))
        assert (space.id, None) == (same.smtp.user, same.smtp.password)
        assert 1 == (await now(same.refresh())).message_count
    with pytest.raises(NotFound):
        await now(client.open_space(space.id))


@pytest.mark.parametrize("kind", ["standard", "vaultmail", "ephemask"])
async def test_a_webhook_is_made_received_and_verified(client, inbox, send, kind):
    with receiver([]) as (url, received):
        endpoint = await now(client.webhooks.create(url, inbox=inbox, format=kind, description="mine"))
        assert endpoint.secret not in repr(endpoint)
        send(inbox.address)
        headers, body = received.get(timeout=10)
        assert inbox.address in str(verify_webhook(endpoint.secret, headers, body))
        test = await now(client.webhooks.test(endpoint.id))
        assert client.verify_webhook(endpoint.secret, *received.get(timeout=10))
        assert endpoint.id == (await now(client.webhooks.delivery(test.delivery_id))).webhook_id
        assert 2 == len(await now(client.webhooks.deliveries(endpoint.id)))
        assert endpoint.id in [each.id for each in await now(client.webhooks.list())]
        assert "mine" == (await now(client.webhooks.get(endpoint))).description
        (_, first) = await now(client.webhooks.deliveries(endpoint))
        assert first.id == (await now(client.webhooks.delivery(first))).id
        rotated = await now(client.webhooks.rotate_secret(endpoint.id))
        await now(client.webhooks.test(endpoint.id))
        headers, body = received.get(timeout=10)
        assert verify_webhook(endpoint.secret, headers, body) == verify_webhook(rotated.secret, headers, body)
        assert (await now(client.webhooks.replay(endpoint.id, since=datetime.now(timezone.utc)))).accepted
        assert not (await now(client.webhooks.change(endpoint.id, enabled=False))).enabled
        await now(client.webhooks.delete(endpoint.id))
        with pytest.raises(NotFound):
            await now(client.webhooks.get(endpoint.id))


async def test_the_account_and_the_server_show_themselves(client):
    assert "@" in (await now(client.account())).email
    assert (await now(client.usage())).limits.burst
    assert any(domain.is_public for domain in await now(client.domains()))
    assert (await now(client.health())).ok
    assert "/docs" == (await now(client.discovery())).docs


async def test_a_mistake_is_told_with_the_field_at_fault(client):
    with pytest.raises(BadRequest, match="ttl_seconds") as raised:
        await now(client.inbox(ttl=0))
    assert (400, "bad_request") == (raised.value.status, raised.value.code)
    assert raised.value.request_id
    with pytest.raises(ValueError, match="another domain"):
        await now(client.inbox(address="ann@a.test", domain="b.test"))
