"""An application with SMTP credentials of a space: everything it sends is there, and nothing after the end."""

import re
import smtplib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.system.conversation import Caller, mail, new_account

RECIPIENTS = ["ann@example.com", "bob+news@example.org", "root@[192.0.2.1]"]
WRONG = (535, b"5.7.8 Wrong user name or password")


@pytest.fixture
def owner(stack) -> Iterator[Caller]:
    with Caller(stack, new_account(stack, f"space-login-{time.time_ns()}@example.com")) as caller:
        yield caller


@contextmanager
def session(stack: Any, user: str, password: str, mechanism: str = "PLAIN") -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as peer:
        peer.ehlo()
        peer.user, peer.password = user, password
        peer.auth(mechanism, getattr(peer, f"auth_{mechanism.lower()}"))
        yield peer


def transaction(peer: smtplib.SMTP, subject: str) -> str:
    """Send a mail to RECIPIENTS; the last line that the server says."""
    peer.mail("app@shop.example")
    assert [250] * 3 == [peer.rcpt(recipient)[0] for recipient in RECIPIENTS]
    code, text = peer.data(mail(RECIPIENTS[0], subject).as_bytes())
    assert code == 250
    return text.decode()


@pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
def test_what_a_session_of_a_space_sends_is_one_message_there(stack, owner, mechanism):
    space = owner.post("/api/v1/spaces", {"name": "shop"}, expect=201)
    user, password = space["smtp"]["user"], space["smtp"]["password"]
    with session(stack, user.upper(), password, mechanism) as peer:
        said = transaction(peer, f"by {mechanism}")
    (listed,) = owner.get(f"/api/v1/inboxes/{space['id']}/messages?consistent=true")
    message = owner.get(f"/api/v1/messages/{listed['id']}")
    assert (RECIPIENTS, RECIPIENTS[1:], ["news"]) == (message["recipients"], message["bcc"], message["tags"])
    assert re.search(r"\[STATUS=new MSGID=([^ \]]+)\]$", said)[1] == listed["id"]
    assert user.upper() == message["envelope"]["login"]


def test_a_wrong_password_is_refused_though_any_other_login_is_accepted(stack, owner):
    space = owner.post("/api/v1/spaces", {"name": "shop"}, expect=201)
    with pytest.raises(smtplib.SMTPAuthenticationError) as refused, session(stack, space["id"], "guess"):
        pass
    assert WRONG == (refused.value.smtp_code, refused.value.smtp_error)
    with session(stack, "app", "guess") as peer:
        peer.mail("app@shop.example")
        assert 550 == peer.rcpt(RECIPIENTS[0])[0]


def test_revoked_credentials_and_an_ended_space_end_their_sessions(stack, owner):
    space = owner.post("/api/v1/spaces", {"name": "shop"}, expect=201)
    path = f"/api/v1/spaces/{space['id']}"
    second = owner.post(f"{path}/credentials", {"label": "staging"}, expect=201)
    with (
        session(stack, space["id"], second["smtp"]["password"]) as revoked,
        session(stack, space["id"], space["smtp"]["password"]) as kept,
    ):
        transaction(revoked, "before")
        owner.delete(f"{path}/credentials/{second['id']}")
        assert_ends(revoked)
        transaction(kept, "after")
        owner.delete(path)
        assert_ends(kept)
    with pytest.raises(smtplib.SMTPAuthenticationError), session(stack, space["id"], space["smtp"]["password"]):
        pass


def assert_ends(peer: smtplib.SMTP) -> None:
    """MAIL is refused within a second."""
    deadline = time.monotonic() + 1
    while (reply := peer.mail("app@shop.example"))[0] == 250:
        assert time.monotonic() < deadline
        peer.rset()
        time.sleep(0.02)
    assert (550, b"5.7.1 Your login was revoked, or its space has ended") == reply
