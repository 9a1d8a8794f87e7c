"""What Mailpit's routes need (edge.admission), and how they answer changes."""

from collections.abc import Mapping
from typing import Any

from litestar import Response

PLAIN, UTF_8 = "text/plain", "text/plain; charset=utf-8"
"""Mailpit names the charset of some texts and not of others, and clients compare."""
READ: dict[str, Any] = {"scope": "mailboxes:read", "consistent": True}
WRITE: dict[str, Any] = {"scope": "mailboxes:write", "consistent": True}


def text(body: str, status: int, headers: Mapping[str, str] | None = None, *, media_type: str = PLAIN) -> Response[str]:
    """A response of text, of exactly this media type."""
    return Response(body, status_code=status, headers={"content-type": media_type, **(headers or {})})


def ok() -> Response[str]:
    """The answer to a change."""
    return text("ok", 200)
