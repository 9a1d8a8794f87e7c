"""Finds what locates things in a text: URLs, mail addresses, host names, file names, query strings. Used by `engine`.

Nobody reads the words of `https://shop.test/verify?t=1`. So they are no labels and no signals, their digits are no
code, and their marks part no sentences: `engine` puts blanks in their place.
"""

import re
from collections.abc import Iterator, Sequence

from message_parser.domain.wrapped_urls import find_wrapped_urls

Range = tuple[int, int]

# Stops at characters of scripts that are written without spaces, because there the next word follows a URL directly.
_STOP = r"\s<>\"\x00-\x1f\u200b-\u200f\u2028-\u202e\u2060\u2e80-\uffff"
_REST = re.compile(rf"[^{_STOP}]{{1,8192}}")
_LETTER = r"[^\W\u2e80-\uffff]"
_LABEL = rf"(?:{_LETTER}|-){{1,63}}"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL}){{0,8}}")
_PATH = re.compile(rf"(?::\d{{2,5}})?[/?#][^{_STOP}]{{1,8192}}|:\d{{2,5}}")
# What stands before a mark, read backwards.
_SCHEME = re.compile(r"[A-Za-z0-9+.\-]{0,31}[A-Za-z]")
_FOOTNOTE = re.compile(r"[ ]{0,2}:?\]\d{1,3}\[")
_FIRST_LABELS = re.compile(rf"(?:{_LETTER}|[.-]){{1,100}}")
_LOCAL_PART = re.compile(rf"(?:{_LETTER}|[.+*•%=-]){{1,64}}")
_FIRST_FIELD = re.compile(rf"[\w.\[\]-]{{1,60}}[?&][^{_STOP}]{{0,300}}")
_REACH, _SHORT = 400, 32

_DOT = re.compile(rf"\.(?={_LETTER})")
_AT = re.compile(rf"@(?={_LETTER})")
# The rest of a URL that a mailer broke: it begins the next line, and has what only URLs have.
_BROKEN = re.compile(
    rf"\r?\n(?!\S{{0,32}}://)(?:[^{_STOP}?&=%]{{0,2000}}[?&=%][^{_STOP}]{{0,2000}}|[^{_STOP}/]{{0,500}}/[^{_STOP}]{{0,500}}(?=\s?\n|\Z))"
)
_LONG_LINE, _MOST_LINES = 60, 40  # mailers break near 72 characters
_BRACKETS = {"(": ")", "[": "]", "{": "}"}
_TRAILING = ".,;:!?'…\u060c\u061b\u061f\u0964*_~|`)]}\u00bb\u00ab\u2018\u2019\u201c\u201d\u201e\u2039\u203a"
# A name with one dot is a host if it ends like one; `code.Enter it` is the end of one sentence and the next.
_TOP_LEVEL = frozenset(
    """
    com net org edu gov mil int info biz name pro app dev cloud online site store shop xyz email tech page link live
    news blog club space world today agency digital media network company finance bank health travel jobs mobi asia
    example test invalid localhost local internal lan
    """.split()  # noqa: SIM905
)
_FILES = frozenset(
    """
    png jpg jpeg gif svg webp bmp ico tiff heic pdf html htm xhtml php asp aspx jsp cgi css js json xml txt csv ics eml
    msg vcf zip gz tar rar doc docx xls xlsx ppt pptx odt rtf mp3 mp4 mov avi apk exe dmg
    """.split()  # noqa: SIM905
)
# Countries' whose mails are many. Not `nr`: it ends `Org.nr` and `Reg.nr`.
_COUNTRIES = frozenset(
    """
    ae ai ar at au be bg br by ca ch cl cn co cy cz de dk ee eg es eu fi fm fr ge gg gr hk hr hu id ie il in io ir
    is it jp ke kr kz lt lu lv ly ma me mx my ng nl no nz pe ph pk pl pt qa ro rs ru sa se sg si sk so th tn to tr tv
    tw ua uk us uy ve vn za
    """.split()  # noqa: SIM905
)
_NUMBER_BEHIND = re.compile(r"[.:# ]{0,3}\d")  # `Ref.no 4821`
_CERTAIN = 3  # labels: no two sentences look like that


def find_locators(text: str) -> list[Range]:
    """Start and end of what locates things, in order, without overlaps.

    A last line that binds a code to a site (`@example.com #123456`) is none.
    """
    last = text.rstrip().rfind("\n") + 1
    if text.startswith("@", last) and " #" in text[last:]:
        text = text[:last]
    found = [*_urls(text), *_mailboxes(text), *_hosts(text), *_queries(text)]
    found.sort()
    merged: list[Range] = []
    for start, end in found:
        if merged and start < merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def blanked(text: str, ranges: Sequence[Range]) -> str:
    """The text with blanks in the place of the ranges, of equal length; line ends in them stay."""
    pieces: list[str] = []
    position = 0
    for start, end in ranges:
        lines = text[start:end].split("\n")
        pieces += text[position:start], "\n".join([" " * len(line) for line in lines])
        position = end
    return "".join([*pieces, text[position:]])


def _before(pattern: re.Pattern[str], text: str, position: int, floor: int, reach: int = _REACH) -> int:
    """Where begins what `pattern`, which reads backwards, finds right before `position`; `position` if nothing."""
    found = pattern.match(text[max(floor, position - reach) : position][::-1])
    return position - found.end() if found else position


def _urls(text: str) -> Iterator[Range]:
    """URLs, with the mark of the footnote that they are."""
    mark, end = text.find("://"), 0
    if mark >= 0 and ("<" in text or "&lt;" in text):
        yield from ((url.start, url.end) for url in find_wrapped_urls(text))
    while mark >= 0:
        start = _before(_SCHEME, text, mark, end, _SHORT)
        if start < mark and (rest := _REST.match(text, mark)):
            floor, end = end, _end(text, start, rest.end())
            yield _before(_FOOTNOTE, text, start, floor, _SHORT), end
        mark = text.find("://", max(mark + 3, end))


def _end(text: str, start: int, stop: int) -> int:
    """Where a URL ends that has no white space before `stop`: before the bracket that closes the one before it."""
    opening = text[start - 1 : start]
    if closing := _BRACKETS.get(opening):
        depth = 0
        for position in range(start, stop):
            depth += (text[position] == opening) - (text[position] == closing)
            if depth < 0:
                return position
    if stop - text.rfind("\n", 0, start) > _LONG_LINE:
        stop = _end_of_broken(text, stop)
    return start + len(text[start:stop].rstrip(_TRAILING))


def _end_of_broken(text: str, stop: int) -> int:
    for _ in range(_MOST_LINES):
        following = _BROKEN.match(text, stop)
        if following is None:
            break
        stop = following.end()
    return stop


def _mailboxes(text: str) -> Iterator[Range]:
    """Addresses, and names of accounts: `orders@shop.example`, `@shop`."""
    end = 0
    for mark in _AT.finditer(text) if "@" in text else ():
        if mark.start() >= end and (host := _HOST.match(text, mark.end())):
            floor, end = end, host.end()
            yield _before(_LOCAL_PART, text, mark.start(), floor), end


def _hosts(text: str) -> Iterator[Range]:
    """Host names, with what follows them up to white space, and names of files."""
    end = 0
    for dot in _DOT.finditer(text):
        if dot.start() < end:
            continue
        start = _before(_FIRST_LABELS, text, dot.start(), end)
        host = _HOST.match(text, start)
        end = dot.end()
        if host is None or host.end() < end:
            continue
        end = host.end()
        if _is_host(host.group(), text, end):
            path = _PATH.match(text, end)
            end = _end(text, start, path.end()) if path else end
            yield start, end


def _is_host(host: str, text: str, end: int) -> bool:
    """Whether it, which ends at `end`, is the name of a host or of a file."""
    labels = host.rstrip("-_").split(".")
    last = labels[-1]
    ending = last.lower()
    if ending in _FILES:
        return True
    if not last.isalpha() or not (last.islower() or host.isupper()):
        return False
    if labels[0].isdigit():  # `482193.it expires` is a code and a sentence
        return ending == "com" or (len(labels) >= _CERTAIN and labels[1].isalpha() and ending in _TOP_LEVEL)
    if ending in _TOP_LEVEL or labels[0].lower() == "www" or text.startswith("/", end):
        return True
    if ending in _COUNTRIES and not _NUMBER_BEHIND.match(text, end):
        return True
    return len(labels) >= _CERTAIN and all(len(label) > 1 for label in labels)


def _queries(text: str) -> Iterator[Range]:
    """Query strings without a host: `/verify?from=shop`."""
    mark, end = text.find("="), 0
    while mark >= 0:
        start = _before(_FIRST_FIELD, text, mark, end)
        if start < mark and (rest := _REST.match(text, mark)):
            end = rest.end()
            yield start, end
        mark = text.find("=", max(mark + 1, end))
