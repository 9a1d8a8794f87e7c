"""Decides which number in a mail is the one-time code, and with what evidence (docs/extraction.md).

subject, text, visible HTML -> normal form -> mask what is clearly something else, and quotes -> candidates by shape
-> labels around each -> a rule and a confidence, or nothing
"""
# ruff: noqa: RUF001 - marks and words of many scripts

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import msgspec

from mayfly.records.message import OtpCandidate
from message_parser.domain.otp import labels, lines, quotes, shapes
from message_parser.domain.otp.normal import Normal, normalise
from message_parser.domain.otp.words import Kind, copulas, phrases, unit_words

MAX_CHARACTERS = 40_000  # searched of each source
ACCEPTED = 0.5
_KEPT = 10
_OFFER_REACH = 120
_TERSE_SUBJECT = 24
_CONTEXT_CHARACTERS = 4_000
_PERCENT = re.compile(r"\d[ ]?%|%[ ]?\d")
_WORDLIKE = frozenset(("mixed", "hyphenated", "letters", "spelled"))
_PROVEN = 0.9  # enough for a code that also stands beside a decoy's label elsewhere
_NEAR_GAP = 90
_ADJACENT_GAP = 12
_PURPOSE_GAP = 60
_ORIGIN_BOUND = re.compile(
    r"(?m)^@[a-z0-9.-]{1,253}[ ](?:@[a-z0-9.-]{1,253}[ ])?#([A-Za-z0-9-]{3,16})(?:[ ]@[a-z0-9.-]{1,253})?[ ]*$"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_PENALTIES = {"origin-bound": 0.0, "label": 0.2, "line-below-label": 0.25}
_NEXT_WORD = re.compile(r"[ \t]?-?([^\W\d_]{1,20})")
_FOLLOWING = re.compile(r"[ ]?([^\W\d_]{1,20})|[:：]")
_CAPITALS = re.compile(r"[A-Z]{4,}")
_FUNCTION_WORD = 3
_UNSPACED = "\u2e80"  # from here on: scripts without spaces between words
# Words that senders write in capitals for emphasis.
_EMPHASISED = frozenset(("HERE", "ONLY", "BELOW", "ABOVE", "PLEASE", "TODAY", "ONCE", "WITH", "FROM", "THAT", "THIS"))


class _Scored(NamedTuple):
    candidate: shapes.Candidate
    rule: str
    confidence: float


_Score = tuple[str, float]


class _Mail:
    """Facts about the mail as a whole, each computed when first needed."""

    def __init__(self, sources: Sequence[tuple[str, Normal]]) -> None:
        self._sources = sources

    @cached_property
    def subject_is_about_codes(self) -> bool:
        subject = "".join(source.lowered for name, source in self._sources if name == "subject")
        kinds = {label.kind for label in labels.find(subject, 0, len(subject))}
        if "negative" in kinds:
            return False
        return "strong" in kinds or (
            "weak" in kinds and (len(subject) <= _TERSE_SUBJECT or phrases("your").occur_in(subject))
        )

    @cached_property
    def looks_like_a_purchase(self) -> bool:
        """Whether it has two different words of receipts and journeys; many mails have one."""
        words: set[str] = set()
        for _, source in self._sources:
            words.update(hit.phrase for hit in phrases("context").find(source.lowered[:_CONTEXT_CHARACTERS]))
        return len(words) > 1


class _Source(NamedTuple):
    """Subject, text or visible HTML, prepared. `masked` is as long as the normal form."""

    name: str
    normal: Normal
    masked: str
    candidates: list[shapes.Candidate]

    @classmethod
    def of(cls, name: str, content: str) -> "_Source":
        normal = normalise(content[:MAX_CHARACTERS])
        lines = shapes.lines_with_digits(normal.text)
        masked = quotes.mask_quotes(shapes.mask(normal.text, lines), normal.lowered)
        return cls(name, normal, masked, shapes.find_candidates(masked, lines))


class _Case(NamedTuple):
    """One candidate and what is around it. `masked` is as long as `source`. `line`: its start and end."""

    source: Normal
    masked: str
    labels: labels.Labels
    candidate: shapes.Candidate
    line: tuple[int, int]
    mail: _Mail


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
    mail = _Mail([(source.name, source.normal) for source in sources])
    return [
        _evidence(source.name, source.normal, item)
        for source in sources
        if source.candidates
        for item in _score_all(source, mail)
    ]


def best(candidates: Sequence[OtpCandidate]) -> str | None:
    """The code of the first candidate, if its confidence is at least ACCEPTED."""
    return candidates[0].code if candidates and candidates[0].confidence >= ACCEPTED else None


def _score_all(found_in: _Source, mail: _Mail) -> Iterator[_Scored]:
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
        case = _Case(source, masked, around, candidate, lines.line_of(source.lowered, candidate), mail)
        scored = _score(case, previous_end)
        if scored is not None:
            yield scored
        previous_end = candidate.end


def _score(case: _Case, previous_end: int) -> _Scored | None:
    scored = _by_sentence(case)
    if scored is None and lines.is_alone(case.masked, case.candidate):
        scored = _by_lines(case)
    if scored is None:
        scored = _by_action(case)
    if scored is None:
        return None
    rule, confidence = scored
    if (
        rule == "sentence"
        and previous_end >= 0
        and "\n" not in case.source.lowered[previous_end : case.candidate.start]
    ):
        confidence -= 0.15
    return _Scored(case.candidate, rule, _by_shape(case.candidate, rule, confidence))


def _by_sentence(case: _Case) -> _Score | None:
    """By the labels in the same sentence: the nearest one decides."""
    around = case.labels.of(case.candidate, case.line)
    if not around:
        return None
    nearest, kinds = around[0], [_meant(label.kind, case.mail) for label in around]
    if kinds[0] == "negative":
        strong = next((label for label, kind in zip(around, kinds, strict=True) if kind == "strong"), None)
        if strong is None or strong.gap > _NEAR_GAP or nearest.firm or nearest.gap <= _ADJACENT_GAP:
            case.labels.claim(nearest, case.candidate)
            return ("decoy", 0)
        return ("sentence", 0.75)
    if not _may_have(case, nearest):
        return ("decoy", 0)
    score = _by_code_label(case, nearest, kinds)
    if score is not None and score[1] >= ACCEPTED and case.candidate.shape not in _WORDLIKE:
        case.labels.claim_sentence(nearest, case.candidate, case.line)
    return score


def _by_code_label(case: _Case, label: labels.Label, kinds: Sequence[Kind]) -> _Score | None:
    if kinds[0] == "weak":
        return _by_weak_label(case, label, unopposed="negative" not in kinds)
    if label.gap <= labels.DIRECT_GAP:
        return ("label", 0.97)
    return ("sentence", 0.85) if label.gap <= _NEAR_GAP else None


def _may_have(case: _Case, label: labels.Label) -> bool:
    """Whether the label can be this candidate's.

    A date or a year needs to be announced. Letters need to be named (`the code KMPW to sign in`). A number that
    nothing announces leaves the label to the next one that is announced (`OTP at shop 4821 is 448120`).
    """
    candidate, is_direct = case.candidate, case.labels.is_direct(label, case.candidate)
    if candidate.shape == "letters":
        return is_direct and _is_named(case, label)
    if is_direct:
        return True
    if shapes.is_date(candidate):
        return False
    rival = case.labels.rival(candidate, case.line) if label.before else None
    if rival is None:
        return True
    is_year = _YEAR.fullmatch(candidate.code) is not None
    return not is_year and (case.labels.is_announced(candidate) or not case.labels.is_announced(rival))


def _is_named(case: _Case, label: labels.Label) -> bool:
    """Whether letters are used as a name and not as a word in capitals."""
    text, candidate = case.source.text, case.candidate
    around = (
        (label.start, candidate.start) if label.before else (candidate.end, candidate.end + label.gap + _ADJACENT_GAP)
    )
    if candidate.code in _EMPHASISED or _CAPITALS.search(text, *around):
        return False
    return not label.before or _may_follow_name(_FOLLOWING.match(text, candidate.end))


def _may_follow_name(following: re.Match[str] | None) -> bool:
    """Whether what follows goes on about the name: `KMPW to sign in`, and not `ACME sent`, `ACME:`."""
    if following is None:
        return True
    word = following.group(1) or ":"
    if word == ":" or word.isupper() or (word in copulas()[0] and word != "to"):  # `to` is also a Polish copula
        return False
    return len(word) <= _FUNCTION_WORD or word > _UNSPACED or phrases("purpose").occur_in(word)


def _by_weak_label(case: _Case, label: labels.Label, *, unopposed: bool) -> _Score | None:
    """A weak label such as `code` needs `your`, an action or an announcement, and no offer or receipt."""
    lowered, start, end, mail = case.source.lowered, case.candidate.start, case.candidate.end, case.mail
    if (mail.looks_like_a_purchase and case.candidate.shape in _WORDLIKE) or (
        not mail.subject_is_about_codes and _is_offer(lowered[max(0, start - _OFFER_REACH) : end + _OFFER_REACH])
    ):
        return ("decoy", 0)
    if label.gap > _NEAR_GAP:
        return None
    sentence = lowered[max(case.line[0], start - _NEAR_GAP) : min(case.line[1], end + _NEAR_GAP)]
    between = lowered[start - label.gap : start] if label.before else ""
    announced = mail.subject_is_about_codes or ":" in between or "：" in between
    if not announced and not phrases("your", "action").occur_in(sentence):
        return ("mention", 0.4)
    if label.gap <= labels.DIRECT_GAP:
        return ("label", 0.88)
    return ("sentence", 0.62) if unopposed else None


def _is_offer(lowered: str) -> bool:
    return _PERCENT.search(lowered) is not None or phrases("offer").occur_in(lowered)


def _by_lines(case: _Case) -> _Score | None:
    """For a candidate alone on its line: by the lines above, the line below, or the subject."""
    lowered, distance, by_remark = case.source.lowered, 0, None
    for start, end, is_remark in lines.lines_above(lowered, case.candidate.start):
        kinds = [_meant(kind, case.mail) for kind in case.labels.kinds_between(start, end)]
        if is_remark:
            kinds = [kind for kind in kinds if kind != "negative"]
        if "strong" in kinds:
            return ("line-below-label", 0.94 - 0.04 * distance)
        if kinds and kinds[-1] == "negative":
            return ("decoy", 0)
        if kinds and not is_remark:
            return ("line-below-label", 0.84 - 0.08 * distance)
        if kinds:
            by_remark = by_remark or ("line-below-label", 0.84 - 0.08 * distance)
        distance += not is_remark
    return by_remark or _by_line_below(case)


def _by_line_below(case: _Case) -> _Score | None:
    start, end = lines.line_below(case.source.lowered, case.candidate.end)
    below = [_meant(kind, case.mail) for kind in case.labels.kinds_between(start, end)]
    if below and below[0] in ("strong", "weak") and not case.labels.leads_on(end):
        return ("line-above-label", 0.85 if below[0] == "strong" else 0.7)
    return ("alone", 0.75) if case.mail.subject_is_about_codes and not below else None


def _by_action(case: _Case) -> _Score | None:
    """By a request to use it (`Use 482193 to sign in`), in a mail about codes or signing in."""
    lowered, start, end = case.source.lowered, case.candidate.start, case.candidate.end
    before = lowered[max(case.line[0], start - 2 * _ADJACENT_GAP) : start]
    after = lowered[end : min(case.line[1], end + _PURPOSE_GAP)]
    if not case.mail.subject_is_about_codes and not phrases("verify", "magic", "reset").occur_in(f"{before} {after}"):
        return None
    action = phrases("action")
    return ("action", 0.75) if action.occur_in(before) or action.occur_in(after[:_ADJACENT_GAP]) else None


def _meant(kind: Kind, mail: _Mail) -> Kind:
    """An ambiguous label (`confirmation code`) belongs to a decoy in a mail about a purchase or a journey."""
    if kind != "ambiguous":
        return kind
    return "negative" if mail.looks_like_a_purchase else "strong"


def _by_shape(candidate: shapes.Candidate, rule: str, confidence: float) -> float:
    shape, code = candidate.shape, candidate.code
    direct = rule in ("label", "line-below-label", "origin-bound")
    if shape == "digits" and (_YEAR.fullmatch(code) or shapes.is_date(candidate)):
        confidence -= _YEAR_PENALTIES.get(rule, 0.5)
    elif shape == "letters":
        confidence -= 0.3 if rule == "label" or (direct and confidence > 0.9) else 0.9  # noqa: PLR2004
    elif shape in _WORDLIKE:
        confidence -= 0.08 if direct else 0.4
        if any(map(str.islower, code)) and any(map(str.isupper, code)):
            confidence -= 0.1
    elif len(code) > 8:  # noqa: PLR2004 - longer codes are rare
        confidence -= 0.1
    return round(max(confidence, 0.0), 3)


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
