"""Makes declared file names safe to show, to log and to save. Called by the stage `attachments`."""

import re
import unicodedata

from message_parser.domain import limits

_SEPARATORS = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)")  # device names of Windows
_EXTENSIONS = {
    "message/rfc822": ".eml",
    "text/calendar": ".ics",
    "text/plain": ".txt",
    "text/html": ".html",
    "application/ms-tnef": ".dat",
    "application/pdf": ".pdf",
    "image/png": ".png",
    "image/jpeg": ".jpg",
    "image/gif": ".gif",
}


def clean_filename(declared: str, content_type: str, index: int) -> str:
    """The last path segment, without control, format (RTL override) and reserved characters. Never empty."""
    name = unicodedata.normalize(
        "NFC", _SEPARATORS.split(declared[: 4 * limits.MAX_FILENAME_CHARACTERS].rstrip("/\\"))[-1]
    )
    name = "".join(character for character in name if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co"))
    name = _FORBIDDEN.sub("_", " ".join(name.split())).strip(". ")
    if not name:
        return f"attachment-{index}{_EXTENSIONS.get(content_type, '')}"
    if _RESERVED.match(name):
        name = "_" + name
    return _shortened(name)


def _shortened(name: str) -> str:
    """At most 200 characters and 240 octets (file systems allow 255); the extension is kept."""
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension) > 10:  # noqa: PLR2004 - anything longer is not an extension
        stem, dot, extension = name, "", ""
    stem = stem[: limits.MAX_FILENAME_CHARACTERS - len(dot + extension)]
    while len((stem + dot + extension).encode()) > 240:  # noqa: PLR2004
        stem = stem[:-1]
    return stem + dot + extension
