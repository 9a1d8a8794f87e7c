"""What the rules look at: a candidate, what is around it, and facts about its mail. Used by `engine` and `rules`."""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from message_parser.domain.otp import labels
from message_parser.domain.otp.normal import Normal
from message_parser.domain.otp.shapes import Candidate
from message_parser.domain.otp.words import phrases

_TERSE_SUBJECT = 24
_CONTEXT_CHARACTERS = 4_000


class Mail:
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


class Case(NamedTuple):
    """One candidate and what is around it. `masked` is as long as `source`. `line`, `sentence`: start and end."""

    source: Normal
    masked: str
    labels: labels.Labels
    candidate: Candidate
    line: tuple[int, int]
    sentence: tuple[int, int]
    mail: Mail
