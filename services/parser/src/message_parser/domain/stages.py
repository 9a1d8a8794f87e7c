"""The stages of parsing, in order: each takes the state of one mail and adds one thing to it.

`parse` runs STAGES over one mail or over a batch; `Mail.parsed` is the result. A stage may use what earlier stages
left in the state, and nothing else.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import md5, sha1, sha256

from mayfly.mail.tags import clean_tags, plus_tags
from mayfly.records.message import Attachment
from message_parser.domain import bodies, header_section, html, limits, mime, otp, warnings
from message_parser.domain.addresses import read_mailboxes
from message_parser.domain.dates import read_date
from message_parser.domain.encoded_words import decode_text
from message_parser.domain.filenames import clean_filename
from message_parser.domain.lines import has_long_line
from message_parser.domain.links import find_links
from message_parser.domain.parsed import Parsed
from message_parser.domain.part import Part, numbered
from message_parser.domain.preview import make_preview
from message_parser.domain.search_text import fold_texts, make_snippet


@dataclass(slots=True)
class Mail:
    """The state of one mail between stages.

    `structure`: the tree of MIME parts. `body`: which parts are shown as the message.
    `text`: all text/plain bodies, complete (`parsed.text` is capped). `html_source`: all HTML bodies; `html_text`: the
    text and the links in them.
    """

    octets: bytes
    parsed: Parsed = field(default_factory=Parsed)
    header: header_section.HeaderSection = field(default_factory=header_section.HeaderSection)
    structure: Part = field(default_factory=lambda: Part("text/plain", {}))
    body: bodies.Bodies = field(default_factory=bodies.Bodies)
    text: str = ""
    html_source: str = ""
    html_text: html.HtmlText = field(default_factory=html.HtmlText)
    warnings: list[str] = field(default_factory=list)


def read_header_section(mail: Mail) -> None:
    mail.header = header_section.read_header_section(mail.octets)
    mail.warnings += mail.header.warnings


def line_lengths(mail: Mail) -> None:
    if has_long_line(mail.octets):
        mail.warnings.append(warnings.LONG_LINE)


def read_structure(mail: Mail) -> None:
    mail.structure = mime.read_parts(mail.octets, mail.header, mail.warnings)


def header_fields(mail: Mail) -> None:
    """Decode the fields. Raw octets of a mail that declares a charset for its body are in the same charset."""
    header, parsed = mail.header, mail.parsed
    charset = "" if mail.octets.isascii() else mime.declared_charset(mail.structure)
    senders = _mailboxes(header, "from", charset) or _mailboxes(header, "sender", charset)
    parsed.from_name, parsed.from_address = senders[0] if senders else ("", "")
    to, cc, bcc, reply_to = (_mailboxes(header, name, charset) for name in ("to", "cc", "bcc", "reply-to"))
    parsed.to, parsed.cc, parsed.bcc, parsed.reply_to = map(_addresses, (to, cc, bcc, reply_to))
    parsed.names = list({address: (address, name) for name, address in [*to, *cc, *bcc, *reply_to] if name}.values())
    parsed.tags = _tags(header, charset, [*senders, *to, *cc, *bcc])
    parsed.subject = decode_text(header.first("subject"), 1000, charset)
    parsed.date = read_date(header.first("date"))
    parsed.header_message_id = decode_text(header.first("message-id"), 998).strip("<>")
    parsed.headers = [(name, decode_text(value, charset=charset)) for name, value in header.fields]


def choose_bodies(mail: Mail) -> None:
    mail.body = bodies.choose_bodies(mail.structure, mail.octets, mail.header.body_start)
    mail.warnings += mail.body.warnings
    mail.text = "\n".join(mail.body.texts)
    mail.html_source = "\n".join(mail.body.htmls)


def read_html(mail: Mail) -> None:
    if mail.html_source:
        mail.html_text = html.read_html(mail.html_source)
    if mail.html_text.is_truncated:
        mail.warnings.append(warnings.HTML_TRUNCATED)


def texts(mail: Mail) -> None:
    """What is kept of the bodies: text (from the HTML when there is no text part), HTML, hidden text, preview."""
    parsed = mail.parsed
    parsed.text = _capped(mail.text or mail.html_text.text, warnings.TEXT_CUT, mail.warnings)
    parsed.html = _capped(mail.html_source, warnings.HTML_CUT, mail.warnings)
    parsed.text_crlf = bool(mail.text) and "text/plain" in mail.body.crlf
    parsed.html_crlf = "text/html" in mail.body.crlf
    parsed.hidden_text = mail.html_text.hidden[: limits.MAX_HIDDEN_CHARACTERS]
    parsed.preview = make_preview(parsed.text, parsed.hidden_text)


def attachments(mail: Mail) -> None:
    parts = mail.body.attachments
    places = {id(part): place for place, part in numbered(mail.structure)} if parts else {}
    mail.parsed.attachments = [_attachment(index, part, places.get(id(part), "")) for index, part in enumerate(parts)]
    mail.parsed.attachment_octets = [part.octets or b"" for part in parts]


def links(mail: Mail) -> None:
    html_text = mail.html_text
    searched = [_searched(mail.text), _searched(html_text.text) if html_text.shows_url else ""]
    list_unsubscribe = decode_text(mail.header.first("list-unsubscribe"))
    mail.parsed.links = find_links(html_text, searched, list_unsubscribe, mail.parsed.subject)


def codes(mail: Mail) -> None:
    """Find one-time codes."""
    parsed = mail.parsed
    body, html = code_bodies(mail)
    parsed.otp_candidates = otp.find_codes(parsed.subject, body, html, sender(mail))
    parsed.otp = otp.best(parsed.otp_candidates)


def code_bodies(mail: Mail) -> tuple[otp.Body, Callable[[], otp.Body]]:
    """The text to search for codes, and what the HTML shows besides; the HTML is the text when there is no other.

    Laying out the HTML's text costs time, so it happens only when the finder asks for it.
    """

    def shown() -> otp.Body:
        return otp.Body(_searched(mail.html_text.text), mail.html_text.emphasised)

    return (otp.Body(_searched(mail.text)), shown) if mail.text else (shown(), otp.Body)


def sender(mail: Mail) -> str:
    """Name and address, which are no codes."""
    return f"{mail.parsed.from_name} {mail.parsed.from_address}"


def search_text(mail: Mail) -> None:
    """Fold what searches look into. The HTML's words, which are read once, without laying them out."""
    shown = mail.html_text.words
    mail.parsed.snippet = make_snippet(shown, mail.text)
    mail.parsed.folded = fold_texts(mail.parsed, shown, mail.text)


def status(mail: Mail) -> None:
    """`partial` when there is any warning; each warning once."""
    mail.parsed.warnings = list(dict.fromkeys(mail.warnings))[: limits.MAX_WARNINGS]
    mail.parsed.parse_status = "partial" if mail.parsed.warnings else "parsed"


Stage = Callable[[Mail], None]
STAGES: tuple[Stage, ...] = (
    read_header_section,
    line_lengths,
    read_structure,
    header_fields,
    choose_bodies,
    read_html,
    texts,
    attachments,
    links,
    codes,
    search_text,
    status,
)


def _mailboxes(header: header_section.HeaderSection, name: str, charset: str) -> list[tuple[str, str]]:
    """The mailboxes of all fields of that name: a second To field is forbidden, and its recipients are real."""
    found = [mailbox for value in header.every(name) for mailbox in read_mailboxes(value, charset)]
    return found[: limits.MAX_ADDRESSES]


def _addresses(mailboxes: list[tuple[str, str]]) -> list[str]:
    return [address for _, address in mailboxes]


def _tags(header: header_section.HeaderSection, charset: str, mailboxes: list[tuple[str, str]]) -> list[str]:
    """The tags that the mail itself names: in X-Tags, separated by commas, and behind the `+` of its addresses."""
    named = [tag for value in header.every("x-tags") for tag in decode_text(value, charset=charset).split(",")]
    plus = [tag for _, address in mailboxes for tag in plus_tags(address.rpartition("@")[0])]
    return clean_tags([*named, *plus]) if named or plus else []


def _searched(text: str) -> str:
    return text[: limits.MAX_SCANNED_CHARACTERS]


def _capped(body: str, warning: str, found: list[str]) -> str:
    """`body` within MAX_BODY_OCTETS of UTF-8; adds `warning` to `found` when it was cut."""
    limit = limits.MAX_BODY_OCTETS
    octets = body.encode() if 4 * len(body) > limit else b""
    if len(octets) <= limit:
        return body
    found.append(warning)
    return octets[:limit].decode("utf-8", "ignore")


def _attachment(index: int, part: Part, place: str) -> Attachment:
    octets = part.octets or b""
    return Attachment(
        index=index,
        filename=clean_filename(part.filename, part.content_type, index),
        content_type=part.content_type,
        size=len(octets),
        sha256=sha256(octets).hexdigest(),
        content_id=part.content_id,
        inline=part.disposition == "inline" or (part.content_id is not None and part.disposition != "attachment"),
        part_id=place,
        sha1=sha1(octets, usedforsecurity=False).hexdigest(),
        md5=md5(octets, usedforsecurity=False).hexdigest(),
    )
