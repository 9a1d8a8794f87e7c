"""Chooses the parts that a person reads as the message; all others are attachments (RFC 2046 section 5.1, RFC 2387).

Called by the stage `choose_bodies` with the tree that `mime` built.
"""

from dataclasses import dataclass, field
from io import IncrementalNewlineDecoder

from message_parser.domain import charsets, flowed, limits
from message_parser.domain.part import Part

_SKIPPED_ALTERNATIVES = frozenset({"text/x-amp-html", "text/watch-html", "text/enriched"})


@dataclass(slots=True)
class Bodies:
    """`texts` and `htmls`: decoded bodies in reading order. `attachments`: every other leaf of the tree."""

    texts: list[str] = field(default_factory=list)
    htmls: list[str] = field(default_factory=list)
    attachments: list[Part] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def choose_bodies(root: Part) -> Bodies:
    """Sort the leaves below `root` into bodies and attachments."""
    bodies = Bodies()
    _sort(root, bodies, alternative=False)
    if len(bodies.attachments) > limits.MAX_ATTACHMENTS:
        bodies.warnings.append(f"more than {limits.MAX_ATTACHMENTS} attachments: the rest was left out")
        del bodies.attachments[limits.MAX_ATTACHMENTS :]
    return bodies


def _sort(part: Part, bodies: Bodies, *, alternative: bool) -> None:
    if part.octets is None:
        for child in part.children:
            _sort(child, bodies, alternative=alternative or part.content_type == "multipart/alternative")
    elif alternative and part.content_type in _SKIPPED_ALTERNATIVES:
        return
    elif not _is_readable(part):
        bodies.attachments.append(part)
    elif part.content_type == "text/html":
        bodies.htmls.append(_text(part, bodies))
    else:
        text = _text(part, bodies)
        if text.strip():
            bodies.texts.append(text)


def _is_readable(part: Part) -> bool:
    return part.content_type in ("text/plain", "text/html") and part.disposition != "attachment" and not part.filename


def _text(part: Part, bodies: Bodies) -> str:
    octets = part.octets or b""
    if len(octets) > 4 * limits.MAX_BODY_CHARACTERS:
        octets = octets[: 4 * limits.MAX_BODY_CHARACTERS]
    charset = part.parameters.get("charset", "")
    if part.content_type == "text/html" and not charset:
        charset = charsets.declared_in_html(octets)
    text, warning = charsets.decode(octets, charset)
    if warning:
        bodies.warnings.append(warning)
    if part.content_type == "text/plain" and part.parameters.get("format", "").lower() == "flowed":
        text = flowed.unflow(text, delete_space=part.parameters.get("delsp", "").lower() == "yes")
    # One pass for CRLF and CR; three times as fast as two replacements (measured).
    text = IncrementalNewlineDecoder(None, translate=True).decode(text, final=True)
    return text.replace("\0", "").removeprefix("\ufeff")
