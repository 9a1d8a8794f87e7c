"""The lines around a candidate: its own, those above and the one below. Used by `case`, `certain` and `layout`."""
# ruff: noqa: RUF001 - marks of many scripts

from collections.abc import Iterator

from message_parser.domain.otp import labels, shapes

_WRAPPED = 50  # mailers wrap near 72
_EDGES = " \t*_|[](){}<>«»\"'“”„‘’「」【】『』:.,;!-=~`•·>\u200b"
_LINE_ENDS = ".:!?。：？！"
_SENTENCE_ENDS = tuple(".!。！؟?？।")


def line_of(lowered: str, masked: str, candidate: shapes.Candidate) -> tuple[int, int]:
    """Start and end of the candidate's line, including the line before or after it where plain text was wrapped.

    A candidate alone on its line does not continue the line before it.
    """
    start = lowered.rfind("\n", 0, candidate.start) + 1
    end = lowered.find("\n", candidate.end)
    end = len(lowered) if end < 0 else end
    previous = lowered.rfind("\n", 0, max(start - 1, 0)) + 1
    is_wrapped = start - previous > _WRAPPED and lowered[start - 2 : start - 1] not in _LINE_ENDS
    if is_wrapped and not is_alone(masked, candidate):
        start = previous
    following = lowered.find("\n", end + 1)
    if end - start > _WRAPPED and lowered[end - 1 : end] not in _LINE_ENDS and lowered[end + 1 : end + 2].strip():
        end = len(lowered) if following < 0 else following
    return start, end


def is_alone(masked: str, candidate: shapes.Candidate) -> bool:
    """Whether only punctuation shares its line, and it is not the last word of a sentence that was wrapped."""
    start = masked.rfind("\n", 0, candidate.start) + 1
    end = masked.find("\n", candidate.end)
    end = len(masked) if end < 0 else end
    if masked[start : candidate.start].strip(_EDGES) or masked[candidate.end : end].strip(_EDGES):
        return False
    if masked[candidate.end : candidate.end + 1] not in (".", ",", ";", "。"):
        return True
    above = masked[masked.rfind("\n", 0, max(start - 1, 0)) + 1 : max(start - 1, 0)].rstrip()
    return len(above) <= _WRAPPED or above[-1] in _LINE_ENDS


def begins_line(masked: str, candidate: shapes.Candidate) -> bool:
    """Whether only punctuation stands before it on its line."""
    return not masked[masked.rfind("\n", 0, candidate.start) + 1 : candidate.start].strip(_EDGES)


def lines_above(lowered: str, position: int) -> Iterator[tuple[int, int]]:
    """Start and end of the lines with words above `position`, nearest first, within the reach of labels."""
    end, floor = lowered.rfind("\n", 0, position), position - labels.REACH_BEFORE
    while end > max(floor, 0):
        start = lowered.rfind("\n", 0, end) + 1
        if lowered[start:end].strip(_EDGES):
            yield max(start, floor), end
        end = start - 1


def line_below(lowered: str, position: int) -> tuple[int, int]:
    """Start and end of the next line with words, within the reach of labels."""
    ceiling = min(position + labels.REACH_AFTER, len(lowered))
    start = lowered.find("\n", position, ceiling)
    while 0 <= start < ceiling:
        end = lowered.find("\n", start + 1, ceiling)
        end = ceiling if end < 0 else end
        if lowered[start:end].strip(_EDGES + "\n"):
            return start, end
        start = end
    return ceiling, ceiling


def is_sentence(line: str) -> bool:
    """Whether it is a finished sentence: what it names is not on the line below."""
    return line.rstrip().endswith(_SENTENCE_ENDS)
