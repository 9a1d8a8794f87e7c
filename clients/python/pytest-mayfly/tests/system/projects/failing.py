"""A user's tests that fail: each report has to say what came."""

import smtplib

import pytest


def send(smtp, to, subject, text):
    with smtplib.SMTP(*smtp, timeout=10) as peer:
        peer.sendmail("shop@example.com", [to], f"From: shop@example.com\nTo: {to}\nSubject: {subject}\n\n{text}\n")


def test_the_wrong_mail_came(inbox, mayfly_smtp):
    send(mayfly_smtp, inbox.address, "Welcome", "Hello Ann")
    send(mayfly_smtp, inbox.address, "Your code \x1b[2J", "Your code is 482193")
    inbox.wait_for_message(subject="Welcome")
    inbox.wait_for_code()
    inbox.wait_for_message(subject="reset", timeout=0.2)


def test_no_mail_came(mayfly_space):
    mayfly_space.wait_for_message(timeout=0)


@pytest.fixture
def broken_at_its_end(inbox):
    yield inbox
    inbox.inject(subject="At the end")
    inbox.wait_for_message(subject="At the end")
    pytest.fail("teardown")


def test_teardown_fails(broken_at_its_end):
    pass


@pytest.fixture
def broken_at_its_beginning(inbox):
    inbox.inject(subject="In the setup")
    inbox.wait_for_message(subject="In the setup")
    pytest.fail("setup")


def test_setup_fails(broken_at_its_beginning):
    pass


def test_the_server_refuses(mayfly):
    mayfly.open("nobody@mayfly.test")
