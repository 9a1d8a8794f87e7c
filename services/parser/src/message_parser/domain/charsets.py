"""Decodes octets to text: by the declared charset if mail uses it, else by a guess.

Called for bodies, encoded words and parameters. Only charsets named here reach a codec: Python's registry also has
codecs that are no charsets, some of them with quadratic cost (punycode, idna).
"""

import re

_KNOWN = re.compile(
    r"utf-?(?:7|8|16|32)(?:-?[bl]e)?|utf-?8-sig|(?:us-)?ascii|iso-?8859-?\d{1,2}(?:-[ie])?|latin-?[1-9]|windows-?\d{3,4}|cp-?\d{3,5}"
    r"|koi8-?[rtu]|gb2312|gbk|gb18030|hz(?:-gb-2312)?|big5(?:-?hkscs)?|euc-?(?:jp|kr|cn|tw)|iso-?2022-?(?:jp|kr)(?:-\w{1,4})?"
    r"|shift[_-]?jis|sjis|ks_c_5601(?:-1987)?|tis-?620|mac(?:intosh|-?(?:roman|cyrillic|greek|turkish))"
)
# What senders declare: what they send (the same mapping as in the WHATWG Encoding Standard).
_MEANT = {
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc-cn": "gb18030",
    "ks_c_5601": "cp949",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-6-i": "iso-8859-6",
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "macintosh": "mac-roman",
}
_UNINFORMATIVE = frozenset({"", "us-ascii", "ascii", "unknown-8bit", "x-unknown", "binary", "8bit", "default"})
_GUESSED_OCTETS = 16 * 1024


def decode_declared(octets: bytes, charset: str) -> str:
    """`decode` without the warning."""
    return decode(octets, charset)[0]


def decode(octets: bytes, charset: str) -> tuple[str, str | None]:
    """The text, and a warning if the charset was wrong or unknown. Undecodable octets become U+FFFD."""
    if not octets:
        return "", None
    declared = charset.strip().strip("\"'").lower()
    if declared in _UNINFORMATIVE:
        return _undeclared(octets), None
    codec = _MEANT.get(declared, declared)
    if codec == declared and not _KNOWN.fullmatch(declared):
        return _undeclared(octets), "unknown charset: guessed"
    try:
        # UTF-7 can encode lone surrogates, which cannot be stored as UTF-8.
        return octets.decode(codec).encode("utf-8", "replace").decode() if "7" in codec else octets.decode(codec), None
    except UnicodeDecodeError:
        return _damaged(octets, codec)
    except (LookupError, ValueError):
        return _undeclared(octets), "unknown charset: guessed"


def _damaged(octets: bytes, codec: str) -> tuple[str, str | None]:
    try:
        return octets.decode("utf-8"), "not in the declared charset: read as UTF-8"
    except UnicodeDecodeError:
        return octets.decode(codec, "replace"), "octets outside the declared charset were replaced"


def _undeclared(octets: bytes) -> str:
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError:
        return octets.decode(_guess(octets), "replace")


def _guess(octets: bytes) -> str:
    # Imported on demand: that takes 30 ms, and few mails need it.
    from charset_normalizer import from_bytes

    best = from_bytes(octets[:_GUESSED_OCTETS], cp_exclusion=["utf_7", "utf_16", "utf_32"]).best()
    return best.encoding if best else "cp1252"


_META = re.compile(rb"(?i)<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?([a-z0-9_.:-]{1,40})")


def declared_in_html(octets: bytes) -> str:
    """The charset that a `<meta>` in the first 4 KiB declares, "" if there is none."""
    match = _META.search(octets[:4096])
    return match.group(1).decode("ascii") if match else ""
