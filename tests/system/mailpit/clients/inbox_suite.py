"""A project's tests of its mail with pytest-mailpit, as its users write them. `test_clients.py` runs it against Mayfly.

Not collected with the other tests: its name does not begin with `test_`. It needs MAILPIT_URL and MAILPIT_SMTP.
"""

import asyncio
import hashlib
import os
import smtplib
from email.message import EmailMessage

import pytest
import requests
from pytest_mailpit import ChaosTrigger, ChaosTriggers, MailpitAPIError, build_query

PDF = b"%PDF-1.4 invoice"
SMTP_LOGIN = os.environ.get("SMTP_LOGIN", "")
"""User and password of the space that the mail is for, which could not refuse the sender else."""


@pytest.fixture
def send(mailpit_smtp):
    """Sends one letter to some people, the first of whom its header names."""

    def deliver(*people, subject="Welcome", text="Your code is 482193.\n", html=None, attachment=None, **headers):
        letter = EmailMessage()
        letter["From"] = "The Shop <shop@shop.example>"
        letter["To"] = people[0]
        letter["Subject"] = subject
        for name, value in headers.items():
            letter[name.replace("_", "-")] = value
        letter.set_content(text)
        if html:
            letter.add_alternative(html, subtype="html")
        if attachment:
            letter.add_attachment(attachment, maintype="application", subtype="pdf", filename="invoice.pdf")
        with smtplib.SMTP(*mailpit_smtp) as peer:
            if SMTP_LOGIN:
                peer.login(*SMTP_LOGIN.split(":"))
            peer.send_message(letter, to_addrs=people)

    return deliver


def test_the_server_is_ready(mailpit):
    assert mailpit.is_ready()
    assert mailpit.info().version


def test_a_code_and_a_link_arrive(mailpit_inbox, send):
    link = "https://shop.example/confirm?a=1&b=2"
    html = f'<p>Code <b>482193</b>, <a href="{link.replace("&", "&amp;")}">Confirm</a></p>'
    send(mailpit_inbox.address, subject="Confirm your address", html=html)
    message = mailpit_inbox.wait_for_message(subject="confirm your", sender="shop@shop.example")
    assert "482193" == message.code()
    assert link == message.link(text="confirm")
    assert "Your code is 482193.\n" == message.text.replace("\r\n", "\n").rstrip("\n") + "\n"
    assert ("The Shop", "shop@shop.example") == (message.sender.name, message.sender.address)


def test_a_blind_copy_reaches_its_inbox(mailpit_inbox_factory, send):
    seen, hidden = mailpit_inbox_factory(), mailpit_inbox_factory()
    send(seen.address, hidden.address)
    [blind] = hidden.wait_for_message().bcc
    assert hidden.address == blind.address
    assert seen.wait_for_message().id == hidden.wait_for_message().id


def test_inboxes_of_one_server_do_not_see_each_other(mailpit_inbox_factory, send):
    one, two = mailpit_inbox_factory(), mailpit_inbox_factory()
    send(one.address, subject="One")
    send(one.address, subject="Two")
    assert ["One", "Two"] == [message.subject for message in one.wait_for_messages(2)]
    two.assert_no_message(within=0.3)


def test_an_attachment_is_read(mailpit, mailpit_inbox, send):
    send(mailpit_inbox.address, attachment=PDF)
    attachment = mailpit_inbox.wait_for_message().attachment("*.pdf", content_type="application/pdf")
    assert PDF == mailpit.get_attachment(attachment)
    assert hashlib.sha256(PDF).hexdigest() == attachment.checksums["SHA256"]
    assert len(PDF) == attachment.size


def opened(url):
    """What a browser gets, which asks for the login where the server has one."""
    login = (
        (os.environ["MAILPIT_USERNAME"], os.environ["MAILPIT_PASSWORD"]) if "MAILPIT_USERNAME" in os.environ else None
    )
    return requests.get(url, auth=login, timeout=10)


def test_the_views_of_a_message_open(mailpit, mailpit_inbox, send):
    send(mailpit_inbox.address, html="<p>Hello</p>")
    message = mailpit_inbox.wait_for_message()
    assert "<p>Hello</p>" in opened(mailpit.html_url(message.id)).text
    assert 200 == opened(mailpit.view_url(message.id)).status_code
    assert 200 == opened(mailpit.search_url(build_query(to=mailpit_inbox.address))).status_code


def test_source_and_headers_are_as_sent(mailpit, mailpit_inbox, send):
    send(mailpit_inbox.address, X_Run="17", Message_ID="<17@shop.example>")
    message = mailpit_inbox.wait_for_message()
    assert ["17"] == mailpit.get_headers(message.id)["X-Run"]
    assert b"X-Run: 17\r\n" in mailpit.get_raw(message.id)
    assert "17@shop.example" == message.message_id
    assert "shop@shop.example" == message.return_path


def test_tags_come_from_the_letter_and_by_call(mailpit, mailpit_inbox, send):
    send(mailpit_inbox.address, X_Tags="Order, Receipt")
    message = mailpit_inbox.wait_for_message()
    assert {"Order", "Receipt"} == set(message.tags)
    mailpit.set_tags([message.id], ["Checked"])
    found = mailpit.wait_for_message(tag="checked", recipient=mailpit_inbox.address)
    assert ("Checked",) == found.tags


def test_unsubscribing_is_offered(mailpit_inbox, send):
    offered = "<https://shop.example/stop>, <mailto:stop@shop.example>"
    send(mailpit_inbox.address, List_Unsubscribe=offered, List_Unsubscribe_Post="List-Unsubscribe=One-Click")
    found = mailpit_inbox.wait_for_message().list_unsubscribe
    assert ("https://shop.example/stop", "mailto:stop@shop.example", True) == (
        found.http_link,
        found.mailto_link,
        found.one_click,
    )


def test_reading_marks_as_read(mailpit, mailpit_inbox, send):
    send(mailpit_inbox.address)
    query = f"is:unread {build_query(to=mailpit_inbox.address)}"
    [summary] = mailpit.search(query).messages
    assert not summary.read
    mailpit.get_message(summary.id)
    assert 0 == mailpit.search(query).messages_count
    mailpit.mark_read([summary.id], read=False)
    assert 1 == mailpit.search(query).messages_unread


def test_only_mail_since_a_moment_counts(mailpit, mailpit_inbox, send):
    send(mailpit_inbox.address, subject="Before")
    moment = mailpit.server_time()
    send(mailpit_inbox.address, subject="After")
    assert "After" == mailpit.wait_for_message(recipient=mailpit_inbox.address, since=moment).subject


def test_pages_hold_every_match(mailpit, mailpit_inbox, send):
    for number in range(5):
        send(mailpit_inbox.address, subject=f"Number {number}")
    query = build_query("number", addressed=mailpit_inbox.address)
    found = mailpit.search_all(query, page_size=2)
    assert [f"Number {number}" for number in reversed(range(5))] == [summary.subject for summary in found]
    mailpit.delete_search(query)
    assert [] == mailpit_inbox.messages()


def test_deleting_leaves_other_mail(mailpit, mailpit_inbox, send):
    send(mailpit_inbox.address, subject="Kept")
    send(mailpit_inbox.address, subject="Deleted")
    newest = mailpit.get_message("latest")
    assert "Deleted" == newest.subject
    mailpit.delete_messages([newest.id])
    assert ["Kept"] == [summary.subject for summary in mailpit_inbox.messages()]


def test_an_unknown_message_is_an_api_error(mailpit):
    with pytest.raises(MailpitAPIError) as failed:
        mailpit.get_message("unknown")
    assert 404 == failed.value.status_code


def test_chaos_refuses_recipients(mailpit, mailpit_chaos, mailpit_inbox, send):
    mailpit_chaos.reject_recipients(550)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(mailpit_inbox.address)
    [(code, text)] = refused.value.recipients.values()
    assert (550, b"Chaos recipient error") == (code, text)
    mailpit_chaos.reset()
    send(mailpit_inbox.address)
    assert mailpit_inbox.wait_for_message()


def test_chaos_refuses_senders_and_is_put_back(mailpit, mailpit_chaos, mailpit_inbox, send):
    mailpit_chaos.reject_senders(451)
    assert ChaosTrigger(451, 100) == mailpit.chaos().sender
    with pytest.raises(smtplib.SMTPSenderRefused):
        send(mailpit_inbox.address)
    assert not mailpit.set_chaos(ChaosTriggers()).sender.active


def test_an_async_test_waits_too(mailpit_async_inbox, send):
    async def run():
        sending = asyncio.to_thread(send, mailpit_async_inbox.address, subject="Later")
        message, _ = await asyncio.gather(mailpit_async_inbox.wait_for_message(), sending)
        return message.subject

    assert "Later" == asyncio.run(run())


@pytest.fixture
def django_settings():
    from django.conf import settings

    if not settings.configured:
        settings.configure()


@pytest.mark.usefixtures("django_settings", "mailpit_django")
def test_django_sends_to_it(mailpit_inbox):
    from django.core import mail

    mail.send_mail("From Django", "Hello", "shop@shop.example", [mailpit_inbox.address])
    assert "From Django" == mailpit_inbox.wait_for_message().subject
