"""Letters as programs in Python write and send them: the standard library old and new, aiosmtplib, Django.

Each function in MAILERS takes a letter and the port of an SMTP server on loopback, sends the letter, and returns it as the
library wrote it.
"""

import asyncio
import smtplib
from collections.abc import Callable
from email import encoders, message_from_bytes
from email.generator import BytesGenerator
from email.header import Header
from email.message import EmailMessage
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTPUTF8, default
from email.utils import formataddr, formatdate, make_msgid
from io import BytesIO
from typing import Any

import aiosmtplib
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from tests.system.mailers.letters import octets

if not settings.configured:
    settings.configure()  # Django's mail needs nothing but its defaults

FIELDS = (("From", "from"), ("To", "to"), ("Cc", "cc"), ("Reply-To", "reply_to"))


def envelope(letter: dict[str, Any]) -> tuple[str, list[str]]:
    return letter["from"]["address"], [person["address"] for person in [*letter["to"], *letter["cc"]]]


def people(letter: dict[str, Any], field: str) -> list[str]:
    listed = [letter["from"]] if field == "from" else letter[field]
    return [formataddr((person["name"], person["address"]), letter.get("charset", "utf-8")) for person in listed]


def email_message(letter: dict[str, Any], policy: Any = None) -> EmailMessage:
    """As the standard library's documentation shows it since Python 3.6."""
    message = EmailMessage(policy) if policy else EmailMessage()
    for name, field in FIELDS:
        if addresses := people_unencoded(letter, field):
            message[name] = ", ".join(addresses)
    message["Subject"], message["Message-ID"] = letter["subject"], make_msgid(domain="shop.example")
    if letter["text"]:
        message.set_content(letter["text"])
        if letter["html"]:
            message.add_alternative(letter["html"], subtype="html")
    else:
        message.set_content(letter["html"], subtype="html")
    if calendar := letter.get("calendar"):
        message.add_alternative(calendar, subtype="calendar", params={"method": "REQUEST"})
    if image := letter["inline"]:
        html = message.get_body(("html",))
        assert isinstance(html, EmailMessage)
        maintype, _, subtype = image["type"].partition("/")
        html.add_related(
            octets(image), maintype, subtype, cid=f"<{image['cid']}>", filename=image["name"], disposition="inline"
        )
    for file in letter["attachments"]:
        maintype, _, subtype = file["type"].partition("/")
        message.add_attachment(octets(file), maintype=maintype, subtype=subtype, filename=file["name"])
    return message


def people_unencoded(letter: dict[str, Any], field: str) -> list[str]:
    """Display names as they are, quoted: EmailMessage encodes them itself."""
    listed = [letter["from"]] if field == "from" else letter[field]
    quoted = ((person["name"].replace("\\", "\\\\").replace('"', '\\"'), person["address"]) for person in listed)
    return [f'"{name}" <{address}>' if name else address for name, address in quoted]


def legacy_message(letter: dict[str, Any]) -> MIMEBase:
    """With the classes of email.mime, as most answers on the web still do."""
    charset = letter.get("charset", "utf-8")
    body: MIMEBase = MIMEMultipart("alternative")
    for subtype in ("plain", "html"):
        content = letter["text" if subtype == "plain" else "html"]
        if content:
            body.attach(MIMEText(content, subtype, charset))
    if calendar := letter.get("calendar"):
        part = MIMEText(calendar, "calendar", "utf-8")
        part.set_param("method", "REQUEST")
        body.attach(part)
    if image := letter["inline"]:
        body, alternative = MIMEMultipart("related"), body
        inline = MIMEImage(octets(image))
        inline.add_header("Content-ID", f"<{image['cid']}>")
        inline.add_header("Content-Disposition", "inline", filename=image["name"])
        body.attach(alternative)
        body.attach(inline)
    message = MIMEMultipart()
    message.attach(body)
    for file in letter["attachments"]:
        attachment = MIMEBase(*file["type"].split("/"))
        attachment.set_payload(octets(file))
        encoders.encode_base64(attachment)
        attachment.add_header("Content-Disposition", "attachment", filename=file["name"])
        message.attach(attachment)
    for name, field in FIELDS:
        if addresses := people(letter, field):
            message[name] = ", ".join(addresses)
    message["Subject"], message["Date"] = Header(letter["subject"], charset), formatdate(localtime=True)
    return message


def as_written(letter: dict[str, Any], message: EmailMessage) -> dict[str, Any]:
    """What the library's generator changes of a letter, as its own parser sees it.

    It writes `>From` at the beginning of a line, and some releases lose a blank between two encoded words.
    """
    written = BytesIO()
    BytesGenerator(written).flatten(message, linesep="\r\n")
    read = message_from_bytes(written.getvalue(), policy=default)
    text = read.get_body(("plain",))
    return {**letter, "subject": str(read["Subject"]), "text": text.get_content().replace("\r\n", "\n") if text else ""}


def tutorial_message(letter: dict[str, Any]) -> MIMEBase:
    """As many tutorials do: fields are plain strings. The library then encodes the addresses and the file name with them."""
    message = legacy_message({**letter, "attachments": []})
    for name, field in FIELDS:
        if addresses := people_unencoded(letter, field):
            del message[name]
            message[name] = ", ".join(addresses)
    for file in letter["attachments"]:
        attachment = MIMEBase(*file["type"].split("/"))
        attachment.set_payload(octets(file))
        encoders.encode_base64(attachment)
        attachment.add_header("Content-Disposition", f'attachment; filename="{file["name"]}"')
        message.attach(attachment)
    return message


def smtplib_send_message(letter: dict[str, Any], port: int) -> dict[str, Any]:
    message = email_message(letter)
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as peer:
        peer.send_message(message)
    return as_written(letter, message)


def smtplib_smtputf8(letter: dict[str, Any], port: int) -> dict[str, Any]:
    """Header fields in UTF-8 without encoded words (RFC 6532)."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as peer:
        sender, recipients = envelope(letter)
        octets_of_mail = email_message(letter, SMTPUTF8).as_bytes()
        peer.sendmail(sender, recipients, octets_of_mail, mail_options=["SMTPUTF8", "BODY=8BITMIME"])
    return letter


def smtplib_str(letter: dict[str, Any], port: int) -> dict[str, Any]:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as peer:
        peer.sendmail(*envelope(letter), legacy_message(letter).as_string())
    return letter


def smtplib_bytes(letter: dict[str, Any], port: int) -> dict[str, Any]:
    """smtplib leaves the bare line feeds of `as_bytes` as they are."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as peer:
        peer.sendmail(*envelope(letter), legacy_message(letter).as_bytes())
    return letter


def smtplib_tutorial(letter: dict[str, Any], port: int) -> dict[str, Any]:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as peer:
        peer.sendmail(*envelope(letter), tutorial_message(letter).as_string())
    return letter


def aiosmtplib_send(letter: dict[str, Any], port: int) -> dict[str, Any]:
    message = email_message(letter)
    asyncio.run(aiosmtplib.send(message, hostname="127.0.0.1", port=port, start_tls=False))
    return {**letter, "subject": as_written(letter, message)["subject"]}


def django_message(letter: dict[str, Any]) -> EmailMultiAlternatives:
    text, html = letter["text"], letter["html"]
    (sender,) = people(letter, "from")
    message = EmailMultiAlternatives(
        letter["subject"],
        text or html,
        sender,
        to=people(letter, "to"),
        cc=people(letter, "cc"),
        reply_to=people(letter, "reply_to"),
    )
    message.encoding = letter.get("charset")
    if not text:
        message.content_subtype = "html"
    elif html:
        message.attach_alternative(html, "text/html")
    if calendar := letter.get("calendar"):
        message.attach_alternative(calendar, "text/calendar; method=REQUEST")
    if image := letter["inline"]:
        message.mixed_subtype = "related"
        inline = MIMEImage(octets(image))
        inline.add_header("Content-ID", f"<{image['cid']}>")
        inline.add_header("Content-Disposition", "inline", filename=image["name"])
        message.attach(inline)
    for file in letter["attachments"]:
        message.attach(file["name"], octets(file), file["type"])
    return message


def django(letter: dict[str, Any], port: int) -> dict[str, Any]:
    connection = get_connection("django.core.mail.backends.smtp.EmailBackend", host="127.0.0.1", port=port, timeout=20)
    assert 1 == connection.send_messages([django_message(letter)])
    return letter


MAILERS: list[Callable[[dict[str, Any], int], dict[str, Any]]] = [
    smtplib_send_message,
    smtplib_smtputf8,
    smtplib_str,
    smtplib_bytes,
    smtplib_tutorial,
    aiosmtplib_send,
    django,
]
