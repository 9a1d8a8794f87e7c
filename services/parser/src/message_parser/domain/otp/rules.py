"""The rules: what the labels, the lines and the words around a candidate make of it. Used by `engine`."""
# ruff: noqa: RUF001 - marks and words of many scripts

import re
from collections.abc import Sequence

from message_parser.domain.otp import labels, lines, sentences, shapes
from message_parser.domain.otp.case import Case, Mail
from message_parser.domain.otp.words import Kind, copulas, phrases

ACCEPTED = 0.5
_OFFER_REACH = 120
_PERCENT = re.compile(r"\d[ ]?%|%[ ]?\d")
_WORDLIKE = frozenset(("mixed", "hyphenated", "letters", "spelled"))
_NEAR_GAP = 90
_ADJACENT_GAP = 12
_PURPOSE_GAP = 60
_LINES_ABOVE = 3
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_PENALTIES = {"label": 0.2, "line-below-label": 0.25}
_FOLLOWING = re.compile(r"[ ]?([^\W\d_]{1,20})")
_CAPITALS = re.compile(r"[A-Z]{4,}")
_FUNCTION_WORD = 3
_UNSPACED = "\u2e80"  # from here on: scripts without spaces between words
# Words that senders write in capitals for emphasis.
_EMPHASISED = frozenset(("HERE", "ONLY", "BELOW", "ABOVE", "PLEASE", "TODAY", "ONCE", "WITH", "FROM", "THAT", "THIS"))

Score = tuple[str, float]
"""The name of a rule, and a confidence from 0 to 1."""


def score(case: Case, previous_end: int) -> Score | None:
    """The rule that applies to a candidate, if any. `previous_end`: of the last candidate that was no decoy, or -1."""
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
    return rule, _by_shape(case.candidate, rule, confidence)


def _by_sentence(case: Case) -> Score | None:
    """By the labels in the same sentence: the nearest one decides."""
    around = case.labels.of(case.candidate, case.sentence)
    if not around:
        return None
    nearest, kinds = around[0], [_meant(label.kind, case.mail) for label in around]
    if kinds[0] == "negative":
        strong = next((label for label, kind in zip(around, kinds, strict=True) if kind == "strong"), None)
        if strong is None or strong.gap > _NEAR_GAP or nearest.firm or nearest.gap <= _ADJACENT_GAP:
            case.labels.claim_for_decoy(nearest, case.candidate)
            return ("decoy", 0)
        return ("sentence", 0.75)
    if not _may_have(case, nearest):
        return ("decoy", 0)
    score = _by_code_label(case, nearest, kinds)
    if score is not None and score[1] >= ACCEPTED and case.candidate.shape not in _WORDLIKE:
        case.labels.claim_for_code(nearest, case.candidate, case.sentence)
    return score


def _by_code_label(case: Case, label: labels.Label, kinds: Sequence[Kind]) -> Score | None:
    if kinds[0] == "weak":
        return _by_weak_label(case, label, unopposed="negative" not in kinds)
    if label.gap <= labels.DIRECT_GAP:
        return ("label", 0.97)
    return ("sentence", 0.85) if label.gap <= _NEAR_GAP else None


def _may_have(case: Case, label: labels.Label) -> bool:
    """Whether the label can be this candidate's.

    A date or a year needs to be announced. Letters need to be named (`the code KMPW to sign in`). A number that
    nothing announces leaves the label to the next one that is announced (`OTP at shop 4821 is 448120`).
    """
    candidate = case.candidate
    if candidate.shape == "letters":
        return label.is_direct and _is_named(case, label)
    is_date = shapes.is_date(candidate)
    if label.is_direct and not is_date:
        return True
    rival = case.labels.rival(candidate, case.sentence) if label.before else None
    if is_date or rival is None:
        return rival is None and (label.is_direct or not is_date)
    is_year = _YEAR.fullmatch(candidate.code) is not None
    return not is_year and (case.labels.is_announced(candidate) or not case.labels.is_announced(rival))


def _is_named(case: Case, label: labels.Label) -> bool:
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
    word = following.group(1)
    if phrases("purpose").occur_in(word):
        return True
    return (len(word) <= _FUNCTION_WORD or word > _UNSPACED) and not (word.isupper() or word in copulas()[0])


def _by_weak_label(case: Case, label: labels.Label, *, unopposed: bool) -> Score | None:
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
    announced = announced or (label.is_direct and sentences.starts_copular(between) and bool(between.strip()))
    if not announced and not phrases("your", "action").occur_in(sentence) and not _is_meant(case, label):
        return ("mention", 0.4)
    if label.gap <= labels.DIRECT_GAP:
        return ("label", 0.88)
    return ("sentence", 0.62) if unopposed else None


def _is_meant(case: Case, label: labels.Label) -> bool:
    """Whether a number directly beside the label has a use (`code 123456 for your login`) or is to be kept secret."""
    lowered, (start, end) = case.source.lowered, case.sentence
    return label.is_direct and (
        sentences.names_purpose(lowered[case.candidate.end : min(end, case.candidate.end + _ADJACENT_GAP)])
        or phrases("warning", "verify", "magic").occur_in(lowered[start : label.start])
    )


def _is_offer(lowered: str) -> bool:
    return _PERCENT.search(lowered) is not None or phrases("offer").occur_in(lowered)


def _by_lines(case: Case) -> Score | None:
    """For a candidate alone on its line: by the lines above, the line below, or the subject."""
    lowered, distance, by_remark = case.source.lowered, 0, None
    for start, end in lines.lines_above(lowered, case.candidate.start):
        kinds = [_meant(kind, case.mail) for kind in case.labels.kinds_between(start, end)]
        is_remark = bool(kinds) and lines.is_remark(lowered[start:end])
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
        if distance == _LINES_ABOVE:
            break
    return by_remark or _by_line_below(case)


def _by_line_below(case: Case) -> Score | None:
    start, end = lines.line_below(case.source.lowered, case.candidate.end)
    below = [_meant(kind, case.mail) for kind in case.labels.kinds_between(start, end)]
    if below and below[0] in ("strong", "weak") and not case.labels.leads_on(end):
        return ("line-above-label", 0.85 if below[0] == "strong" else 0.7)
    return ("alone", 0.75) if case.mail.subject_is_about_codes and not below else None


def _by_action(case: Case) -> Score | None:
    """By a request to use it (`Use 482193 to sign in`), in a mail about codes or signing in."""
    lowered, start, end = case.source.lowered, case.candidate.start, case.candidate.end
    before = lowered[max(case.line[0], start - _PURPOSE_GAP) : start]
    after = lowered[end : min(case.line[1], end + _PURPOSE_GAP)]
    action = phrases("action")
    if not action.occur_in(before[-2 * _ADJACENT_GAP :]) and not action.occur_in(after[:_ADJACENT_GAP]):
        return None
    if not case.mail.subject_is_about_codes and not phrases("verify", "magic", "reset").occur_in(f"{before} {after}"):
        return None
    return ("action", 0.75)


def _meant(kind: Kind, mail: Mail) -> Kind:
    """An ambiguous label (`confirmation code`) belongs to a decoy in a mail about a purchase or a journey."""
    if kind != "ambiguous":
        return kind
    return "negative" if mail.looks_like_a_purchase else "strong"


def _by_shape(candidate: shapes.Candidate, rule: str, confidence: float) -> float:
    shape, code = candidate.shape, candidate.code
    direct = rule in ("label", "line-below-label")
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
