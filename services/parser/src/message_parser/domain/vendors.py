"""Characters that vendors added to EUC-JP and Big5, and that senders use. Python's codecs for the two lack them.

Called by `charsets` and `iso2022`. Source: the indexes of the WHATWG Encoding Standard, which have them.
"""

import codecs

from message_parser.domain import effort

_HANDLER = "mayfly-vendor-characters"
_CODECS = frozenset({"euc-jp", "cp950"})
_STEPS = 2  # that one character costs


def _vendor_character(error: UnicodeError) -> tuple[str, int]:
    """An error handler of the codec registry."""
    if not isinstance(error, UnicodeDecodeError) or not effort.spend(_STEPS):
        raise error
    pair = error.object[error.start : error.start + 2]
    if len(pair) < 2 or min(pair) < 0x40 or pair[0] < 0x81:  # noqa: PLR2004
        raise error
    try:
        if error.encoding.replace("-", "_") == "euc_jp":
            return _shift_jis(pair[0] & 0x7F, pair[1] & 0x7F).decode("cp932"), error.start + 2
        return pair.decode("big5hkscs"), error.start + 2
    except (UnicodeDecodeError, ValueError):
        raise error from None


codecs.register_error(_HANDLER, _vendor_character)


def decode(octets: bytes, codec: str) -> str | None:
    """The text, or None if an octet is not in the charset, vendors' characters included."""
    try:
        return octets.decode(codec, _HANDLER if codec in _CODECS else "strict")
    except (UnicodeDecodeError, LookupError, ValueError):
        return None


def _shift_jis(row: int, cell: int) -> bytes:
    """A character of JIS X 0208 (row and cell of 0x21 to 0x7E) in Shift_JIS, whose codec knows the vendors' characters.

    Raises ValueError when there is none.
    """
    lead = (row + 1) // 2 + (0x70 if row <= 0x5E else 0xB0)  # noqa: PLR2004 - JIS X 0208 annex 1
    shift = 0x7E if row % 2 == 0 else 0x1F if cell < 0x60 else 0x20  # noqa: PLR2004
    return bytes((lead, cell + shift))
