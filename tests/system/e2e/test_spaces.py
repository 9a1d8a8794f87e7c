"""One inbox for many addresses, seen from outside: the default space, its port, and lists right after 250."""

import smtplib
import threading
import time
from collections import Counter
from typing import Any

import httpx
import pytest

from tests.system.conversation import Caller, mail, until

DEFAULT = "00000000"
MAILS = 24


def send_to(port: int, recipients: list[str], subject: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as peer:
        message = mail("named@example.com", subject)
        message["Cc"] = "copied@example.org"
        peer.sendmail("app@example.com", recipients, message.as_bytes())


def test_any_address_on_the_default_spaces_port_is_one_message_with_all_recipients(stack):
    recipients = ["named@example.com", "copied@example.org", "hidden+late@elsewhere.test", '"odd one"@x.example']
    send_to(stack.mailpit_smtp_port, recipients, "to many")
    with Caller(stack, stack.api_key) as caller:
        (found,) = caller.get(f"/api/v1/inboxes/{DEFAULT}/messages?subject=to+many&consistent=true")
        message = caller.get(f"/api/v1/messages/{found['id']}")
    assert recipients == message["recipients"]
    assert recipients[2:] == message["bcc"]
    assert ["late"] == message["tags"]
    assert "*@00000000.mayfly.test" == message["address"]


def test_the_ordinary_port_refuses_what_no_inbox_takes_and_still_knows_the_default_space_by_name(stack):
    for recipient in ("ann@example.com", "no-such-inbox@mayfly.test", "ann@zzzzzzzz.mayfly.test"):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            send_to(stack.smtp_port, [recipient], "refused")
    send_to(stack.smtp_port, ["O'Neil@00000000.mayfly.test"], "by name")
    with Caller(stack, stack.api_key) as caller:
        listed = caller.get(f"/api/v1/inboxes/{DEFAULT}/messages?consistent=true")
    subjects = [entry["subject"] for entry in listed]
    assert ("by name" in subjects, "refused" in subjects) == (True, False)


def test_an_inbox_of_the_address_comes_before_the_default_space(stack):
    with Caller(stack, stack.api_key) as caller:
        inbox = caller.inbox()["address"]
        send_to(stack.mailpit_smtp_port, [inbox, "ann@example.com"], "two ways")
        for name in (inbox, DEFAULT):
            path = f"/api/v1/inboxes/{name}/messages?subject=two+ways&consistent=true"
            (found,) = caller.get(path)
            whole = caller.get(f"/api/v1/messages/{found['id']}")
            assert [inbox if name == inbox else "ann@example.com"] == whole["recipients"]


def test_a_list_right_after_the_last_250_has_every_mail_once(make_stack):
    """Two gateways answer in turns; a process is killed meanwhile. What a gateway cannot prove, it refuses with 503."""
    stack = make_stack({"MAYFLY_WORKERS_GATEWAY": "2", "MAYFLY_WORKERS_PARSER": "2"}).start()
    for victim in (None, "parser", "smtp-ingest", "api-gateway", "nats"):
        acknowledged = send_and_kill(stack, victim)
        for _ in range(2):
            subjects = Counter(entry["subject"] for entry in consistent_list(stack, f"subject={victim}+"))
            assert {} == {subject: subjects[subject] for subject in acknowledged if subjects[subject] != 1}
            assert {} == {subject: times for subject, times in subjects.items() if times > 1}


def send_and_kill(stack: Any, victim: str | None) -> list[str]:
    """Send mails to two addresses each, and kill the process when half of them are acknowledged; their subjects."""
    acknowledged: list[str] = []
    half = threading.Event()

    def send() -> None:
        for number in range(400):
            if len(acknowledged) == MAILS:
                return
            subject = f"{victim} {number}"
            recipients = [f"user{number}@example.com", f"user{number + 1}@example.org"]
            try:
                send_to(stack.mailpit_smtp_port, recipients, subject)
            except (OSError, smtplib.SMTPException):
                time.sleep(0.1)
                continue
            acknowledged.append(subject)
            if len(acknowledged) == MAILS // 2:
                half.set()

    sender = threading.Thread(target=send)
    sender.start()
    assert half.wait(30)
    if victim:
        stack.kill(victim)
    sender.join()
    assert MAILS == len(acknowledged)
    return acknowledged


def consistent_list(stack: Any, words: str) -> list[Any]:
    """The first answer that is no refusal. A new connection each time, so that either gateway gets it."""

    def ask() -> list[Any] | None:
        try:
            with Caller(stack, stack.api_key) as caller:
                path = f"/api/v1/inboxes/{DEFAULT}/messages?limit=100&consistent=true&{words}"
                answer = caller.http.get(path)
        except httpx.TransportError:
            return None
        assert answer.status_code in {200, 503}, answer.text
        return answer.json() if answer.status_code == 200 else None

    return until(ask, seconds=40)
