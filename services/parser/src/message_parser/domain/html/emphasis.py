"""Turns the marks of emphasis in the visible stream into ranges of the text that is laid out. Used by `layout`."""

from collections.abc import Iterator

from message_parser.domain.html.automaton import BOX, BOX_END, BUTTON, EMPHASIS, PLAINNESS, QUOTE_MARK

_MAX_BOX = 60  # boxes of the layout hold more
_QUOTED_SPACE = f" \t\n\r\xa0\u3000{QUOTE_MARK}"


def of_small_boxes(visible: str) -> str:
    """`visible` with marks of emphasis around what stands alone in a small box, and without the marks of boxes."""
    *boxes, rest = visible.split(BOX_END)
    kept: list[str] = []
    for before in boxes:
        start = max(before.rfind(BOX), before.rfind(BUTTON))
        content = before[start + 1 :]
        is_small = start >= 0 and 0 < len(content) <= _MAX_BOX and "\n" not in content
        kept += (before[:start], EMPHASIS, content, PLAINNESS) if is_small else (before,)
    return "".join([*kept, rest]).replace(BOX, "").replace(BUTTON, "")


def next_to_words(visible: str) -> str:
    """`visible` with each mark directly before or after words, and none between blanks, which would keep them apart."""
    space = _QUOTED_SPACE if QUOTE_MARK in visible else None
    kept: list[str] = []
    gap = marks = ""
    for mark, piece in _pieces(visible):
        marks += mark
        words = piece.strip(space)
        if words:
            start = piece.index(words[0])
            closings, openings = _balance(marks)
            kept += (PLAINNESS * closings, gap, piece[:start], EMPHASIS * openings, words)
            gap, marks = piece[start + len(words) :], ""
        else:
            gap += piece
    return "".join([*kept, PLAINNESS * _balance(marks)[0], gap])


def _pieces(text: str) -> Iterator[tuple[str, str]]:
    """The pieces between marks, each with the mark before it."""
    mark = ""
    for chunk in text.split(EMPHASIS):
        for piece in chunk.split(PLAINNESS):
            yield mark, piece
            mark = PLAINNESS
        mark = EMPHASIS


def _balance(marks: str) -> tuple[int, int]:
    """How much of the emphasis before a run of marks ends there, and how much begins."""
    depth = lowest = 0
    for mark in marks:
        depth += 1 if mark == EMPHASIS else -1
        lowest = min(lowest, depth)
    return -lowest, depth - lowest


def taken_out(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The laid out text without its marks, and the ranges that they enclosed; none goes over a line end."""
    kept: list[str] = []
    ranges: list[tuple[int, int]] = []
    depth = position = 0
    for mark, piece in _pieces(text):
        depth += 1 if mark == EMPHASIS else -1 if mark else 0
        kept.append(piece)
        if depth > 0:
            start = position
            for line in piece.split("\n"):
                _add(ranges, start, line, is_begun=start == position)
                start += len(line) + 1
        position += len(piece)
    return "".join(kept), ranges


def _add(ranges: list[tuple[int, int]], start: int, line: str, *, is_begun: bool) -> None:
    """Add a line or a part of one; the mark of a quoted line does not stand out. `is_begun`: it may be a later part."""
    if not is_begun and line.startswith("> "):
        start, line = start + 2, line[2:]
    end = start + len(line)
    if line.strip():
        if ranges and ranges[-1][1] == start:
            start = ranges.pop()[0]
        ranges.append((start, end))
