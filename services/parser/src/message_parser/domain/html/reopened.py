"""Truncates markup that makes a browser write the same formatting elements again and again. Called by `engines`.

`<p><b id=1><b id=2></p>` leaves both `b` open, and a browser begins both again in every paragraph that follows (HTML
Standard section 13.2.4.3): 20 kB of such markup become a tree of hundreds of megabytes. Here their number is estimated,
never too low: an end tag counts only where all between it and its start tag is closed in order.
"""

import re
from collections import Counter

from message_parser.domain.html.markup import VOID

_FORMATTING = frozenset("a b big code em font i nobr s small strike strong tt u".split())  # noqa: SIM905
_EQUAL = 3  # equal elements that are begun again; of more, a browser forgets the first
_ENDS_NOTHING = _FORMATTING | {"span", "br", "img"}  # their start tags close no other element
_IMPLIED = frozenset("p li dd dt option td th tr tbody thead tfoot".split())  # noqa: SIM905 - need no end tag
# Elements whose content is no markup, or follows rules of its own.
_OPAQUE = frozenset(
    """
    applet frameset iframe marquee math noembed noframes noscript object plaintext script select style svg template
    textarea title xmp
    """.split()  # noqa: SIM905
)
_TAG = re.compile(r"<(?:!--(?!-?>)[^<>]*+(?<=--)>|(/?)([a-zA-Z][^ \t\n\r\f/>]*)([^>]*)>?|[!?/])")
_PLAIN = re.compile(r"""(?:\s++[^\s"'<>=/`]++(?:="[^"<>]*+"|='[^'<>]*+'|=[^\s"'=<>`]++)?)*+\s*+/?""")
_ELEMENT = 100  # characters that an element costs beside its tag
_MAX_CHARACTERS = 32 * 1024 * 1024


def truncate_reopened(html: str) -> str:
    """`html` up to the tag by which elements of more than _MAX_CHARACTERS may have been begun again."""
    tags = html.count("<")
    if tags * (tags * _ELEMENT + len(html)) // 4 <= _MAX_CHARACTERS:
        return html
    reopened, elements = 0, _Elements()
    for match in _TAG.finditer(html):
        closing, name, attributes = match.groups()
        if not name:
            if match.group() in ("<!", "<?", "</"):
                elements.forget()
            continue
        if name.isascii():  # a Kelvin sign is no `k` of `strike`
            name = name.lower()
        if closing:
            is_harmless = elements.end(name)
        else:
            elements.begin(name, attributes)
            is_harmless = name in _ENDS_NOTHING
        if not is_harmless:
            reopened += elements.cost
            if reopened > _MAX_CHARACTERS:
                return html[: match.start()]
    return html


class _Elements:
    """The formatting elements that a browser may have to begin again. `cost`: of doing it once, in characters."""

    def __init__(self) -> None:
        self.cost = 0
        self._largest_link = 0  # one link alone is open at a time: the next one closes it
        self._open: list[tuple[str, str]] = []  # name and tag; no tag for what is not begun again
        self._active: Counter[str] = Counter()

    def begin(self, name: str, attributes: str) -> None:
        """Begin an element."""
        if name in VOID:
            return
        tag = ""
        if name == "a":
            size = _ELEMENT + len(attributes)
            self.cost += max(0, size - self._largest_link)
            self._largest_link = max(size, self._largest_link)
        elif name in _FORMATTING:
            tag = f"{name} {attributes}"
            self._active[tag] += 1
            if self._active[tag] <= _EQUAL:
                self.cost += _ELEMENT + len(tag)
        self._open.append((name, tag))
        if name in _OPAQUE or not _PLAIN.fullmatch(attributes):
            self.forget()

    def end(self, name: str) -> bool:
        """End an element. Whether it was a formatting element and the innermost one, which ends no other."""
        stack = self._open
        while name not in _FORMATTING and stack and stack[-1][0] in _IMPLIED and stack[-1][0] != name:
            stack.pop()
        if not stack or stack[-1][0] != name:
            self.forget()
            return False
        _, tag = stack.pop()
        if tag:
            self._active[tag] -= 1
            if self._active[tag] < _EQUAL:
                self.cost -= _ELEMENT + len(tag)
        return name in _FORMATTING

    def forget(self) -> None:
        """Trust no end tag of what is open: those elements count as open up to the end of the mail."""
        self._open.clear()
