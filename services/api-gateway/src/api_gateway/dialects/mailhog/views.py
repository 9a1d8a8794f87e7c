"""JSON bodies of MailHog's API; keys are the names of Go's fields."""

from datetime import datetime

import msgspec
from msgspec import Struct, structs

from api_gateway.dialects.mailhog.content import Content, Parts, go_name, read_mail
from mayfly.records.message import Message


class Path(Struct, frozen=True, kw_only=True, rename=go_name):
    """A path of the envelope. `relays`: of a source route (`@a,@b:c@d`), else null."""

    relays: list[str] | None
    mailbox: str
    domain: str
    params: str = ""


class Raw(Struct, frozen=True, kw_only=True, rename=go_name):
    """The transaction as it came: envelope and octets."""

    from_: str
    to: list[str]
    data: str
    helo: str


class Item(Struct, frozen=True, kw_only=True, rename=go_name):
    """A message. `content`: bodies and header fields undecoded; `mime`: the parts of a multipart, else null."""

    id: str
    from_: Path
    to: list[Path]
    content: Content
    created: datetime
    mime: Parts | None
    raw: Raw


class Items(Struct, frozen=True, kw_only=True):
    """A page of messages, newest first. `total`: of the space, or of all that match; `count`: in this page.

    `items`: encoded `Item`s, one after the other: together they can be large.
    """

    total: int
    count: int
    start: int
    items: list[msgspec.Raw]


def item_of(message: Message, octets: bytes) -> Item:
    """The message with its raw mail, as stored."""
    trace, data = without_trace(octets, message.envelope.reverse_path)
    content, parts = read_mail(data)
    reverse_path = message.envelope.reverse_path
    recipients = message.recipients or [message.envelope.forward_path]
    return Item(
        id=message.id,
        from_=path_of(reverse_path),
        to=[path_of(recipient) for recipient in recipients],
        content=structs.replace(content, headers=_traced(content.headers, trace, reverse_path, message.id)),
        created=message.received_at,
        mime=parts,
        raw=Raw(from_=reverse_path, to=recipients, data=data.decode("utf-8", "replace"), helo=message.envelope.helo),
    )


def path_of(path: str) -> Path:
    relays, colon, address = path.partition(":")
    mailbox, _, domain = (address if colon else path).partition("@")
    return Path(relays=relays.split(",") if colon else None, mailbox=mailbox, domain=domain)


def without_trace(octets: bytes, reverse_path: str) -> tuple[str, bytes]:
    """What smtp-ingest put before the mail: the value of its Received field ("" if there is none), and the mail.

    The mail is without its last CRLF, which MailHog counts to the end of DATA.
    """
    octets = octets.removesuffix(b"\r\n")
    begin = f"Return-Path: <{reverse_path}>\r\nReceived: from ".encode()
    if not octets.startswith(begin):
        return "", octets
    place = octets.find(b"\r\n", len(begin))
    while octets.startswith(b"\t", place + 2):
        place = octets.find(b"\r\n", place + 2)
    received = octets[len(begin) - len(b"from ") : place].decode("utf-8", "replace")
    return received, octets[place + 2 :]


def _traced(headers: dict[str, list[str]], received: str, reverse_path: str, message_id: str) -> dict[str, list[str]]:
    """The header fields as MailHog shows them: with Message-ID, Received and Return-Path, beside those of the mail."""
    names = {name.lower(): name for name in headers}
    traced = {name: list(values) for name, values in headers.items()}
    if "message-id" not in names:
        traced["Message-ID"] = [message_id]
    for name, value in (("Received", received), ("Return-Path", f"<{reverse_path}>")):
        if value:
            traced.setdefault(names.get(name.lower(), name), []).append(value)
    return traced
