"""Reads the addresses in bodies of Mailpit's API (RFC 5322, section 3.4.1): `a@b`, `"a b"@c` or `Name <a@b>`. Pure."""

import re

_LONGEST = 1_000
_ATOM = r"[^\s\x00-\x20\x7f()<>@,;:\\\".\[\]]+"
_DOT_ATOM = rf"{_ATOM}(?:\.{_ATOM})*"
_QUOTED = r'"(?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*"'
_LITERAL = r"\[[^\[\]\\\s]*\]"
_ADDRESS = re.compile(rf"(?:{_DOT_ATOM}|{_QUOTED})@(?:{_DOT_ATOM}|{_LITERAL})")


def address_in(text: str) -> str | None:
    """The address, without a name before it; None if there is none, or more than one."""
    text = text.strip()[:_LONGEST]
    if text.endswith(">"):
        text = text[text.rfind("<") + 1 : -1].strip() if "<" in text else ""
    return text if _ADDRESS.fullmatch(text) else None
