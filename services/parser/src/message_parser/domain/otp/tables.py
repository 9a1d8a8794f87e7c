"""Leaves out numbers of long tables that no word speaks of. Used by `engine`.

Orders, statements and digests have up to a hundred numbers, and what is known of each took 50 us to work out. A code among
them has a word of codes, of signing in or of entering near it, or is one of the first numbers of its mail.
"""

from bisect import bisect_left

from message_parser.domain.otp.scan import BITS, CODE_KINDS, SIGNING_IN, search
from message_parser.domain.otp.shapes import Candidate

_MANY, _FIRST = 24, 16
_REACH_BEFORE, _REACH_AFTER = 200, 100  # characters
_SPEAKING = SIGNING_IN | sum(BITS[name] for name in (*CODE_KINDS, "action", "here", "fresh", "stale", "replaces"))


def without_tables(lowered: str, candidates: list[Candidate]) -> list[Candidate]:
    """All candidates when there are few of them; else the first ones, and those with such a word near them."""
    if len(candidates) <= _MANY:
        return candidates
    spoken = [hit.start for hit in search().find(lowered) if hit.lists & _SPEAKING]
    return candidates[:_FIRST] + [one for one in candidates[_FIRST:] if _is_near(spoken, one)]


def _is_near(offsets: list[int], candidate: Candidate) -> bool:
    """Whether one of the offsets is near the candidate."""
    following = bisect_left(offsets, candidate.start - _REACH_BEFORE)
    return following < len(offsets) and offsets[following] < candidate.end + _REACH_AFTER
