"""The cases that are no single mail: SMTP dialogues, HTTP calls and webhook receivers.

Each function takes a running Mayfly and an account's caller, and returns whether it went right, with what was seen.
"""

import gzip
import smtplib
from collections.abc import Callable
from typing import Any

import httpx

from tests.system.conversation import Caller, mail, send, until
from tests.system.reports.receivers import odd_receivers

ORIGIN = "https://app.example"
LONG_LINE = b'<p>Your code is 482193</p><img src="data:image/png;base64,' + b"A" * 80_000 + b'">'
Seen = tuple[bool, str]


def _dialogue(stack: Any, *commands: str) -> list[int]:
    """The reply codes to commands after EHLO."""
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as peer:
        peer.ehlo()
        return [peer.docmd(command)[0] for command in commands]


def quoted_reverse_path(stack: Any, caller: Caller) -> Seen:
    """RFC 5321 4.1.2: a quoted local part may hold a blank."""
    address = caller.inbox()["address"]
    senders = ['"odd user"@acme.example', '"a b"@acme.example']
    for sender in senders:
        codes = _dialogue(stack, f"MAIL FROM:<{sender}>", f"RCPT TO:<{address}>")
        if codes != [250, 250]:
            return False, f"MAIL FROM:<{sender}>: {codes}"
        send(stack, mail(address, sender), address, sender)
    return True, f"{len(caller.messages(address, len(senders)))} mails listed"


def very_long_line(stack: Any, caller: Caller) -> Seen:
    """250 and the code is found, or a permanent reply that names the line."""
    address = caller.inbox()["address"]
    octets = (
        b"From: a@acme.example\r\nSubject: long\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + LONG_LINE
    )
    try:
        send(stack, octets, address)
    except smtplib.SMTPResponseException as refused:
        reply = f"{refused.smtp_code} {refused.smtp_error!r}"
        return 500 <= refused.smtp_code < 600 and "line" in reply.lower(), reply
    (listed,) = caller.messages(address)
    code = caller.get(f"/api/v1/messages/{listed['id']}?peek=true")["otp_detected"]
    return code == "482193", f"accepted, otp_detected: {code!r}"


def login_with_any_credentials(stack: Any, caller: Caller) -> Seen:
    """AUTH PLAIN and LOGIN accept whatever the application under test is configured with."""
    address = caller.inbox()["address"]
    mechanisms: list[str] = ["PLAIN", "LOGIN"]
    for mechanism in mechanisms:
        with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as peer:
            peer.ehlo()
            offered = peer.esmtp_features.get("auth", "").split()
            if mechanism not in offered:
                return False, f"AUTH {mechanism} is not offered: {offered}"
            peer.user, peer.password = "app", "secret"
            try:
                peer.auth(mechanism, getattr(peer, f"auth_{mechanism.lower()}"))
            except smtplib.SMTPAuthenticationError as refused:
                return False, f"AUTH {mechanism}: {refused.smtp_code}"
            peer.sendmail("a@acme.example", [address], b"Subject: x\r\n\r\nhi\r\n")
    return True, f"{len(caller.messages(address, len(mechanisms)))} mails listed"


def blank_behind_the_colon(stack: Any, caller: Caller) -> Seen:
    address = caller.inbox()["address"]
    codes = _dialogue(stack, "MAIL FROM: <a@acme.example>", f"RCPT TO: <{address}>")
    return codes == [250, 250], str(codes)


def two_recipients_of_one_inbox(stack: Any, caller: Caller) -> Seen:
    """Each recipient that got 250 can be waited for."""
    address = caller.inbox()["address"]
    local, _, domain = address.partition("@")
    tags = ["alice", "bob"]
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as peer:
        refused = peer.sendmail(
            "a@acme.example", [f"{local}+{tag}@{domain}" for tag in tags], b"Subject: two\r\n\r\nhi\r\n"
        )
    wait = f"/api/v1/inboxes/{address}/messages/wait"
    found = {tag: caller.http.get(wait, params={"timeout": 2, "to": f"{local}+{tag}"}).status_code for tag in tags}
    return not refused and set(found.values()) == {200}, f"refused: {list(refused)}, waits: {found}"


def cors_everywhere(stack: Any, caller: Caller) -> Seen:
    """On answers of every dialect, on errors, on the stream and on preflights."""
    address = caller.inbox()["address"]
    paths = ["/health", "/api/v1/inboxes", "/api/v1/inbox", "/v1/mailboxes", "/api/v1/emails", "/user/inboxes"]
    paths += ["/api/v1/nowhere", f"/api/v1/messages/{'0' * 24}", "/api/v1/inboxes?limit=0"]
    origin = {"Origin": ORIGIN}
    answers = {path: caller.http.get(path, headers=origin) for path in paths}
    asked = {**origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-api-key"}
    answers |= {f"OPTIONS {path}": caller.http.options(path, headers=asked) for path in paths[1:6]}
    stream = f"/api/v1/sse/inbox/{address}"
    with caller.http.stream("GET", stream, headers=origin) as opened:
        answers[stream] = opened
    found = {path: answer.headers.get("access-control-allow-origin") for path, answer in answers.items()}
    bare = [path for path, allowed in found.items() if allowed != ORIGIN]
    return not bare, f"without Access-Control-Allow-Origin: {bare}" if bare else f"{len(found)} answers"


def preflight_of_event_streams(stack: Any, caller: Caller) -> Seen:
    answer = caller.http.options(
        f"/api/v1/sse/inbox/{caller.inbox()['address']}",
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "GET",
            "Access-Control-Request-Headers": "cache-control,last-event-id",
        },
    )
    allowed = answer.headers.get("access-control-allow-headers", "").lower()
    right = answer.status_code in {200, 204} and all(name in allowed for name in ("cache-control", "last-event-id"))
    return right, f"{answer.status_code} {answer.text.strip() or allowed}"


def head(stack: Any, caller: Caller) -> Seen:
    """RFC 9110 9.1: what has GET has HEAD."""
    address = caller.inbox()["address"]
    message = mail(address)
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="a.pdf")
    send(stack, message, address)
    (listed,) = caller.messages(address)
    paths = [
        "/health",
        "/ready",
        f"/api/v1/messages/{listed['id']}/raw",
        f"/api/v1/messages/{listed['id']}/attachments/0",
    ]
    answers = [caller.http.head(path) for path in paths]
    return all((answer.status_code, answer.content) == (200, b"") for answer in answers), str(
        [answer.status_code for answer in answers]
    )


def compressed_request(stack: Any, caller: Caller) -> Seen:
    """Refused with nothing stored, or decoded."""
    address = caller.inbox()["address"]
    mails = f"/api/v1/inboxes/{address}/messages"
    subject = "packed"
    injected = _compressed(caller, mails, mail(address, subject).as_bytes(), "message/rfc822")
    created = _compressed(caller, "/api/v1/inboxes", b'{"label":"packed"}', "application/json")
    refused = {400, 415}
    seen = f"mail: {injected.status_code}, JSON: {created.status_code}"
    if injected.status_code in refused:
        right = caller.get(mails) == []
    else:
        subjects = [entry["subject"] for entry in until(lambda: caller.get(mails))]
        seen += f", stored as {subjects}"
        right = subjects == [subject]
    return right and (created.status_code in refused or created.json().get("label") == "packed"), seen


def _compressed(caller: Caller, path: str, octets: bytes, content_type: str) -> httpx.Response:
    headers = {"Content-Type": content_type, "Content-Encoding": "gzip"}
    return caller.http.post(path, content=gzip.compress(octets), headers=headers)


CALLS: dict[str, Callable[[Any, Caller], Seen]] = {
    function.__name__: function
    for function in (
        quoted_reverse_path,
        very_long_line,
        login_with_any_credentials,
        blank_behind_the_colon,
        two_recipients_of_one_inbox,
        cors_everywhere,
        preflight_of_event_streams,
        head,
        compressed_request,
        odd_receivers,
    )
}
"""Each by the name that a case gives it."""
