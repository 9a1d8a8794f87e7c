"""Whether styles make a text stand out, and whether an element looks like a button. Used by `automaton`.

As with `visibility`, there is no CSS engine: inline styles, the old attributes and the element's name decide.
"""

import re
from functools import lru_cache
from typing import NamedTuple

_LARGE_PX = 20
_TO_PX = {"px": 1.0, "pt": 4 / 3, "em": 16.0, "rem": 16.0, "%": 0.16}
_SPACED_PX = 1
_BOLD = 700
_LARGE_FONT = 5  # of <font size>; 4 is 18 px
_SIZE = re.compile(r"(?:^|;)font-size:(?:(\d{1,4}(?:\.\d{0,4})?)(px|pt|em|rem|%)|(x{1,3}-large))")
_WEIGHT = re.compile(r"(?:^|;)font-weight:(?:(\d{1,4})|(bold)|(normal|lighter))")
_SPACING = re.compile(r"(?:^|;)letter-spacing:(\d{0,3}(?:\.\d{0,4})?)(px|pt|em|rem|%)?")
_FAMILY = re.compile(r"(?:^|;)font-family:([^;]{1,200})")
_FIXED_WIDTH = re.compile(r"monospace|courier|consolas|menlo|monaco")
_BORDER = re.compile(r"(?:^|;)border:(?!0(?:px|pt)?(?:[;! ]|$)|[^;]{0,40}(?:none|hidden|transparent))[^;]{0,40}\d")
_ELEMENTS = {
    **dict.fromkeys(("h1", "h2", "h3", "big"), "is_large"),
    **dict.fromkeys(("b", "strong"), "is_bold"),
    **dict.fromkeys(("code", "tt", "kbd"), "is_fixed_width"),
}
_BUTTON_CLASS = re.compile(r"(?:^|[\s_-])(?:btn|button|cta)(?:[\s_-]|$)")
_NEAR_WHITE = 0xE8


class Font(NamedTuple):
    """What makes a text stand out, as it is in effect inside an element."""

    is_large: bool = False
    is_bold: bool = False
    is_spaced: bool = False
    is_fixed_width: bool = False


PLAIN = Font()


@lru_cache(maxsize=1024)
def read_font(name: str, style: str, size: str, around: Font) -> Font:
    """The font inside an element. `style`: its inline style, `size`: of <font>, `around`: the font of its parent."""
    font = around
    if name in _ELEMENTS:
        font = font._replace(**{_ELEMENTS[name]: True})
    if size:
        font = font._replace(is_large=size.strip("+").isdecimal() and _font_size(size) >= _LARGE_FONT)
    if "font" not in (lowered := style.lower()) and "letter" not in lowered:
        return font
    squeezed = "".join(lowered.split())
    if found := _SIZE.search(squeezed):
        font = font._replace(is_large=found.group(3) is not None or _pixels(found) >= _LARGE_PX)
    if found := _WEIGHT.search(squeezed):
        font = font._replace(is_bold=found.group(2) is not None or int(found.group(1) or 0) >= _BOLD)
    if found := _SPACING.search(squeezed):
        font = font._replace(is_spaced=_pixels(found) > _SPACED_PX)
    if found := _FAMILY.search(squeezed):
        font = font._replace(is_fixed_width=_FIXED_WIDTH.search(found.group(1)) is not None)
    return font


def _font_size(size: str) -> int:
    number = int(size.strip("+")[:4])
    return number + 3 if size.startswith("+") else number


def _pixels(length: re.Match[str]) -> float:
    number = length.group(1).rstrip(".")
    return float(number or 0) * _TO_PX[length.group(2) or "px"]


@lru_cache(maxsize=1024)
def has_border(style: str) -> bool:
    """Whether an inline style draws a border on all sides."""
    return "border" in style.lower() and _BORDER.search(" ".join(style.lower().split()).replace(": ", ":")) is not None


def is_button_class(classes: str) -> bool:
    return ("bt" in classes or "button" in classes or "cta" in classes) and bool(_BUTTON_CLASS.search(classes))


def is_paint(background: str) -> bool:
    """Whether a background in six hexadecimal digits is a colour that buttons have: not white or nearly white."""
    return background == "" or any(int(background[at : at + 2], 16) < _NEAR_WHITE for at in (0, 2, 4))
