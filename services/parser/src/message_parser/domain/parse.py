"""One mail from octets to `Parsed`: the order of the steps, and what each contributes."""

from hashlib import sha256

from mayfly.store.message import Attachment
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


def parse(octets: bytes) -> Parsed:
    """Everything that can be read of a mail. Never raises for what a mail may hold.

    A mail whose structure cannot be read keeps its header fields: `partial`, with the reason.
    """
    section = read_header_section(octets)
    parsed = _header_fields(section)
    warnings = list(section.warnings)
    try:
        bodies = choose_bodies(read_parts(octets, section, warnings))
    except Unreadable as unreadable:
        bodies = Bodies()
        parsed.parse_reason = unreadable.reason
        warnings.append(unreadable.reason)
    warnings += bodies.warnings
    _fill_bodies(parsed, bodies, decode_text(section.first("list-unsubscribe")), warnings)
    _fill_attachments(parsed, bodies.attachments)
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


def _fill_bodies(parsed: Parsed, bodies: Bodies, list_unsubscribe: str, warnings: list[str]) -> None:
    html = "\n".join(bodies.htmls)
    laid_out = read_html(html) if html else HtmlText()
    if laid_out.cut:
        warnings.append("HTML nested too deep: the rest was left out of the text")
    own_text = "\n".join(bodies.texts)
    parsed.text = _capped("text", own_text or laid_out.text, warnings)
    parsed.html = _capped("html", html, warnings)
    parsed.hidden_text = laid_out.hidden[: limits.MAX_HIDDEN_CHARACTERS]
    parsed.preview = make_preview(parsed.text, parsed.hidden_text)
    scanned = [own_text[: limits.MAX_SCANNED_CHARACTERS], laid_out.text[: limits.MAX_SCANNED_CHARACTERS]]
    parsed.links = find_links(laid_out.anchors, scanned, list_unsubscribe)
    text, html_text = scanned if own_text else (scanned[1], "")
    parsed.otp_candidates = otp.find_codes(parsed.subject, text, html_text)
    parsed.otp = otp.best(parsed.otp_candidates)


def _capped(name: str, body: str, warnings: list[str]) -> str:
    limit = limits.MAX_BODY_OCTETS
    octets = body.encode() if 4 * len(body) > limit else b""
    if len(octets) <= limit:
        return body
    warnings.append(f"{name} cut at {limit} octets")
    return octets[:limit].decode("utf-8", "ignore")


def _fill_attachments(parsed: Parsed, parts: list[Part]) -> None:
    for index, part in enumerate(parts):
        octets = part.octets or b""
        parsed.attachments.append(
            Attachment(
                index=index,
                filename=clean_filename(part.filename, part.content_type, index),
                content_type=part.content_type,
                size=len(octets),
                sha256=sha256(octets).hexdigest(),
                content_id=part.content_id,
                inline=part.disposition == "inline"
                or (part.content_id is not None and part.disposition != "attachment"),
            )
        )
        parsed.attachment_octets.append(octets)
