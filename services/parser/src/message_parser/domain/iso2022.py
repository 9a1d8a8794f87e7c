"""Decodes the 7-bit charsets of ISO 2022 that mail uses: ISO-2022-JP with its extensions, ISO-2022-KR, ISO-2022-CN.

Called by `charsets`. Sources: RFC 1468, RFC 1554, RFC 2237, RFC 1557, RFC 1922, and the WHATWG Encoding Standard for
what senders put into ISO-2022-JP beyond its definition: the characters that NEC and IBM added to JIS X 0208, and
half-width katakana. Python's codecs refuse those.
"""

import re

_SHIFT = re.compile(rb"\x1b(?:\$?[()*][0-9A-Za-z@]|\$[@AB]|[NO])|[\x0e\x0f]")
_DESIGNATION = re.compile(rb"\x1b(?:\$[@AB]|\$?[()][0-9A-Za-z@])")
_PAIRS = re.compile(rb"(?:[\x21-\x7e]{2})+")
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
_SHIFTED_SETS = {b"\x1b$)A": "gb 2312", b"\x1b$)C": "ks x 1001", b"\x1b$)E": "gb 2312"}
_HIGH = bytes.maketrans(bytes(range(0x80)), bytes(range(0x80, 0x100)))


def is_iso_2022(octets: bytes) -> bool:
    """Whether there is an escape sequence that designates a charset."""
    return b"\x1b" in octets and _DESIGNATION.search(octets) is not None


def decode(octets: bytes) -> str:
    """The text; what is not in the designated charset becomes U+FFFD. A line begins in ASCII (RFC 1468)."""
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
    if charset == "katakana":
        return run.translate(_HIGH, b"\r\n").decode("cp932", "replace") if run.strip() else run.decode("ascii")
    if not charset:
        return run.decode("cp932", "replace")
    pieces: list[str] = []
    last = 0
    for match in _PAIRS.finditer(run):
        pieces.append(run[last : match.start()].decode("ascii", "replace"))
        pieces.append(_decode_pairs(match.group(), charset))
        last = match.end()
    pieces.append(run[last:].decode("ascii", "replace"))
    return "".join(pieces)


def _decode_pairs(pairs: bytes, charset: str) -> str:
    if charset == "jis x 0208":
        return shift_jis(pairs).decode("cp932", "replace")
    high = pairs.translate(_HIGH)
    if charset == "jis x 0212":
        return b"".join([b"\x8f" + high[at : at + 2] for at in range(0, len(high), 2)]).decode("euc-jp", "replace")
    return high.decode("gb18030" if charset == "gb 2312" else "cp949", "replace")


def shift_jis(pairs: bytes) -> bytes:
    """JIS X 0208 codes (two octets of 0x21 to 0x7E each) as Shift_JIS, whose codec knows the vendors' characters."""
    octets = bytearray()
    for row, cell in zip(pairs[::2], pairs[1::2], strict=False):
        lead = (row + 1) // 2 + (0x70 if row <= 0x5E else 0xB0)  # noqa: PLR2004 - JIS X 0208 annex 1
        shift = 0x7E if row % 2 == 0 else 0x1F if cell < 0x60 else 0x20  # noqa: PLR2004
        octets += bytes((lead, cell + shift))
    return bytes(octets)
