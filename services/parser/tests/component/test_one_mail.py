"""From a mail on the stream to a message in the store, on real servers."""

import asyncio

import pytest
from msgspec.structs import replace

from mayfly.events.facts import Recipient
from mayfly.failures import PermanentFailure
from mayfly.records.octets import RAW, attachment_part
from mayfly.store.creations import Creations
from mayfly.store.octets import Octets
from mayfly.testing.builders import NOON, UNLIMITED, make_inbox

pytestmark = pytest.mark.component

MAIL = (
    b"From: Acme <noreply@acme.example>\r\nTo: you@mayfly.test\r\nSubject: Confirm your account\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b'<p>Your verification code is <b>482193</b>.</p><a href="https://acme.example/verify?t=1">Verify</a>\r\n'
    b"--b\r\nContent-Type: application/pdf; name=terms.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\naGVsbG8=\r\n--b--\r\n"
)


async def test_a_mail_becomes_a_message_with_its_code_link_and_attachment(world, start_parser):
    await start_parser()
    inbox = await world.inbox()
    event = await world.receive(MAIL, [inbox])
    message = await world.message(inbox)
    assert (event.event_id, inbox.address, "account-1") == (message.event_id, message.address, message.account_id)
    assert ("noreply@acme.example", "Acme", "Confirm your account") == (
        message.from_address,
        message.from_name,
        message.subject,
    )
    assert "482193" == message.otp
    assert ["https://acme.example/verify?t=1"] == [link.url for link in message.links]
    assert ["terms.pdf"] == [attachment.filename for attachment in message.attachments]
    assert ("parsed", len(MAIL)) == (message.parse_status, message.raw_size)


async def test_the_evidence_of_a_code_is_stored_but_not_read_with_many_messages(world, start_parser):
    await start_parser()
    inbox = await world.inbox()
    await world.receive(MAIL, [inbox])
    listed = await world.message(inbox)
    whole = await world.messages.get(listed.id)
    (candidate,) = whole.otp_candidates
    assert (candidate.rule, True) == (candidate.evidence[0][0], candidate.evidence[0][1] > 0)
    assert [replace(candidate, evidence=[])] == listed.otp_candidates


async def test_the_octets_are_kept_as_they_came(world, start_parser):
    await start_parser()
    inbox = await world.inbox()
    await world.receive(MAIL, [inbox])
    message = await world.message(inbox)
    octets = Octets(world.database)
    assert MAIL == await octets.get(message.id, RAW)
    assert b"hello" == await octets.get(message.id, attachment_part(0))


async def test_each_recipient_inbox_gets_a_message_and_an_event_of_its_own(world, start_parser):
    await start_parser()
    inboxes = [await world.inbox() for _ in range(3)]
    await world.receive(MAIL, inboxes)
    stored = {(await world.message(inbox)).id for inbox in inboxes}
    await world.drained()
    assert stored == {event.message_id for event in await world.events()}
    assert {"482193"} == {event.otp for event in await world.events()}


async def test_a_claimed_mail_is_stored_and_its_claim_deleted(world, start_parser):
    await start_parser()
    inbox = await world.inbox()
    large = MAIL.replace(b"aGVsbG8=", b"QUFB\r\n" * 150_000)
    event = await world.receive(large, [inbox])
    message = await world.message(inbox)
    assert 450_000 == message.attachments[0].size
    await world.drained()
    assert await _is_gone(world, event.octets)


async def test_a_mail_whose_inboxes_are_gone_is_done_and_leaves_nothing(world, start_parser):
    await start_parser()
    inbox = await world.inbox()
    await world.inboxes.delete(inbox.id)
    await world.receive(MAIL, [inbox])
    await world.drained()
    assert (0, 0) == (await world.count("messages"), await world.count("octets"))
    assert [] == await world.events()


async def _is_gone(world, claim):
    async with asyncio.timeout(5):
        while True:
            try:
                await world.claims.get(claim)
            except PermanentFailure:
                return True


async def test_recipients_that_no_field_names_are_blind_copies_and_their_tags_are_tags(world, start_parser):
    await start_parser()
    inbox = await world.inbox()
    named = Recipient("Ann+one@Mayfly.test", inbox.id, "one")
    unnamed = Recipient("bob+two@mayfly.test", inbox.id, "two")
    mail = MAIL.replace(b"\r\n\r\n", b"\r\nCc: ann+one@mayfly.test\r\nBcc: eve@x.example\r\n\r\n", 1)
    await world.receive(mail, [inbox], recipients=(named, unnamed, unnamed), login="app")
    message = await world.message(inbox)
    assert ["eve@x.example", "bob+two@mayfly.test"] == message.bcc
    assert ["Ann+one@Mayfly.test", "bob+two@mayfly.test"] == message.recipients
    assert ["one", "two"] == message.tags
    assert "app" == message.envelope.login


async def test_mail_put_into_a_space_by_api_is_for_those_whom_it_names(world, start_parser):
    await start_parser()
    space = make_inbox("*@qa71kcs0.mayfly.test", id="qa71kcs0", created_at=NOON, expires_at=None, kind="space")
    await Creations(world.database).create(space, UNLIMITED, NOON)
    named = b"To: Ann <ann@example.com>, bob@example.org\r\nCc: ann@example.com\r\nBcc: eve@x.example\r\nSubject: named\r\n\r\n"
    for octets, source in ((named, "api"), (b"Subject: nobody\r\n\r\n", "api"), (named, "smtp")):
        await world.receive(octets, [space], source=source)
    by_smtp, nobody, by_api = await world.messages_of(space, 3)
    assert (["ann@example.com", "bob@example.org"], ["eve@x.example"]) == (by_api.recipients, by_api.bcc)
    assert ([space.address], []) == (nobody.recipients, nobody.bcc)
    assert ([space.address], ["eve@x.example", space.address]) == (by_smtp.recipients, by_smtp.bcc)
