"""Composes a mail from texts and files. Called by messages.inject, in a thread.

The email package takes 100 ms for each MiB, much of it in single calls during which no other thread runs: a large form
would hold the event loop for seconds. So what is large is left out of what it writes, and put in afterwards.
"""

import binascii
import secrets
from collections.abc import Iterator, Sequence
from email.message import EmailMessage

from api_gateway.refusals import BadInput

_LARGE = 64 * 1024
_LINE_OCTETS, _LINE_CHARACTERS = 57, 76  # the longest line of Base64 (RFC 2045 section 6.8)
_LINES_AT_ONCE = 4096
_PLACEHOLDER_OCTETS = 24  # one line


def set_header(message: EmailMessage, name: str, value: str) -> None:
    """Set a header field. Raises BadInput for a value that cannot be one."""
    if not value.isprintable():
        raise BadInput("must not contain control characters", field=name.lower())
    try:
        message[name] = value
    except (ValueError, IndexError) as error:
        raise BadInput("not a valid header value", field=name.lower()) from error


def compose(message: EmailMessage, text: str, html: str | None, files: Sequence[tuple[str, str, bytes]]) -> bytes:
    """The mail with these texts and files (filename, content type, octets) below the header of `message`."""
    left_out: list[tuple[bytes, bytes]] = []

    def standing_for(octets: bytes) -> bytes:
        if len(octets) <= _LARGE:
            return octets
        left_out.append((secrets.token_bytes(_PLACEHOLDER_OCTETS), octets))
        return left_out[-1][0]

    if len(text) <= _LARGE:
        message.set_content(text)
    else:
        message.set_content(standing_for(_lines(text)), "text", "plain", params={"charset": "utf-8"})
    if html is not None and len(html) <= _LARGE:
        message.add_alternative(html, subtype="html")
    elif html is not None:
        message.add_alternative(standing_for(_lines(html)), "text", "html", params={"charset": "utf-8"})
    for filename, content_type, octets in files:
        main, sub = media_type_of(content_type)
        name = "".join(c for c in filename if c.isprintable())[:200] or "attachment"
        message.add_attachment(standing_for(octets), maintype=main, subtype=sub, filename=name)
    return b"".join(_completed(message.as_bytes(), left_out))


def _completed(octets: bytes, left_out: Sequence[tuple[bytes, bytes]]) -> Iterator[bytes]:
    rest = octets
    for placeholder, octets_left_out in left_out:
        before, _, rest = rest.partition(binascii.b2a_base64(placeholder, newline=False))
        yield before
        yield b"\r\n".join(base64_lines(octets_left_out))
    yield rest


def base64_lines(octets: bytes) -> Iterator[bytes]:
    """The octets in Base64, in lines without their ends."""
    view = memoryview(octets)
    for start in range(0, len(view), _LINE_OCTETS * _LINES_AT_ONCE):
        encoded = binascii.b2a_base64(view[start : start + _LINE_OCTETS * _LINES_AT_ONCE], newline=False)
        yield from (encoded[at : at + _LINE_CHARACTERS] for at in range(0, len(encoded), _LINE_CHARACTERS))


def _lines(text: str) -> bytes:
    return b"".join(line + b"\r\n" for line in text.encode(errors="replace").splitlines())


def media_type_of(content_type: str) -> tuple[str, str]:
    """Type and subtype; those of any octets where `content_type` is not of that form."""
    main, _, sub = content_type.partition("/")
    if not (main.isalnum() and sub and sub.replace("-", "").replace(".", "").replace("+", "").isalnum()):
        return "application", "octet-stream"
    return main, sub
