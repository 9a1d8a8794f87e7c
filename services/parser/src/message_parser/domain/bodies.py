"""Chooses the parts that a person reads as the message; all others are attachments (RFC 2046 section 5.1, RFC 2387).

Called by the stage `choose_bodies` with the tree that `mime` built.
"""

import re
from dataclasses import dataclass, field

from message_parser.domain import charsets, flowed, limits, mime, warnings
from message_parser.domain.charset_labels import codec_of
from message_parser.domain.header_section import read_header_section
from message_parser.domain.part import Part

_SKIPPED_ALTERNATIVES = frozenset({"text/x-amp-html", "text/watch-html", "text/enriched"})
_RANKS = {"text/plain": 0, "text/html": 1}
_SHOWN = frozenset({"text/plain", "text/html"})
_LINE_END = re.compile(r"\r{1,8}\n|\r")
_BINARY_KINDS = frozenset({"application", "image", "audio", "video", "font", "model", "chemical"})
_MAX_ENCLOSED = 5  # messages within messages
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


@dataclass(slots=True)
class Bodies:
    """`texts` and `htmls`: decoded bodies in reading order. `attachments`: every other leaf of the tree.

    `skipped`: alternatives for programs of special kinds, which are neither. `crlf`: types of bodies with CRLF.
    """

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    attachments: list[Part] = field(default_factory=list)
    skipped: list[Part] = field(default_factory=list)
    crlf: set[str] = field(default_factory=set)
    warnings: list[str] = field(default_factory=list)

    def is_readable(self) -> bool:
        """Whether there is text to show; HTML counts when it holds anything but blanks."""
        return bool(self.texts) or any(not html.isspace() for html in self.htmls if html)


def choose_bodies(root: Part, octets: bytes, body_start: int, depth: int = 0) -> Bodies:
    """Sort the leaves below `root` into bodies and attachments.

    `octets` from `body_start`: the message's body as received, shown when nothing else can be. `depth`: how many
    messages enclose this one.
    """
    bodies = Bodies()
    _sort(root, bodies, alternative=False)
    if not bodies.is_readable():
        _fall_back(root, bodies, octets[body_start:], depth)
    if len(bodies.attachments) > limits.MAX_ATTACHMENTS:
        bodies.warnings.append(warnings.ATTACHMENTS_CUT)
        del bodies.attachments[limits.MAX_ATTACHMENTS :]
    return bodies


def _sort(part: Part, bodies: Bodies, *, alternative: bool, is_choice: bool = False) -> None:
    """`alternative`: somewhere below a multipart/alternative; `is_choice`: directly below."""
    if part.octets is None:
        is_choice = part.content_type == "multipart/alternative"
        for child in part.children:
            _sort(child, bodies, alternative=alternative or is_choice, is_choice=is_choice)
    elif alternative and part.content_type in _SKIPPED_ALTERNATIVES:
        bodies.skipped.append(part)
    elif part.content_type not in _SHOWN or part.disposition == "attachment" or (part.filename and not is_choice):
        bodies.attachments.append(part)
    else:
        _show(part, bodies)


def _show(part: Part, bodies: Bodies) -> None:
    text = _text(part, bodies)
    if part.content_type == "text/html":
        bodies.htmls.append(text)
    elif text.strip():
        bodies.texts.append(text)


def _fall_back(root: Part, bodies: Bodies, raw_body: bytes, depth: int) -> None:
    """What is the only readable part of a mail is its body, whatever its type, disposition or name.

    A text part that only has a file name becomes the body; other parts stay attachments and are shown as well.
    """
    named = [part for part in bodies.attachments if part.content_type in _SHOWN and part.disposition != "attachment"]
    for part in _preferred(named):
        _show(part, bodies)
        if bodies.is_readable():
            bodies.attachments = [kept for kept in bodies.attachments if kept is not part]
            return
    if depth < _MAX_ENCLOSED and any(_show_enclosed(part, bodies, depth) for part in bodies.attachments):
        return
    for part in _preferred([part for part in bodies.attachments if _is_text(part)] + bodies.skipped):
        shown = Part("text/html" if _is_html(part) else "text/plain", part.parameters, octets=part.octets)
        _show(shown, bodies)
        if bodies.is_readable():
            if not part.content_type.startswith("text/"):
                bodies.warnings.append(warnings.SHOWN_OTHER)
            return
    if not bodies.attachments and raw_body.strip() and root.octets is None:
        bodies.warnings.append(warnings.SHOWN_RAW)
        _show(Part("text/plain", {}, octets=raw_body), bodies)


def _show_enclosed(part: Part, bodies: Bodies, depth: int) -> bool:
    """Show the bodies of an enclosed message, as in a mail that forwards another without a word."""
    if part.content_type not in mime.MESSAGES or not part.octets:
        return False
    header = read_header_section(part.octets)
    if not header.fields:
        return False
    found: list[str] = [warnings.SHOWN_ENCLOSED, *header.warnings]
    inner = choose_bodies(mime.read_parts(part.octets, header, found), part.octets, header.body_start, depth + 1)
    if not inner.is_readable():
        return False
    bodies.texts, bodies.htmls, bodies.crlf = inner.texts, inner.htmls, inner.crlf
    bodies.warnings += found + inner.warnings
    return True


def _preferred(parts: list[Part]) -> list[Part]:
    """Plain text before HTML before other text before the rest; the order of the mail within each."""
    return sorted(
        parts, key=lambda part: _RANKS.get(part.content_type, 2 + (not part.content_type.startswith("text/")))
    )


def _is_html(part: Part) -> bool:
    return part.content_type in ("text/html", "application/xhtml+xml", "text/x-amp-html")


def _is_text(part: Part) -> bool:
    """Whether a person can read the octets: by their declaration, or because hardly any of them occur in no text."""
    if part.content_type.partition("/")[0] not in _BINARY_KINDS or part.parameters.get("charset"):
        return True
    start = (part.octets or b"")[:4096]
    if not start.strip() or len(_CONTROL.findall(start)) * 100 > len(start):
        return False
    return charsets.is_utf_8(start) or len(_BEYOND_ASCII.findall(start)) * 4 < len(start)


def _text(part: Part, bodies: Bodies) -> str:
    octets = (part.octets or b"")[: 4 * limits.MAX_BODY_CHARACTERS]
    charset = part.parameters.get("charset", "")
    if part.content_type == "text/html" and not codec_of(charset):
        charset = charsets.declared_in_html(octets) or charset
    text, warning = charsets.decode(octets, charset)
    if warning:
        bodies.warnings.append(warning)
    if part.content_type == "text/plain" and part.parameters.get("format", "").lower() == "flowed":
        text = flowed.unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    # Faster than `replace`, and than a newline decoder plus a search for CR (measured).
    lines = text.split("\r\n")
    if len(lines) > 1:
        bodies.crlf.add(part.content_type)
    text = "\n".join(lines)
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    if "\0" in text:
        text = text.replace("\0", "")
    return text.removeprefix("\ufeff")
