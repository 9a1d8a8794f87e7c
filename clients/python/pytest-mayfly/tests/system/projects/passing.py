"""A user's tests, one for each fixture; all pass, with -W error."""

import smtplib

import pytest

ADDRESSES = set()


def send(smtp, to, subject="Your code", text="Your code is 482193"):
    with smtplib.SMTP(*smtp, timeout=10) as peer:
        peer.sendmail("shop@example.com", [to], f"From: shop@example.com\nTo: {to}\nSubject: {subject}\n\n{text}\n")


def test_inbox(inbox, mayfly_inbox, mayfly_smtp):
    assert inbox is mayfly_inbox
    send(mayfly_smtp, inbox.address)
    assert inbox.wait_for_code() == "482193"
    ADDRESSES.add(inbox.address)


def test_the_inbox_of_the_test_before_is_gone(mayfly):
    from mayfly_mail import NotFound

    with pytest.raises(NotFound):
        mayfly.open(ADDRESSES.pop())


def test_factory(inbox_factory, mayfly_smtp):
    ann, bob = inbox_factory(), inbox_factory(label="Bob", ttl=600)
    send(mayfly_smtp, bob.address)
    assert bob.wait_for_message(subject="code").to == [bob.address]
    assert bob.label == "Bob"
    ann.wait_for_none(within=0)


def test_an_inbox_that_the_test_deletes_itself(inbox):
    inbox.delete()


def test_space(mayfly_space):
    smtp = mayfly_space.smtp
    with smtplib.SMTP(smtp.host, smtp.port, timeout=10) as peer:
        peer.login(smtp.user, smtp.password)
        peer.sendmail("shop@example.com", ["ann@example.com"], "Subject: Welcome\n\nHello Ann\n")
    assert mayfly_space.wait_for_message(to="ann@example.com").subject == "Welcome"


def test_faults(inbox, mayfly_smtp, mayfly_faults):
    faults = mayfly_faults("451 x1, accept")
    with pytest.raises(smtplib.SMTPDataError):
        send(mayfly_smtp, inbox.address)
    send(mayfly_smtp, inbox.address)
    assert faults.refresh().seen == 2
    assert inbox.wait_for_code() == "482193"


def test_webhook(inbox, mayfly_webhook):
    mayfly_webhook.subscribe(inbox)
    inbox.inject(subject="Welcome", body="Hello")
    delivery = mayfly_webhook.wait_for_delivery("message.received", inbox=inbox)
    assert delivery.data["subject"] == "Welcome"
    assert mayfly_webhook.refused == []


@pytest.mark.asyncio
async def test_async_inbox(mayfly_async_inbox, mayfly_smtp):
    send(mayfly_smtp, mayfly_async_inbox.address)
    assert await mayfly_async_inbox.wait_for_code() == "482193"


@pytest.mark.asyncio
async def test_async_inbox_in_the_next_loop(mayfly_async_inbox, inbox):
    await mayfly_async_inbox.inject(subject="Hi")
    assert (await mayfly_async_inbox.wait_for_message(subject="Hi")).subject == "Hi"
    assert inbox.address != mayfly_async_inbox.address


@pytest.mark.anyio
async def test_async_inbox_with_anyio(mayfly_async_inbox, anyio_backend):
    assert anyio_backend == "asyncio"
    await mayfly_async_inbox.inject(subject="Hi")
    assert (await mayfly_async_inbox.wait_for_message(subject="Hi")).subject == "Hi"


@pytest.fixture
def anyio_backend():
    return "asyncio"


@pytest.mark.parametrize("attempt", range(2))
def test_with_parameters(attempt, inbox):
    assert inbox.label.endswith(f"[{attempt}]")


@pytest.mark.xfail(strict=True)
def test_expected_to_fail(inbox):
    assert inbox.messages(), "no mail"
