"""Guesses the media type of an attachment whose sender names none, by its first octets (WHATWG MIME Sniffing). Pure."""

import re

_START_OCTETS = 512
_MARKS = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"BM", "image/bmp"),
    (b"%PDF-", "application/pdf"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1f\x8b\x08", "application/x-gzip"),
)
_HTML = re.compile(rb"(?i)\s*<(?:!doctype html|html|head|body|script|title|table|div|p|h1|br|!--)[\s>]")
_XML = re.compile(rb"\s*<\?xml")
_BINARY = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def media_type_in(octets: bytes) -> str:
    """The media type, without parameters."""
    start = octets[:_START_OCTETS]
    for mark, media_type in _MARKS:
        if start.startswith(mark):
            return media_type
    if start[:4] == b"RIFF" and start[8:14] == b"WEBPVP":
        return "image/webp"
    if _HTML.match(start):
        return "text/html"
    if _XML.match(start):
        return "text/xml"
    return "application/octet-stream" if _BINARY.search(start) else "text/plain"
