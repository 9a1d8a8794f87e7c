"""JSON bodies of Mailpit's API; keys are the names of Go's fields. Lists without entries are `[]`, never null."""

from collections.abc import Iterable
from datetime import datetime
from email.utils import parsedate_to_datetime

from msgspec import Struct, field

from mayfly.records.message import Attachment, Message, MessageOverview

_SNIPPET_CHARACTERS = 200
# Stands in the place of a recipient where a mail has none.
_NOBODY = "*@"


def go_name(name: str) -> str:
    """`message_id` as Mailpit spells it: `MessageID`."""
    return "".join("ID" if word == "id" else word.title() for word in name.split("_"))


class Address(Struct, frozen=True, kw_only=True, rename=go_name):
    name: str
    address: str


class Summary(Struct, frozen=True, kw_only=True, rename=go_name):
    """A message in a list. `size` in octets, `attachments` their number; `snippet`: the first 200 characters."""

    id: str
    message_id: str
    read: bool
    from_: Address = field(name="From")
    to: list[Address]
    cc: list[Address]
    bcc: list[Address]
    reply_to: list[Address]
    subject: str
    created: datetime
    username: str
    tags: list[str]
    size: int
    attachments: int
    snippet: str


class Messages(Struct, frozen=True, kw_only=True):
    """A page of messages, newest first.

    `total`, `unread`: of the space; `count`: in this page; `messages_count`, `messages_unread`: of what was asked for.
    `tags`: all tags of the space.
    """

    total: int
    unread: int
    count: int
    messages_count: int
    messages_unread: int
    start: int
    tags: list[str]
    messages: list[Summary] = []


class Checksums(Struct, frozen=True, kw_only=True):
    """In hex, of the decoded content."""

    md5: str = field(name="MD5")
    sha1: str = field(name="SHA1")
    sha256: str = field(name="SHA256")


class AttachmentView(Struct, frozen=True, kw_only=True, rename=go_name):
    """`part_id`: its place among the MIME parts; `size` in octets."""

    part_id: str
    file_name: str
    content_type: str
    content_id: str
    size: int
    checksums: Checksums


class ListUnsubscribe(Struct, frozen=True, kw_only=True, rename=go_name):
    """The field List-Unsubscribe, its links, what is wrong with them, and the field List-Unsubscribe-Post."""

    header: str
    links: list[str]
    errors: str
    header_post: str


class MessageView(Struct, frozen=True, kw_only=True, rename=go_name):
    id: str
    message_id: str
    from_: Address = field(name="From")
    to: list[Address]
    cc: list[Address]
    bcc: list[Address]
    reply_to: list[Address]
    return_path: str
    subject: str
    list_unsubscribe: ListUnsubscribe
    date: datetime
    tags: list[str]
    username: str
    text: str
    html: str = field(name="HTML")
    size: int
    inline: list[AttachmentView]
    attachments: list[AttachmentView]


def summary_of(overview: MessageOverview) -> Summary:
    names = dict(overview.names)
    return Summary(
        id=overview.id,
        message_id=message_id_of(overview),
        read=overview.is_read,
        from_=Address(name=overview.from_name, address=overview.from_address),
        to=_addresses(overview.to, names),
        cc=_addresses(overview.cc, names),
        bcc=_addresses(overview.bcc, names),
        reply_to=_addresses(overview.reply_to, names),
        subject=overview.subject,
        created=overview.received_at,
        username=overview.login,
        tags=in_order(overview.tags),
        size=overview.raw_size,
        attachments=overview.attachment_count - overview.inline_count,
        snippet=_snippet(overview.snippet or overview.preview),
    )


def message_view(message: Message, list_unsubscribe: ListUnsubscribe, return_path: str) -> MessageView:
    names = dict(message.names)
    inline = [attachment_view(attachment) for attachment in message.attachments if attachment.inline]
    attached = [attachment_view(attachment) for attachment in message.attachments if not attachment.inline]
    return MessageView(
        id=message.id,
        message_id=message_id_of(message),
        from_=Address(name=message.from_name, address=message.from_address),
        to=_addresses(message.to, names),
        cc=_addresses(message.cc, names),
        bcc=_addresses(message.bcc, names),
        reply_to=_addresses(message.reply_to, names),
        return_path=return_path,
        subject=message.subject,
        list_unsubscribe=list_unsubscribe,
        date=_date_of(message),
        tags=in_order(message.tags),
        username=message.envelope.login,
        text=text_of(message),
        html=html_of(message),
        size=message.raw_size,
        inline=inline,
        attachments=attached,
    )


def attachment_view(attachment: Attachment) -> AttachmentView:
    return AttachmentView(
        part_id=part_id_of(attachment),
        file_name=attachment.filename,
        content_type=attachment.content_type,
        content_id=attachment.content_id or "",
        size=attachment.size,
        checksums=Checksums(md5=attachment.md5, sha1=attachment.sha1, sha256=attachment.sha256),
    )


def message_id_of(message: Message | MessageOverview) -> str:
    """The Message-ID; a made one if the mail has none."""
    return message.header_message_id or f"{message.id}@mayfly"


def part_id_of(attachment: Attachment) -> str:
    """The id of the attachment; of one that is no part of the mail, such as `added-3`."""
    return attachment.part_id or f"added-{attachment.index}"


def text_of(message: Message) -> str:
    """The text with the line ends that it has in the mail."""
    return message.text.replace("\n", "\r\n") if message.text_crlf else message.text


def html_of(message: Message) -> str:
    """The HTML with the line ends that it has in the mail."""
    return message.html.replace("\n", "\r\n") if message.html_crlf else message.html


def in_order(tags: Iterable[str]) -> list[str]:
    return sorted(tags, key=str.casefold)


def _date_of(message: Message) -> datetime:
    """The field Date with the offset it has in the mail; without one the time of receipt."""
    written = next((value for name, value in message.headers if name.lower() == "date"), "")
    try:
        read = parsedate_to_datetime(written)
    except ValueError:
        return message.date or message.received_at
    return read if read.tzinfo and read == message.date else message.date or message.received_at


def _addresses(listed: list[str], names: dict[str, str]) -> list[Address]:
    shown = (address for address in listed if not address.startswith(_NOBODY))
    return [Address(name=names.get(address, ""), address=address) for address in shown]


def _snippet(text: str) -> str:
    return text if len(text) <= _SNIPPET_CHARACTERS else text[:_SNIPPET_CHARACTERS] + "..."
