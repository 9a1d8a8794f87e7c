"""Decides which number in a mail is the one-time code, and with what evidence (docs/extraction.md).

subject, text, visible HTML -> normal form -> mask what is clearly something else, and quotes -> candidates by shape
-> labels around each -> a rule and a confidence, or nothing
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from mayfly.records.message import OtpCandidate
from message_parser.domain.otp import labels, lines, quotes, rules, shapes
from message_parser.domain.otp.case import Case, Mail
from message_parser.domain.otp.normal import Normal, normalise
from message_parser.domain.otp.words import unit_words

MAX_CHARACTERS = 40_000  # searched of each source
_KEPT = 10
_PROVEN = 0.9  # enough for a code that also stands beside a decoy's label elsewhere
_ORIGIN_BOUND = re.compile(
    r"(?m)^@[a-z0-9.-]{1,253}[ ](?:@[a-z0-9.-]{1,253}[ ])?#([A-Za-z0-9-]{3,16})(?:[ ]@[a-z0-9.-]{1,253})?[ ]*$"
)
_NEXT_WORD = re.compile(r"[ \t]?-?([^\W\d_]{1,20})")


class _Scored(NamedTuple):
    candidate: shapes.Candidate
    rule: str
    confidence: float


class _Source(NamedTuple):
    """Subject, text or visible HTML, prepared. `masked` is as long as the normal form."""

    name: str
    normal: Normal
    masked: str
    candidates: list[shapes.Candidate]

    @classmethod
    def of(cls, name: str, content: str) -> "_Source":
        normal = normalise(content[:MAX_CHARACTERS])
        with_digits = shapes.lines_with_digits(normal.text)
        masked = quotes.mask_quotes(shapes.mask(normal.text, with_digits), normal.lowered)
        return cls(name, normal, masked, shapes.find_candidates(masked, with_digits))


def find_codes(subject: str, text: str, html_text: Callable[[], str]) -> list[OtpCandidate]:
    """Candidates with evidence, best first, at most ten; those below 0.5 are listed but never chosen.

    `html_text` is called only when the text proves no code, because HTML nearly always repeats the text.
    """
    sources = [_Source.of("subject", subject), _Source.of("text", text)]
    found = _search(sources)
    if not any(item.source == "text" and item.confidence >= _PROVEN for item in found) and (html := html_text()):
        found = _search([*sources, _Source.of("html", html)])
    return _merged(found)


def _search(sources: Sequence[_Source]) -> list[OtpCandidate]:
    mail = Mail([(source.name, source.normal) for source in sources])
    return [
        _evidence(source.name, source.normal, item)
        for source in sources
        if source.candidates
        for item in _score_all(source, mail)
    ]


def best(candidates: Sequence[OtpCandidate]) -> str | None:
    """The code of the first candidate, if its confidence is at least rules.ACCEPTED."""
    return candidates[0].code if candidates and candidates[0].confidence >= rules.ACCEPTED else None


def _score_all(found_in: _Source, mail: Mail) -> Iterator[_Scored]:
    source, masked = found_in.normal, found_in.masked
    for match in _ORIGIN_BOUND.finditer(source.text) if "@" in source.text else ():
        yield _Scored(shapes.Candidate(*match.span(1), "bound", match.group(1)), "origin-bound", 0.99)
    candidates = [
        one
        for one in found_in.candidates
        if not _is_quantity(source.lowered, one) and not _is_numbered(source.text, one)
    ]
    around, previous_end = labels.Labels(source.text, source.lowered, candidates), -1
    for candidate in candidates:
        line = lines.line_of(source.lowered, masked, candidate)
        case = Case(source, masked, around, candidate, line, around.sentence(candidate, line), mail)
        scored = rules.score(case, previous_end)
        if scored is not None:
            yield _Scored(candidate, *scored)
        if scored is None or scored[0] != "decoy":
            previous_end = candidate.end


def _is_quantity(lowered: str, candidate: shapes.Candidate) -> bool:
    """Whether a unit follows: `3600 seconds`."""
    if candidate.shape not in ("digits", "grouped"):
        return False
    word = _NEXT_WORD.match(lowered, candidate.end)
    if word is None:
        return False
    whole, stems = unit_words()
    return word.group(1) in whole or word.group(1).startswith(stems)


def _is_numbered(text: str, candidate: shapes.Candidate) -> bool:
    """Whether it numbers something: `#4821`, `№ 4821`, `© 2026`, `No. 4821`."""
    before = text[max(0, candidate.start - 4) : candidate.start].rstrip()
    return before.endswith(("#", "№", "©", "(c)", "No.", "no.", "Nr.", "nr.", "n°", "N°", "nº", "Nº"))


def _evidence(name: str, source: Normal, scored: _Scored) -> OtpCandidate:
    start, end = source.origin(scored.candidate.start, scored.candidate.end)
    return OtpCandidate(
        code=scored.candidate.code,
        confidence=scored.confidence,
        rule=scored.rule,
        source=name,
        span=(start, end),
        display=source.original[start:end],
    )


def _merged(found: Sequence[OtpCandidate]) -> list[OtpCandidate]:
    """One entry per code with its best evidence; every further occurrence adds a little confidence."""
    decoys = {item.code for item in found if item.rule == "decoy"}
    by_code: dict[str, OtpCandidate] = {}
    for item in found:
        if item.confidence <= 0 or (item.code in decoys and item.confidence < _PROVEN):
            continue
        known = by_code.get(item.code)
        if known is None:
            by_code[item.code] = item
            continue
        better = max(known, item, key=lambda one: one.confidence)
        by_code[item.code] = msgspec.structs.replace(better, confidence=round(min(better.confidence + 0.01, 0.99), 3))
    return sorted(by_code.values(), key=lambda item: -item.confidence)[:_KEPT]
