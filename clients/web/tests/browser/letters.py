"""Mails as tests send them: over SMTP, by the standard library."""

from __future__ import annotations

import smtplib
from collections.abc import Iterable
from email.message import EmailMessage
from email.policy import SMTP


def letter(
    subject: str = "Your code",
    text: str = "Your verification code is 482193\n",
    html: str = "",
    *,
    sender: str = "Example Shop <noreply@shop.example>",
    to: str = "ann@example.com",
    files: Iterable[tuple[str, str, bytes]] = (),
) -> EmailMessage:
    """Return a mail; `files` are triples of name, type and content."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = to
    message["Subject"] = subject
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, kind, content in files:
        main, _, sub = kind.partition("/")
        message.add_attachment(content, maintype=main, subtype=sub, filename=name)
    return message


def send(port: int, address: str, *messages: EmailMessage | bytes, sender: str = "noreply@shop.example") -> None:
    """Send mails to an address over one connection; raises smtplib's errors for anything but 250."""
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as peer:
        for message in messages:
            octets = message if isinstance(message, bytes) else message.as_bytes(policy=SMTP)
            peer.sendmail(sender, [address], octets)
