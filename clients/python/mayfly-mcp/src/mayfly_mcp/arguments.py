"""Types of the tools' arguments with the descriptions that models read, and what is made of the arguments that came."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Any

from mcp.server.mcpserver.exceptions import ToolError
from pydantic import Field, ValidationError

LONGEST_WAIT = 55
"""Seconds. Many clients give up on a call after 60, and then nothing that came would be known."""
LONGEST_PROOF = 40
"""Seconds. The gateway may take 15 more until it has read all that had arrived by then."""
LONGEST_TEXT = 20_000
"""Characters of one body in one answer. Clients refuse answers of more than about 25,000 tokens."""

Address = Annotated[
    str, Field(description="Address (or id) of the inbox, as create_inbox returned it", min_length=1, max_length=320)
]
MessageId = Annotated[str, Field(description="message_id of an earlier answer", min_length=1, max_length=100)]
After = Annotated[
    int | None,
    Field(
        description="Cursor of an earlier answer: only mail that came after it counts, the oldest first. "
        "Without it mail that is already there counts, the newest first.",
        ge=0,
    ),
]
Timeout = Annotated[
    float,
    Field(description="Seconds to wait at most. To wait longer, call again with the cursor.", ge=0, le=LONGEST_WAIT),
]
Within = Annotated[float, Field(description="Seconds to keep watching", ge=0, le=LONGEST_PROOF)]
_PATTERN = "in any case; or re: and a regular expression"
Sender = Annotated[
    str, Field(description=f"Only mail whose sender's address or name has this, {_PATTERN}", max_length=512)
]
Recipient = Annotated[
    str, Field(description="Only mail to a recipient whose address has this; for spaces and +tags", max_length=512)
]
Subject = Annotated[str, Field(description=f"Only mail whose subject has this, {_PATTERN}", max_length=512)]
Body = Annotated[str, Field(description=f"Only mail whose text or HTML has this, {_PATTERN}", max_length=512)]
UrlContains = Annotated[str, Field(description="Only a link whose URL has this", max_length=512)]
LinkText = Annotated[str, Field(description="Only a link whose text has this, in any case", max_length=512)]
LinkKind = Annotated[str, Field(description="Only a link of this kind, such as verify, reset or magic", max_length=50)]
HasOtp = Annotated[bool | None, Field(description="Only mail with (true) or without (false) a one-time code")]
HasLink = Annotated[bool | None, Field(description="Only mail with (true) or without (false) a link")]
MaxCharacters = Annotated[
    int, Field(description="How many characters of the text to return at most", ge=1, le=LONGEST_TEXT)
]
Start = Annotated[
    int, Field(description="From which character of the text on: text.end of the last answer, to read on", ge=0)
]

_EMPTY = ("", None)


def given(arguments: Mapping[str, Any], schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that say something. Raises ToolError for one that the tool does not know.

    Models and proxies fill in what they leave out: with null, with "", and (for what is no text) with "null".
    """
    known = schema.get("properties", {})
    required = schema.get("required", ())
    for name in arguments:
        if name not in known:
            raise ToolError(_unknown(name, known))
    return {
        name: value
        for name, value in arguments.items()
        if name in required or not (value in _EMPTY or (value == "null" and known[name].get("type") != "string"))
    }


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    near = get_close_matches(name, known, 1)
    meant = f"did you mean {near[0]}? " if near else ""
    return f"{name[:100]}: no such argument; {meant}Known: {', '.join(known)}"


def identifier(name: str, value: str) -> str:
    """Return an id or address without blanks around it. Raises ToolError for what could be none."""
    value = value.strip()
    if not value.isprintable() or " " in value or value in ("", ".", ".."):
        raise ToolError(f"{name}: no id or address")
    return value


def explained(error: ValidationError) -> str:
    """Return what is wrong with which argument. The values are not repeated: they may be long, or secret."""
    parts = (f"{'.'.join(map(str, each['loc']))}: {each['msg'].lower()}" for each in error.errors(include_input=False))
    return "; ".join(parts)
