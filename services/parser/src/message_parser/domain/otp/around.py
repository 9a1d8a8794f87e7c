"""Features of the words around a number: labels, its sentence, the sentences before and after. Used by `features`."""

import re
from collections.abc import Iterable, Iterator

from message_parser.domain.otp import labels, sentences
from message_parser.domain.otp.case import Case
from message_parser.domain.otp.scan import BITS, CODE_KINDS, SIGNING_IN

_AROUND = 120
_PURPOSE_REACH = 16
_PERCENT = re.compile(r"\d[ ]?%|%[ ]?\d")
_ACTION, _OFFER, _STALE, _REPLACES = BITS["action"], BITS["offer"], BITS["stale"], BITS["replaces"]
# Lists of signals, and the feature that each makes where it occurs.
_RIGHT_BEFORE = ((BITS["fresh"], "fresh-before"), (BITS["here"], "here-it-is"))
_RIGHT_BEHIND = ((BITS["entry"], "lets-in"),)
_IN_SENTENCE = (
    (BITS["your"], "your"),
    (SIGNING_IN, "sentence-signs-in"),
    (BITS["expiry"], "expiry-in-sentence"),
    (_OFFER, "offer-in-sentence"),
)
_BEFORE = ((BITS["here"], "here-it-is-before"), (_ACTION, "asked-before"))
_AFTER = ((_ACTION, "asked-after"), (BITS["expiry"], "expiry-after"), (BITS["unasked"], "unasked-after"))
_NEAR = ((BITS["warning"], "warning-near"),)


def _named(lists: int, table: Iterable[tuple[int, str]]) -> Iterator[str]:
    return (name for bits, name in table if lists & bits)


def of_label(case: Case) -> Iterator[str]:
    """The label of a code in the same sentence, and how it is tied to the number."""
    own = [tie for tie in case.ties() if tie.match.kind in CODE_KINDS and tie.is_owned]
    for kind in CODE_KINDS:
        tie = min((tie for tie in own if tie.match.kind == kind), key=labels.closeness, default=None)
        if tie is not None:
            side = "-behind" if tie.is_behind else ""
            name = "purchase" if kind == "ambiguous" and case.mail.is_purchase else kind
            yield f"{name}-label-{tie.level.name.lower()}{side}"
            if tie.is_parted:
                yield "label-before-comma"
            break
    if not own and any(tie.match.kind in CODE_KINDS for tie in case.ties()):
        yield "label-of-another-number"


def of_decoy(case: Case) -> Iterator[str]:
    """The label of another kind of number in the same sentence."""
    tie = min((tie for tie in case.ties() if tie.match.kind not in CODE_KINDS), key=labels.closeness, default=None)
    if tie is None:
        return
    if tie.is_parted:
        yield "other-label-past-comma"
        return
    strength = "other-label" if tie.is_owned else "other-label-shared"
    yield f"{strength}-{tie.level.name.lower()}{'-behind' if tie.is_behind else ''}"
    if tie.match.is_firm:
        yield "other-label-full-name"
    nearest = min((one for one in case.ties() if one.match.kind in CODE_KINDS), key=labels.closeness, default=None)
    if nearest is not None and labels.closeness(tie) < labels.closeness(nearest):
        yield "other-label-closer"


def of_sentence(case: Case) -> Iterator[str]:
    """Words around the number in its sentence."""
    lowered, candidate = case.lowered, case.candidate
    left, right = case.sentence
    within = case.text.scan.within
    if sentences.announces(lowered, candidate.start, left):
        yield "announced"
    if sentences.names_purpose(lowered[candidate.end : min(right, candidate.end + _PURPOSE_REACH)]):
        yield "purpose-behind"
    whole = within(left, right)
    if not whole:
        return
    start, end = case.clause()
    before, after = within(start, candidate.start), within(candidate.end, end)
    if before & _ACTION:
        yield "asked-to-enter"
    elif after & _ACTION:
        yield "asked-to-enter-behind"
    elif whole & _ACTION:
        yield "sentence-asks"
    yield from _of_age(case, before, after)
    yield from _named(before, _RIGHT_BEFORE)
    yield from _named(after, _RIGHT_BEHIND)
    yield from _named(whole, _IN_SENTENCE)


def _of_age(case: Case, before: int, after: int) -> Iterator[str]:
    """Whether a word for old, or for replacing, calls this number the older or the newer one."""
    candidates, index, lowered = case.text.candidates, case.index, case.lowered
    within = case.text.scan.within
    left, right = case.text.sentences[index]
    if index and candidates[index - 1].end > left:
        gap = candidates[index - 1].end, case.candidate.start
        if within(*gap) & _REPLACES and sentences.before_comma(lowered, *gap) == gap[1]:
            yield "replaced-by-previous"
            return
    if index + 1 < len(candidates) and candidates[index + 1].start < right:
        gap = case.candidate.end, candidates[index + 1].start
        if within(*gap) & _REPLACES and sentences.before_comma(lowered, *gap) == gap[1]:
            yield "replaces-next"
            return
    if before & (_STALE | _REPLACES):
        yield "stale-before"
    if after & _STALE:
        yield "stale-behind"


def of_surroundings(case: Case) -> Iterator[str]:
    """Sentences before and after the number's own."""
    left, right = case.sentence
    label = case.text.labels.last_before(left, 2 * _AROUND)
    if label is not None:
        yield f"{label.kind}-label-sentence-before"
    within = case.text.scan.within
    floor, ceiling = case.text.outside(case.index, left - _AROUND, right + _AROUND)
    before, after = within(floor, left), within(right, ceiling)
    yield from _named(before, _BEFORE)
    yield from _named(after, _AFTER)
    yield from _named(before | after, _NEAR)
    if (before | after | within(left, right)) & _OFFER:
        yield "offer-near"
        if _PERCENT.search(case.lowered, max(0, left - _AROUND), right + _AROUND):
            yield "offer-in-percent"
