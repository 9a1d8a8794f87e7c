"""One mail from octets to `Parsed`: the order of the steps, and what each contributes."""

from collections.abc import Generator, Sequence
from hashlib import sha256
from itertools import count

from mayfly.records.message import Attachment
from message_parser.domain import limits, otp
from message_parser.domain.addresses import read_mailboxes
from message_parser.domain.bodies import Bodies, choose_bodies
from message_parser.domain.dates import read_date
from message_parser.domain.encoded_words import decode_text
from message_parser.domain.filenames import clean_filename
from message_parser.domain.header_section import HeaderSection, read_header_section
from message_parser.domain.html import HtmlText, read_html
from message_parser.domain.links import find_links
from message_parser.domain.mime import read_parts
from message_parser.domain.parsed import Parsed
from message_parser.domain.part import Part
from message_parser.domain.preview import make_preview
from message_parser.errors import Unreadable

Stages = Generator[None, None, Parsed]


def parse(octets: bytes) -> Parsed:
    """Everything that can be read of a mail. Never raises for what a mail may hold.

    A mail whose structure cannot be read keeps its header fields: `partial`, with the reason.
    """
    return in_step([in_stages(octets)])[0]


def in_step(mails: Sequence[Stages]) -> list[Parsed]:
    """The results of mails that are taken through each stage together.

    A stage's code and tables then stay in the processor's caches: 15 % less time for 16 mails than one after the other
    (measured).
    """
    results: list[Parsed] = [Parsed()] * len(mails)
    under_way = dict(enumerate(mails))
    while under_way:
        for place, stages in list(under_way.items()):
            try:
                next(stages)
            except StopIteration as end:
                results[place] = end.value
                del under_way[place]
    return results


def in_stages(octets: bytes) -> Stages:
    """`parse`, stopping after each stage."""
    section = read_header_section(octets)
    warnings = list(section.warnings)
    yield
    parsed = _header_fields(section)
    yield
    try:
        root = read_parts(octets, section, warnings)
        yield
        bodies = choose_bodies(root)
    except Unreadable as unreadable:
        bodies = Bodies()
        parsed.parse_reason = unreadable.reason
        warnings.append(unreadable.reason)
    warnings += bodies.warnings
    yield
    html = "\n".join(bodies.htmls)
    laid_out = read_html(html) if html else HtmlText()
    if laid_out.cut:
        warnings.append("HTML nested too deep or with too many names: the rest was left out of the text")
    yield
    own_text = "\n".join(bodies.texts)
    parsed.text = _capped("text", own_text or laid_out.text, warnings)
    parsed.html = _capped("html", html, warnings)
    parsed.hidden_text = laid_out.hidden[: limits.MAX_HIDDEN_CHARACTERS]
    parsed.preview = make_preview(parsed.text, parsed.hidden_text)
    parsed.attachments = list(map(_attachment, count(), bodies.attachments))
    parsed.attachment_octets = [part.octets or b"" for part in bodies.attachments]
    yield
    texts = [_scanned(own_text), _scanned(laid_out.text) if "://" in laid_out.seen else ""]
    parsed.links = find_links(laid_out.anchors, texts, decode_text(section.first("list-unsubscribe")))
    yield
    parsed.otp_candidates = otp.find_codes(
        parsed.subject, _scanned(own_text or laid_out.text), lambda: _scanned(laid_out.text) if own_text else ""
    )
    parsed.otp = otp.best(parsed.otp_candidates)
    parsed.warnings = list(dict.fromkeys(warnings))[: limits.MAX_WARNINGS]
    parsed.parse_status = "partial" if parsed.warnings else "parsed"
    return parsed


def _header_fields(section: HeaderSection) -> Parsed:
    senders = read_mailboxes(section.first("from"))
    name, address = senders[0] if senders else ("", "")
    return Parsed(
        from_address=address,
        from_name=name,
        to=[address for _, address in read_mailboxes(section.first("to"))],
        cc=[address for _, address in read_mailboxes(section.first("cc"))],
        reply_to=[address for _, address in read_mailboxes(section.first("reply-to"))],
        subject=decode_text(section.first("subject"), 1000),
        date=read_date(section.first("date")),
        header_message_id=decode_text(section.first("message-id"), 998).strip("<>"),
        headers=[(name, decode_text(value)) for name, value in section.fields],
    )


def _scanned(text: str) -> str:
    return text[: limits.MAX_SCANNED_CHARACTERS]


def _capped(name: str, body: str, warnings: list[str]) -> str:
    limit = limits.MAX_BODY_OCTETS
    octets = body.encode() if 4 * len(body) > limit else b""
    if len(octets) <= limit:
        return body
    warnings.append(f"{name} cut at {limit} octets")
    return octets[:limit].decode("utf-8", "ignore")


def _attachment(index: int, part: Part) -> Attachment:
    octets = part.octets or b""
    return Attachment(
        index=index,
        filename=clean_filename(part.filename, part.content_type, index),
        content_type=part.content_type,
        size=len(octets),
        sha256=sha256(octets).hexdigest(),
        content_id=part.content_id,
        inline=part.disposition == "inline" or (part.content_id is not None and part.disposition != "attachment"),
    )
