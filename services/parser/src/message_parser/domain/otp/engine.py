"""Decides which number in a mail is the one-time code, and with what evidence (docs/extraction.md).

subject, text, visible HTML -> normal form -> mask what is clearly something else, and quotes -> candidates by shape
-> features of each, joined by code -> the probability of each code, and of none of them
"""

from collections.abc import Callable, Collection, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from mayfly.records.message import OtpCandidate
from message_parser.domain.evidence import Weights, probabilities
from message_parser.domain.otp import locators, quotes, shapes
from message_parser.domain.otp.case import Case, Mail, Text
from message_parser.domain.otp.certain import can_be_code, origin_bound
from message_parser.domain.otp.features import features
from message_parser.domain.otp.normal import normalise, shorten
from message_parser.domain.otp.tables import MANY, has_numbers, speaking, without_tables

MAX_CHARACTERS = 40_000  # searched of each source
ACCEPTED = 0.5
_SHOWN = 0.01
_KEPT = 10
_EVIDENCE = 25  # features shown of each candidate
_PROVEN = 0.9  # enough not to look at the HTML
_OCCURRENCES = 4  # of one code that are looked at
_HIGHEST_CONFIDENCE = 0.99


class Body(NamedTuple):
    """A text to search. `emphasised`: ranges of it whose style stands out."""

    text: str = ""
    emphasised: Sequence[tuple[int, int]] = ()


class Option(NamedTuple):
    """One code of a mail: its features, from all its occurrences, their weights and score, and the best occurrence."""

    code: str
    features: Collection[str]
    weights: Weights
    score: float
    text: Text
    candidate: shapes.Candidate


def find_codes(subject: str, body: Body, html: Callable[[], Body], sender: str = "") -> list[OtpCandidate]:
    """Candidates with evidence, the most probable first, at most ten; those below ACCEPTED are never chosen.

    `html`: what the HTML shows. It is called only when subject and text prove no code, because HTML nearly always
    repeats the text. `sender`: name and address, which are no codes.
    """
    texts = texts_of(subject, body, sender=sender)
    found = _weighed(texts, sender)
    if not any(item.source == "text" and item.confidence >= _PROVEN for item in found) and (shown := html()).text:
        found = _weighed([*texts, _prepared("html", shown, sender, texts[0])], sender)
    return found


def best(candidates: Sequence[OtpCandidate]) -> str | None:
    """The code of the first candidate, if its confidence is at least ACCEPTED."""
    return candidates[0].code if candidates and candidates[0].confidence >= ACCEPTED else None


def options(texts: Sequence[Text], sender: str = "") -> list[Option]:
    """The codes that a mail may carry, each once.

    Where a label names a number closely, numbers that no word speaks of are no rivals.
    """
    mail = Mail(texts, sender)
    cases = [Case.of(mail, text, index) for text in texts for index in range(len(text.candidates))]
    if any(case.is_named_closely for case in cases):
        cases = [case for case in cases if case.is_spoken_of()]
    known, occurrences = weights()["weights" if mail.names_code else "unnamed"], dict[str, list[Option]]()
    for case in cases:
        of_code = occurrences.setdefault(case.candidate.code, [])
        if len(of_code) < _OCCURRENCES and can_be_code(case):
            names = features(case)
            of_code.append(Option(case.candidate.code, names, known, known.score(names), case.text, case.candidate))
    return [of_code[0] if len(of_code) == 1 else _joined(of_code) for of_code in occurrences.values() if of_code]


def texts_of(subject: str, body: Body, html: Body | None = None, sender: str = "") -> list[Text]:
    """All texts of a mail, prepared."""
    named = _prepared("subject", Body(subject), sender)
    bodies = [("text", body), *([("html", html)] if html else [])]
    return [named, *(_prepared(name, one, sender, named) for name, one in bodies)]


def _joined(occurrences: Sequence[Option]) -> Option:
    """Several occurrences of a code as one option."""
    names = set[str]().union(*(one.features for one in occurrences))
    sources = {one.text.name for one in occurrences}
    if "subject" in sources and len(sources) > 1:
        names.add("in-subject-and-body")
    best_of_all = max(occurrences, key=lambda one: one.score)
    return best_of_all._replace(features=names, score=best_of_all.weights.score(names))


def _prepared(name: str, body: Body, sender: str, subject: Text | None = None) -> Text:
    """`subject`: of the mail; where it speaks of a code, any number of a body may be one."""
    normal = normalise(body.text[:MAX_CHARACTERS])
    has_table = False
    ranges = locators.find_locators(normal.text)
    text = locators.blanked(normal.text, ranges)
    lines = shapes.lines_with_digits(text)
    if subject is not None and len(lines) > MANY and not speaking(subject.normal.lowered):
        kept = without_tables(locators.blanked(normal.lowered, ranges), lines)
        has_table = has_numbers(text, lines, kept)
        text, lines = shapes.without(text, lines, kept), kept
    masked = quotes.mask_quotes(shapes.mask(text, lines), normal.lowered)
    if ranges:
        normal, masked = normal.shortened(ranges), shorten(masked, ranges)
    found, named = shapes.find_candidates(masked), sender.lower()
    candidates = [one for one in found if one.shape != "letters" or one.code.lower() not in named]
    return Text(name, normal, masked, candidates, body.emphasised, has_table=has_table)


def _weighed(texts: Sequence[Text], sender: str) -> list[OtpCandidate]:
    found = options(texts, sender)
    # Numbers of a table that were left out are rivals: all together as probable as that none is the code.
    others = [0.0, 0.0] if any(text.has_table for text in texts) else [0.0]
    shares = probabilities([*(option.score for option in found), *others])
    weighed = [_evidence(option, share) for option, share in zip(found, shares, strict=False) if share >= _SHOWN]
    bound = next(filter(None, map(_origin_bound, texts)), None)
    if bound is not None:
        return [bound]
    return sorted(weighed, key=lambda item: -item.confidence)[:_KEPT]


def _origin_bound(text: Text) -> OtpCandidate | None:
    """A last line that binds a code to a site (`@example.com #123456`) is certain, and leaves no other candidate."""
    match = origin_bound(text)
    return match and _shown(text, match.span(1), match.group(1), _HIGHEST_CONFIDENCE, [("origin-bound", 0.0)])


def _evidence(option: Option, share: float) -> OtpCandidate:
    evidence = option.weights.explain(option.features)
    span = (option.candidate.start, option.candidate.end)
    return _shown(option.text, span, option.code, min(round(share, 3), _HIGHEST_CONFIDENCE), evidence)


def _shown(
    text: Text, span: tuple[int, int], code: str, confidence: float, evidence: list[tuple[str, float]]
) -> OtpCandidate:
    start, end = text.normal.origin(*span)
    rule = next((name for name, weight in evidence if weight >= 0), "none")
    return OtpCandidate(
        code=code,
        confidence=confidence,
        rule=rule,
        source=text.name,
        span=(start, end),
        display=text.normal.original[start:end],
        evidence=evidence[:_EVIDENCE],
    )


@cache
def weights() -> dict[str, Weights]:
    """The fitted weights (`make fit`); `unnamed`: of mails in which no word names a code."""
    return Weights.read(files("message_parser.domain.otp") / "weights.toml")
