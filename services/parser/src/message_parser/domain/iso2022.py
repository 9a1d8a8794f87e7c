"""Decodes the 7-bit charsets of ISO 2022 that mail uses: ISO-2022-JP with its extensions, ISO-2022-KR, ISO-2022-CN.

Called by `charsets`. Sources: RFC 1468, RFC 1554, RFC 2237, RFC 1557, RFC 1922, and the WHATWG Encoding Standard for
what senders put into ISO-2022-JP beyond its definition: the characters that NEC and IBM added to JIS X 0208, and
half-width katakana. Python's codecs refuse those.
"""

import re

from message_parser.domain import effort, vendors

_SHIFT = re.compile(rb"\x1b(?:\$?[()*][0-9A-Za-z@]|\$[@AB]|[NO])|[\x0e\x0f]")
# Terminals also switch to ASCII (`ESC ( B`), and programs that colour their output write that into mail.
_DESIGNATION = re.compile(rb"\x1b(?:\$[@AB]|\$[()][0-9A-Za-z@]|\([IJ])")
_STEPS = (b"\n", b"\x1b", b"\x0e", b"\x0f")
_SETS = {
    b"\x1b$@": "jis x 0208",
    b"\x1b$B": "jis x 0208",
    b"\x1b$(@": "jis x 0208",
    b"\x1b$(B": "jis x 0208",
    b"\x1b$(Q": "jis x 0208",  # JIS X 0213 plane 1 is a superset
    b"\x1b$(O": "jis x 0208",
    b"\x1b$(D": "jis x 0212",
    b"\x1b$A": "gb 2312",
    b"\x1b$(A": "gb 2312",
    b"\x1b$(C": "ks x 1001",
    b"\x1b(I": "katakana",
}
_CODECS = {"jis x 0208": "euc-jp", "gb 2312": "gb18030", "ks x 1001": "cp949", "katakana": "cp932"}
_THREE_OCTETS = re.compile(rb"([\xa1-\xfe]{2})")
_SHIFTED_SETS = {b"\x1b$)A": "gb 2312", b"\x1b$)C": "ks x 1001", b"\x1b$)E": "gb 2312"}
_HIGH = bytes.maketrans(bytes(range(0x21, 0x7F)), bytes(range(0xA1, 0xFF)))


def is_iso_2022(octets: bytes) -> bool:
    """Whether there is an escape sequence that designates a charset."""
    return b"\x1b" in octets and _DESIGNATION.search(octets) is not None


def decode(octets: bytes) -> str:
    """The text; what is not in the designated charset becomes U+FFFD. A line begins in ASCII (RFC 1468)."""
    if not effort.spend(sum(map(octets.count, _STEPS))):
        # An attack, or not worth the time: Python's codec reads it.
        return octets.decode("iso2022_jp_ext", "replace")
    if b"\n" in octets and b"\x0e" not in octets:
        return "\n".join([_decode_line(line) for line in octets.split(b"\n")])
    return _decode_line(octets)


def _decode_line(octets: bytes) -> str:
    pieces: list[str] = []
    plain, shifted = "", "katakana"
    is_shifted = False
    last = 0
    for match in _SHIFT.finditer(octets):
        pieces.append(_decode_run(octets[last : match.start()], shifted if is_shifted else plain))
        last = match.end()
        shift = match.group()
        if shift in (b"\x0e", b"\x0f"):
            is_shifted = shift == b"\x0e"
        elif shift in _SHIFTED_SETS:
            shifted = _SHIFTED_SETS[shift]
        elif shift[:2] != b"\x1b)":
            plain = _SETS.get(shift, "")
    pieces.append(_decode_run(octets[last:], shifted if is_shifted else plain))
    return "".join(pieces)


def _decode_run(run: bytes, charset: str) -> str:
    if not run:
        return ""
    if not charset:
        return run.decode("cp932", "replace")
    high = run.translate(_HIGH)
    if charset == "jis x 0212":
        return _THREE_OCTETS.sub(b"\x8f\\1", high).decode("euc-jp", "replace")
    return vendors.decode(high, _CODECS[charset]) or high.decode(_CODECS[charset], "replace")
