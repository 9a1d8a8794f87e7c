"""Whether styles hide an element: inline styles, and single classes of a style sheet. Used by `automaton` and `layout`.

No CSS engine: it knows the tricks that mail uses for preheaders and traps (display:none, zero size, text in the colour
of its background), and counts everything else as visible.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

_HIDDEN = re.compile(
    r"display:none|visibility:hidden|opacity:0(?:\.0*)?(?:[;!]|$)"
    r"|max-height:[01](?:px)?(?:[;!]|$)|(?:^|;)(?:height|width):0(?:px)?(?:[;!].{0,500}overflow:hidden|$)|mso-hide:all(?:[;!]|$)"
    r"|text-indent:-\d{3,}|(?:left|top):-\d{4,}|clip:rect\(0"
)
# A size in relative units (em, %) stays what it is inside no size at all, which is how MJML sets tables up.
_FONT_SIZE = re.compile(
    r"(?:^|;)font-size:(?:(\d{1,4}(?:\.\d{0,6})?|\.\d{1,6})(px|pt|rem|em|%)?|([a-z-]{3,8}))(?:[;!]|$)"
)
_ABSOLUTE = ("px", "pt", "rem")
_SIZE_NAMES = frozenset(("xx-small", "x-small", "small", "medium", "large", "x-large", "xx-large"))
_SMALLEST_PX = 1
_COLOUR = re.compile(r"(?:^|;)color:([^;!]{1,40})")
_BACKGROUND = re.compile(r"(?:^|;)background(?:-color)?:([^;!]{1,200})")
_HEX = re.compile(r"#([0-9a-f]{3}|[0-9a-f]{6})\b")
_RGB = re.compile(r"rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})")
_NAMED = {"white": "ffffff", "black": "000000"}
_BLOCK_MARK = re.compile(r"[{};]")
_MAX_SELECTORS, _MAX_RULE = 2_000, 5_000  # characters of one rule
_CLASS = re.compile(r"[a-z0-9]{0,10}\.([\w-]{1,60})")
_KEEPS = frozenset(("", "none", "transparent", "inherit", "initial", "unset"))
_MAX_SHEET_CHARACTERS = 100_000
UNKNOWN = ""


class Colours(NamedTuple):
    """Colours in effect as six hexadecimal digits; UNKNOWN for images, gradients and other names."""

    colour: str = "000000"
    background: str = "ffffff"

    @property
    def hide_text(self) -> bool:
        return self.colour == self.background != UNKNOWN


class Style(NamedTuple):
    """What an inline style does to visibility. None: it does not set that colour, or no font size.

    `is_tiny`: the text has no size, which an element inside may undo.
    """

    hides: bool = False
    is_tiny: bool | None = None
    colour: str | None = None
    background: str | None = None

    def over(self, around: Colours) -> Colours:
        """The colours inside an element that has this style and is inside `around`."""
        return Colours(
            around.colour if self.colour is None else self.colour,
            around.background if self.background is None else self.background,
        )


@lru_cache(maxsize=1024)
def read_style(style: str, bgcolor: str = "", colour: str = "") -> Style:
    """Read an inline style and the old attributes `bgcolor` and (of `font`) `color`. Mails repeat few styles often."""
    squeezed = "".join(style.lower().split())
    background = _BACKGROUND.search(squeezed)
    text = _COLOUR.search(squeezed)
    return Style(
        hides=_HIDDEN.search(squeezed) is not None,
        is_tiny=_is_tiny(squeezed),
        colour=_declared(text.group(1) if text else colour),
        background=_declared(background.group(1) if background else bgcolor),
    )


def _is_tiny(squeezed: str) -> bool | None:
    """Whether a style gives its text no size; None if it says nothing about it or only relatively."""
    size = _FONT_SIZE.search(squeezed) if "font-size" in squeezed else None
    if size is None:
        return None
    number, unit, name = size.groups()
    if name is not None:
        return False if name in _SIZE_NAMES else None
    if float(number) <= (0 if unit in ("em", "%", "rem") else _SMALLEST_PX):
        return True
    return False if unit in _ABSOLUTE else None


def _declared(value: str) -> str | None:
    value = "".join(value.lower().split())
    return None if value in _KEEPS else _colour(value)


def _colour(value: str) -> str:
    match = _HEX.search(value)
    if match and "url(" not in value and "gradient" not in value:
        digits = match.group(1)
        return digits if len(digits) == 6 else "".join(2 * digit for digit in digits)  # noqa: PLR2004 - #rrggbb
    match = _RGB.match(value)
    if match:
        return "".join(f"{min(int(part), 255):02x}" for part in match.groups())
    return _NAMED.get(value, UNKNOWN)


def hidden_classes(sheet: str) -> frozenset[str]:
    """The classes that a style sheet hides on every device: rules inside @media do not count."""
    sheet = sheet[:_MAX_SHEET_CHARACTERS].lower()
    if "none" not in sheet and "hidden" not in sheet:
        return frozenset()
    names: set[str] = set()
    for selectors, body in _rules(_without_at_rules(sheet)):
        if _HIDDEN.search("".join(body.split())):
            for selector in selectors.split(","):
                match = _CLASS.fullmatch(selector.strip())
                if match:
                    names.add(match.group(1))
    return frozenset(names)


def _rules(sheet: str) -> Iterator[tuple[str, str]]:
    """The selectors and the declarations of each rule; rules with longer declarations than any mail's are left out."""
    *rules, _ = sheet.split("}")
    for rule in rules:
        before, brace, body = rule.rpartition("{")
        if brace and len(body) <= _MAX_RULE:
            yield before.rpartition("{")[2][-_MAX_SELECTORS:], body


def _without_at_rules(sheet: str) -> str:
    kept: list[str] = []
    position = 0
    while (start := sheet.find("@", position)) >= 0:
        kept.append(sheet[position:start])
        position = _block_end(sheet, start)
    kept.append(sheet[position:])
    return "".join(kept)


def _block_end(sheet: str, start: int) -> int:
    """Where the block or statement that begins at `start` ends."""
    depth = 0
    for match in _BLOCK_MARK.finditer(sheet, start):
        mark = match.group()
        depth += {"{": 1, "}": -1}.get(mark, 0)
        if depth <= 0 and mark != "{":
            return match.end()
    return len(sheet)
