"""What a failed call says to the model: which part failed and what can be done. Never a key, nor a text of a mail."""

from __future__ import annotations

from urllib.parse import urlsplit

from mayfly_mail import (
    Forbidden,
    Gone,
    MayflyError,
    NotFound,
    QuotaExceeded,
    RateLimited,
    Unauthorized,
    Unavailable,
)
from mayfly_mcp.untrusted import one_line

_ARGUMENTS = {"local_part": "name", "from": "sender", "to": "recipient", "for": "within_seconds"}
"""Fields of the API whose arguments have other names here."""
_NEW_INBOX = "create_inbox makes a new one."
_ADVICE: tuple[tuple[type[MayflyError], str], ...] = (
    (Unauthorized, "The API key is missing or wrong: set MAYFLY_API_KEY in the settings of this MCP server."),
    (Forbidden, "The API key may not do that."),
    (NotFound, f"No such inbox or message, or the key may not see it. Inboxes end by themselves: {_NEW_INBOX}"),
    (Gone, f"It has ended, or the cursor is too old: list_messages has a new cursor. If the inbox ended, {_NEW_INBOX}"),
    (QuotaExceeded, "A limit of the account's plan is reached: delete_inbox frees an inbox."),
    (RateLimited, "Too many calls: wait a little."),
)


def told(error: MayflyError, url: str) -> str:
    """Return one line about the failure of a call to Mayfly at `url`."""
    if isinstance(error, Unavailable):
        return f"{_reason(error)}. Is Mayfly running, and is MAYFLY_URL ({place(url)}) right?"
    if _reason(error).endswith("?"):  # whatever answered is not Mayfly
        return f"{_reason(error)} MAYFLY_URL is {place(url)}"
    advice = next((advice for kind, advice in _ADVICE if isinstance(error, kind)), "")
    return f"{_reason(error)}. {advice}".rstrip()


def place(url: str) -> str:
    """Return scheme, host and port of a URL: what stands before an @ in it may be a password."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{parts.port}" if parts.port else f"{parts.scheme}://{host}"


def _reason(error: MayflyError) -> str:
    text = one_line(str(error), 500).rstrip(".") or type(error).__name__
    field, colon, rest = text.partition(": ")
    return f"{_ARGUMENTS[field]}: {rest}" if colon and field in _ARGUMENTS else text
