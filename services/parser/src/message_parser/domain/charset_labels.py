"""Says which codec reads a charset that a mail declares. Called by `charsets` and `bodies`.

As in the WHATWG Encoding Standard, a label means what its senders send: ISO-8859-1 is windows-1252,
GB2312 is GB18030, EUC-KR is code page 949. Sets that the standard replaces for browsers are decoded here.
"""

import re
import tomllib
from encodings.aliases import aliases
from functools import lru_cache
from importlib.resources import files

_CODECS = {
    label: codec
    for codec, labels in tomllib.loads(files(__package__).joinpath("charset_labels.toml").read_text("utf-8")).items()
    for label in labels.split()
}
# Code pages of the IANA registry that Python reads under its own names. Its registry also holds codecs that are no
# charsets, some of them with quadratic cost (punycode, idna); none of those is reached.
_CODE_PAGE = re.compile(r"(?:ibm|cp|csibm|cspc|windows|dos)?(\d{3,5})")
_PAGES = (37, 273, 424, 437, 500, 720, 737, 775, 850, 852, *range(855, 859), *range(860, 866), 869, 875, 1006, 1026)
_CODE_PAGES = frozenset(f"{page:03}" for page in (*_PAGES, 1125, 1140))
_NO_LETTER = re.compile(r"[^a-z0-9]")
_UNINFORMATIVE = frozenset(
    {"", "usascii", "ascii", "ansix341968", "iso646us", "us", "unknown8bit", "xunknown", "unknown", "undefined", "null"}
    | {"binary", "8bit", "7bit", "default", "none", "auto", "any", "utf", "charset"}
)


@lru_cache(maxsize=1024)
def codec_of(declared: str) -> str | None:
    """The codec of a declared charset; "" when the declaration says nothing, None when it is unknown."""
    name = declared[:80].lower().partition(";")[0].strip().strip("\"'").partition("*")[0]
    label = _NO_LETTER.sub("", name.removeprefix("charset="))
    if label in _UNINFORMATIVE:
        return ""
    if label in _CODECS:
        return _CODECS[label]
    page = _CODE_PAGE.fullmatch(label)
    if page:
        number = page.group(1).lstrip("0") if len(page.group(1)) > 3 else page.group(1)  # noqa: PLR2004
        return f"cp{number}" if number in _CODE_PAGES else _CODECS.get("cp" + number)
    known = aliases.get(name.replace("-", "_").replace(" ", "_"))
    return _CODECS.get(_NO_LETTER.sub("", known)) if known else None
