"""Text from mails and servers, made harmless for a terminal and fit for one line or one cell."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

HOSTILE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, among them ESC and the one-octet CSI
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # marks that turn the direction of text round
    "\u2028\u2029\ud800-\udfff]"
)
BREAKS = re.compile("[\t\n]")
SHORT = {"\r": "\\r", "\n": "\\n", "\t": "\\t"}
UNITS = {"": 1.0, "ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|)", re.IGNORECASE)


def neutral(text: str) -> str:
    r"""Write control characters, escape sequences and direction marks out (`\x1b`); line feeds and tabs stay."""
    return HOSTILE.sub(_written_out, text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    r"""Return `neutral` text without a line feed or tab: these are written out too (`\n`)."""
    return BREAKS.sub(_written_out, neutral(text))


def _written_out(found: re.Match[str]) -> str:
    character = found.group()
    if character in SHORT:
        return SHORT[character]
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"  # noqa: PLR2004 - two digits are enough


def duration(text: str) -> float:
    """Return the seconds of `30`, `500ms`, `10m`, `1h` or `2d`. Raises ValueError with the known forms."""
    found = DURATION.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a duration: {text!r} (known: 30, 500ms, 30s, 10m, 1h, 2d)")
    return float(found.group(1)) * UNITS[found.group(2).lower()]


def lifetime(text: str) -> int | None:
    """Return the seconds of a duration, or None for `never`."""
    return None if text.strip().lower() == "never" else round(duration(text))


def left(until: datetime | None, now: datetime | None = None) -> str:
    """Return how long it is until a moment: `59m`, `2d`, `ended`; `never` for None."""
    if until is None:
        return "never"
    rest = until - (now or datetime.now(timezone.utc))
    if rest <= timedelta(0):
        return "ended"
    seconds = rest.total_seconds()
    name, length = next((unit for unit in (("d", 86400), ("h", 3600), ("m", 60)) if seconds >= 2 * unit[1]), ("s", 1))
    return f"{int(seconds // length)}{name}"


def clock(moment: datetime | None, now: datetime | None = None) -> str:
    """Return a moment in the local time zone: of today its time, else its day too; `-` for None."""
    if moment is None:
        return "-"
    local = moment.astimezone()
    is_today = local.date() == (now or datetime.now(timezone.utc)).astimezone().date()
    return local.strftime("%H:%M:%S" if is_today else "%Y-%m-%d %H:%M")
