"""Decodes octets to text: by the declared charset, unless the octets show that the declaration is missing or wrong.

Called for bodies, encoded words and parameters. `charset_labels` says which codec reads a declared charset.
"""

import codecs
import re

from message_parser.domain import effort, iso2022, vendors, warnings
from message_parser.domain.charset_labels import codec_of

_GUESSED_OCTETS = 16 * 1024
_STEPS_PER_GUESS = 1_000
_GUESSABLE_OCTETS = 32  # of fewer octets statistics say nothing
# What mail without a declaration is written in. Latin sets differ in few letters: telling them apart takes more text.
_LATIN = ("cp1252", "cp1250", "cp1254", "cp1257")
_OTHER_SCRIPTS = (
    "cp1251",
    "koi8_r",
    "cp1253",
    "cp1255",
    "cp1256",
    "cp874",
    "gb18030",
    "big5",
    "cp932",
    "euc_jp",
    "cp949",
)
_GUESSED = [*_LATIN, *_OTHER_SCRIPTS]
_LEAST_FOR_LATIN, _LEAST_FOR_OTHER_SCRIPTS = 12, 4  # octets beyond ASCII
_BEYOND_ASCII = re.compile(rb"[\x80-\xff]")
_WIDE = ("utf-16", "utf-32")
_SEVEN_BIT = frozenset({"utf-7", "hz", "iso-2022"})
_NOT_ASCII = frozenset({"utf-7", "hz", "cp037", "cp273", "cp424", "cp500", "cp875", "cp1026", "cp1140"})
# UTF-8 often is text in these sets too, and the other way round: only octets that are not in the set overrule it.
_MULTI_OCTET = frozenset({"gb18030", "big5", "euc-jp", "shift_jis", "cp949", "johab"})
_LATIN_SETS = frozenset(
    {"cp1250", "cp1252", "cp1254", "cp1257", "cp1258"} | {f"iso8859-{n}" for n in (2, 3, 4, 10, 13, 14, 15, 16)}
)
# A capital with an accent at the end of a word in capitals, and a space or sign that may follow a word.
_CAPITALS_AND_SIGN = re.compile(
    rb"(?<=[A-Z])[\xc2-\xdf](?:\xa0|[\x85\x92\x94\x96\x97\x99\xa9\xae\xb0\xb2\xb3\xb9\xbb](?![A-Za-z\x80-\xff]))"
)
_TWO_OCTETS = re.compile("[\0-\u07ff]*")  # characters that have at most two octets in UTF-8
_LATIN_WORD = re.compile(rb"[A-Za-z][\xc0-\xff](?!\Z)|[\xc0-\xff][A-Za-z]")
_MULTI_OCTET_UTF8 = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_CODECS = {"shift_jis": "cp932", "big5": "cp950"}
_META = re.compile(rb"(?i)<meta[^>]{0,200}?charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([a-z0-9_.:-]{1,40})")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def decode_declared(octets: bytes, charset: str) -> str:
    """`decode` without the warning."""
    return decode(octets, charset)[0]


def decode_raw(octets: bytes, charset: str) -> str:
    """Raw octets of a header field: UTF-8, else the charset that the body declares, else windows-1252.

    Escape sequences of ISO 2022 say themselves what they are.
    """
    if octets.isascii() and iso2022.is_iso_2022(octets):
        return iso2022.decode(octets)
    text = _strictly(octets, "utf-8")
    if text is None:
        codec = codec_of(charset)
        text = _strictly(octets, codec) if codec and codec != "utf-8" else None
    return octets.decode("cp1252", "replace") if text is None else text


def is_utf_8(octets: bytes) -> bool:
    """Whether the octets are UTF-8; a character that is cut off at the end does not count."""
    try:
        octets.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(octets) - 4
    return True


def decode(octets: bytes, charset: str) -> tuple[str, str | None]:
    """The text, and a warning if the charset was missing, wrong or unknown. Undecodable octets become U+FFFD."""
    codec = codec_of(charset)
    if octets.isascii() and b"\x1b" not in octets and b"\0" not in octets and _reads_ascii(codec):
        return octets.decode("ascii"), warnings.CHARSET_UNKNOWN if codec is None else None
    if not codec:
        text, was_utf_8 = _undeclared(octets)
        if codec is not None and was_utf_8 and octets.isascii():
            return text, None
        undeclared = warnings.CHARSET_UNDECLARED_UTF8 if was_utf_8 else warnings.CHARSET_UNDECLARED
        return text, warnings.CHARSET_UNKNOWN if codec is None else undeclared
    shown = _shown(octets, codec)
    if shown is not None:
        return shown, warnings.CHARSET_UTF8 if not iso2022.is_iso_2022(octets) else warnings.CHARSET_OVERRULED
    declared = _strictly(octets, codec)
    return (declared, None) if declared is not None else _damaged(octets, codec)


def _reads_ascii(codec: str | None) -> bool:
    """Whether the codec reads ASCII octets as ASCII."""
    return codec is None or not (codec.startswith(_WIDE) or codec in _NOT_ASCII)


def _shown(octets: bytes, codec: str) -> str | None:
    """The text when the octets themselves plainly contradict the declaration; None when they do not."""
    if codec.startswith(_WIDE):
        return _strictly(octets, "utf-8") if b"\0" not in octets else None
    if codec in _SEVEN_BIT:
        return None
    if octets.isascii():
        return iso2022.decode(octets) if iso2022.is_iso_2022(octets) else None
    if codec == "utf-8" or codec in _MULTI_OCTET:
        return None
    text = _strictly(octets, "utf-8")
    return text if text is not None and _was_meant(text, octets, codec) else None


def _was_meant(text: str, octets: bytes, codec: str) -> bool:
    """Whether octets that are UTF-8 by their form are meant so, although a set of one octet a character is declared.

    Few words have that form: `CAFE` with an accent and a sign after it, and short ones of Thai and Russian.
    Read as UTF-8 they give a letter that occurs in no text of that set.
    """
    if codec in _LATIN_SETS:
        return not _CAPITALS_AND_SIGN.sub(b"", octets).isascii() or _has_letter_of(codec, text)
    return (codec != "cp874" and not _TWO_OCTETS.fullmatch(text)) or _has_letter_of(codec, text)


def _has_letter_of(codec: str, text: str) -> bool:
    return any(_is_in(codec, character) for character in set(text) if not character.isascii())


def _is_in(codec: str, character: str) -> bool:
    try:
        return bool(character.encode(codec))
    except (UnicodeEncodeError, LookupError):
        return False


def _strictly(octets: bytes, codec: str) -> str | None:
    """The text, or None if an octet is not in the charset."""
    try:
        if codec == "iso-2022":
            text = iso2022.decode(octets)
            return None if "\ufffd" in text else text
        if codec == "utf-16":
            return _utf_16(octets)
        if codec == "utf-7":
            # UTF-7 can encode lone surrogates, which cannot be stored as UTF-8.
            return octets.decode("utf-7").encode("utf-8", "replace").decode()
        return vendors.decode(octets, _CODECS.get(codec, codec))
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _utf_16(octets: bytes) -> str:
    """Without a mark, the zeros of Latin text show the order of the octets; else it is little endian (WHATWG)."""
    if octets.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return octets.decode("utf-16")
    start = octets[:1024]
    return octets.decode("utf-16-be" if start[::2].count(0) > start[1::2].count(0) else "utf-16-le")


def _damaged(octets: bytes, codec: str) -> tuple[str, str]:
    """Text that is not in its declared charset: UTF-8, a guess, or damaged."""
    if codec == "iso-2022" and iso2022.is_iso_2022(octets):
        return iso2022.decode(octets), warnings.CHARSET_DAMAGED
    if codec != "utf-8":
        text = _strictly(octets, "utf-8")
        if text is not None:
            return text, warnings.CHARSET_UTF8
    elif not _MULTI_OCTET_UTF8.search(octets) and _is_latin(octets):
        return _undeclared(octets)[0], warnings.CHARSET_OVERRULED
    if codec == "iso-2022":
        return iso2022.decode(octets), warnings.CHARSET_DAMAGED
    return octets.decode(_CODECS.get(codec, codec), "replace"), warnings.CHARSET_DAMAGED


def _is_latin(octets: bytes) -> bool:
    """Whether octets beyond ASCII stand within words, or there are enough to tell; not the rest of a cut character."""
    return _LATIN_WORD.search(octets) is not None or len(octets) >= _GUESSABLE_OCTETS


def _undeclared(octets: bytes) -> tuple[str, bool]:
    """The text, and whether it is UTF-8."""
    for mark, codec in _MARKS:
        if octets.startswith(mark):
            return octets.decode(codec, "replace"), codec == "utf-8"
    if octets.isascii() and iso2022.is_iso_2022(octets):
        return iso2022.decode(octets), False
    if _is_utf_16(octets):
        return _strictly(octets, "utf-16") or octets.decode("latin-1"), False
    text = _strictly(octets, "utf-8")
    return (text, True) if text is not None else (octets.decode(_guess(octets), "replace"), False)


def _is_utf_16(octets: bytes) -> bool:
    """Latin text in UTF-16 has a zero in every other octet."""
    start = octets[:1024]
    return len(start) >= 4 and max(start[::2].count(0), start[1::2].count(0)) * 5 > len(start) * 2  # noqa: PLR2004


def _guess(octets: bytes) -> str:
    """The most likely codec; windows-1252 unless there is enough text for statistics to contradict it."""
    beyond_ascii = len(_BEYOND_ASCII.findall(octets, 0, _GUESSED_OCTETS))
    sample = octets[:_GUESSED_OCTETS]
    if beyond_ascii < _LEAST_FOR_OTHER_SCRIPTS or not effort.spend(_STEPS_PER_GUESS + len(sample)):
        return "cp1252"
    # Imported on demand: that takes 30 ms, and few mails need it.
    from charset_normalizer import from_bytes

    best = from_bytes(sample, cp_isolation=_GUESSED).best()
    if best is None or (best.encoding in _LATIN and beyond_ascii < _LEAST_FOR_LATIN):
        return "cp1252"
    return best.encoding


def declared_in_html(octets: bytes) -> str:
    """The charset that a `<meta>` in the first 4 KiB declares, "" if there is none."""
    match = _META.search(octets[:4096])
    return match.group(1).decode("ascii") if match else ""
