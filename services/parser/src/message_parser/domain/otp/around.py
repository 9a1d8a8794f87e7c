"""Features of the words around a number: labels, its sentence, the sentences before and after. Used by `features`."""

import re

from message_parser.domain.otp import labels, sentences
from message_parser.domain.otp.case import Case
from message_parser.domain.otp.labels import Level, Tie
from message_parser.domain.otp.scan import CODE_KINDS, SIGNING_IN
from message_parser.domain.otp.words import BITS

_AROUND = 120
_PURPOSE_REACH = 16
_BLANKS = 3
_PERCENT = re.compile(r"\d[ ]?%|%[ ]?\d")
_ACTION, _OFFER, _STALE, _REPLACES = BITS["action"], BITS["offer"], BITS["stale"], BITS["replaces"]


class _Names:
    """The features that the lists of some place make, each by its bits; remembered, because few combinations occur."""

    def __init__(self, *table: tuple[int, str]) -> None:
        self._table = table
        self._bits = sum({bits for bits, _ in table})
        self._known: dict[int, list[str]] = {}

    def of(self, lists: int) -> list[str]:
        lists &= self._bits
        found = self._known.get(lists)
        if found is None:
            found = self._known[lists] = [name for bits, name in self._table if lists & bits]
        return found


_RIGHT_BEFORE = _Names((BITS["fresh"], "fresh-before"))
_BEFORE_IN_SENTENCE = _Names((BITS["here"], "here-it-is"))
_RIGHT_BEHIND = _Names((BITS["entry"], "lets-in"))
_IN_SENTENCE = _Names(
    (BITS["your"], "your-in-sentence"),
    (SIGNING_IN, "sentence-signs-in"),
    (BITS["expiry"], "expiry-in-sentence"),
    (BITS["place"], "place-in-sentence"),
    (BITS["transfer"], "transfer-in-sentence"),
)
_BEFORE = _Names((BITS["here"], "here-it-is-before"), (_ACTION, "asked-before"), (BITS["place"], "place-before"))
_AFTER = _Names(
    (_ACTION, "asked-after"),
    (BITS["expiry"], "expiry-after"),
    (BITS["unasked"], "unasked-after"),
    (BITS["place"], "place-after"),
)
_NEAR = _Names((BITS["warning"], "warning-near"), (BITS["transfer"], "transfer-near"))
_LEVELS = [level.name.lower() for level in Level]
_CLOSE_LEVELS = ["close", "close", "near", "far", "far"]  # of labels that are too rare for more


def of_label(case: Case) -> list[str]:
    """The label of a code in the same sentence, and how it is tied to the number."""
    of_code = [tie for tie in case.ties if tie.match.kind in CODE_KINDS]
    own = [tie for tie in of_code if tie.is_owned]
    if not own:
        return ["label-of-another-number"] if of_code else []
    tie = min(own, key=_rank)
    kind = case.mail.kind_of(tie.match.kind)
    levels = _LEVELS if kind in ("strong", "weak") else _CLOSE_LEVELS
    name = f"{kind}-label-{levels[tie.level]}{'-behind' if tie.is_behind else ''}"
    return [name, "label-before-comma"] if tie.is_parted else [name]


def _rank(tie: Tie) -> tuple[int, int, int]:
    """The strongest label comes first, then the closest."""
    return CODE_KINDS.index(tie.match.kind), tie.level + tie.is_parted, tie.gap


def of_other_label(case: Case) -> list[str]:
    """The label of another kind of number in the same sentence."""
    tie = min((tie for tie in case.ties if tie.match.kind not in CODE_KINDS), key=labels.closeness, default=None)
    if tie is None:
        return []
    if tie.is_parted:
        return ["other-label-past-comma"]
    strength = "other-label" if tie.is_owned else "other-label-shared"
    if tie.match.kind == "trailing":
        strength = "touching-label"
    found = [f"{strength}-{_LEVELS[tie.level]}{'-behind' if tie.is_behind else ''}"]
    if tie.match.is_firm:
        found.append("other-label-full-name")
    nearest = min((one for one in case.ties if one.match.kind in CODE_KINDS), key=labels.closeness, default=None)
    if nearest is not None and labels.closeness(tie) < labels.closeness(nearest):
        found.append("other-label-closer")
    return found


def of_sentence(case: Case) -> list[str]:
    """Words around the number in its sentence."""
    candidate, (left, right) = case.candidate, case.sentence
    found = _beside(case)
    within = case.text.scan.within
    whole = within(left, right)
    if not whole:
        return found
    if "announced-unnamed" in found:
        whole &= ~BITS["your"]  # `your footpath is 4821`: it is the other thing that is yours
    start, end = case.clause()
    before, after = case.text.scan.right_before(start, candidate.start), within(candidate.end, end)
    if before & _ACTION:
        found.append("asked-to-enter")
    elif after & _ACTION:
        found.append("asked-to-enter-behind")
    elif whole & _ACTION:
        found.append("sentence-asks")
    if whole & (_STALE | _REPLACES):
        found += _of_age(case, before, after)
    earlier = within(left, candidate.start)
    return (
        found
        + _RIGHT_BEFORE.of(before)
        + _BEFORE_IN_SENTENCE.of(earlier)
        + _RIGHT_BEHIND.of(after)
        + _IN_SENTENCE.of(whole)
    )


def _beside(case: Case) -> list[str]:
    """Marks and words right beside the number: what announces it, hands it over, quotes it, says what it is for."""
    lowered, (start, end), (left, right) = case.lowered, case.candidate[:2], case.sentence
    found: list[str] = []
    is_named = case.is_named_closely
    if sentences.announces(lowered, start, left, with_adverb=is_named):
        found.append("announced" if is_named else "announced-unnamed")
    if sentences.is_quoted(lowered, start, end):
        found.append("in-quotation")
    if sentences.gives_next(lowered, start, left):
        found.append("given-before")
    elif sentences.gives_previous(lowered, end, right):
        found.append("given-behind")
    following = lowered[end : min(right, end + _PURPOSE_REACH)]
    if following.strip(".") and sentences.names_purpose(following):
        found.append("purpose-behind")
    return found


def _of_age(case: Case, before: int, after: int) -> list[str]:
    """Whether a word for old, or for replacing, calls this number the older or the newer one."""
    candidates, index, (left, right) = case.text.candidates, case.index, case.sentence
    if index and candidates[index - 1].end > left and _replaces(case, candidates[index - 1].end, case.candidate.start):
        return ["replaced-by-previous"]
    following = candidates[index + 1].start if index + 1 < len(candidates) else right
    if following < right and _replaces(case, case.candidate.end, following):
        return ["replaces-next"]
    found = ["stale-before"] if before & (_STALE | _REPLACES) else []
    return [*found, "stale-behind"] if after & _STALE else found


def _replaces(case: Case, start: int, end: int) -> bool:
    """Whether the words between two numbers say that the first replaces the second."""
    within = case.text.scan.within
    clause = sentences.after_commas(case.lowered, start, end)
    if clause == start:
        return bool(within(start, end) & _REPLACES)
    return bool(within(clause, clause + _BLANKS) & _REPLACES)  # `482193, replacing 517026`


def of_surroundings(case: Case) -> list[str]:
    """Sentences before and after the number's own."""
    left, right = case.sentence
    label = None if case.is_named_closely else case.text.labels.last_before(left, 2 * _AROUND)
    found = [] if label is None else [f"{label.kind}-label-sentence-before"]
    within = case.text.scan.within
    floor, ceiling = case.text.outside(case.index, left - _AROUND, right + _AROUND)
    before, after = within(floor, left), within(right, ceiling)
    near = before | after
    if near:
        found += _BEFORE.of(before) + _AFTER.of(after) + _NEAR.of(near)
    in_sentence = within(left, right) & _OFFER
    if (near & _OFFER or in_sentence) and not _is_named_strongly(case):
        found.append("offer-near")
        if in_sentence:
            found.append("offer-in-sentence")
        if _PERCENT.search(case.lowered, max(0, left - _AROUND), right + _AROUND):
            found.append("offer-in-percent")
    return found


def _is_named_strongly(case: Case) -> bool:
    """Whether what the mail offers counts for nothing.

    A label of a code is its own, and names only one-time codes, or the offer is another number's
    (`Your PIN for voucher account 556677 is 918273`).
    """
    close = [tie.match.kind for tie in case.ties if tie.match.kind in CODE_KINDS and _is_close(tie)]
    if not close or "strong" in close:
        return bool(close)
    return any(tie.match.kind not in CODE_KINDS and not tie.is_owned for tie in case.ties)


def _is_close(tie: Tie) -> bool:
    return tie.is_owned and tie.level <= Level.ANNOUNCED
