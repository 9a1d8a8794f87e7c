"""Writes forms with files (RFC 7578), the body of `operations.inject_message`."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Attachment:
    """A file of a mail; without a `content_type` its name decides."""

    filename: str
    content: bytes = field(repr=False)
    content_type: str | None = None

    @classmethod
    def read(cls, path: str | Path) -> Attachment:
        """Read a file from disk."""
        return cls(Path(path).name, Path(path).read_bytes())


def octets_or_form(
    raw: bytes | None, raw_type: str, fields: Mapping[str, str | None], files: Iterable[Attachment]
) -> tuple[bytes, str]:
    """Return body and content type: `raw` as it is, or else a form."""
    files = list(files)
    if raw is None:
        return form(fields, files)
    if files or any(value is not None for value in fields.values()):
        raise ValueError("a raw message is sent as it is: give either `raw` or the fields of a form")
    return raw, raw_type


def form(fields: Mapping[str, str | None], files: Iterable[Attachment]) -> tuple[bytes, str]:
    """Return a form's body and content type; fields that are None are left out."""
    parts = [*_parts(fields, files)]
    boundary = _boundary(parts)
    body = b"".join(b"--%b\r\n%b\r\n" % (boundary, part) for part in parts) + b"--%b--\r\n" % boundary
    return body, f"multipart/form-data; boundary={boundary.decode()}"


def _parts(fields: Mapping[str, str | None], files: Iterable[Attachment]) -> Iterator[bytes]:
    for name, value in fields.items():
        if value is not None:
            yield f'Content-Disposition: form-data; name="{_quoted(name)}"\r\n\r\n{value}'.encode()
    for file in files:
        kind = file.content_type or mimetypes.guess_type(file.filename)[0] or "application/octet-stream"
        if not kind.isprintable():
            raise ValueError("a content type has no control characters")
        name = f'name="attachments"; filename="{_quoted(file.filename)}"'
        yield f"Content-Disposition: form-data; {name}\r\nContent-Type: {kind}\r\n\r\n".encode() + file.content


def _quoted(name: str) -> str:
    """Quote a name as browsers do (HTML, 4.10.21.8), so that no name ends its line or its quotes."""
    return name.replace("\n", "%0A").replace("\r", "%0D").replace('"', "%22")


def _boundary(parts: list[bytes]) -> bytes:
    """Return a line that no part has; the same parts have the same, so that a form can be sent again under its key."""
    digest = hashlib.sha256(b"\n".join(parts))
    while True:
        boundary = b"mayfly-" + digest.hexdigest()[:32].encode()
        if not any(boundary in part for part in parts):
            return boundary
        digest.update(boundary)
