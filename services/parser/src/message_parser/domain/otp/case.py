"""What features are computed from: the texts of a mail, the mail as a whole, one candidate. Used by `engine`."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from message_parser.domain.otp import lines, sentences, shapes
from message_parser.domain.otp.labels import REACH_BEFORE, Labels, Level, Tie, reaches
from message_parser.domain.otp.normal import Normal
from message_parser.domain.otp.scan import CODE_KINDS, SIGNING_IN, Scan
from message_parser.domain.otp.shapes import Candidate
from message_parser.domain.otp.words import BITS

CLOSE = 30  # characters to either side of a number
_SHORT_SUBJECT = 24
_FOOTER = 4  # lines
_PRICE = re.compile(r"\d[.,]\d\d(?![\d.,:])")
_PRICES_REACH = 4_000
_OF_CODES = SIGNING_IN | BITS["expiry"] | BITS["unasked"] | BITS["action"] | BITS["here"]
_SPEAKING = SIGNING_IN | sum(BITS[name] for name in ("action", "here", "stale", "replaces", "fresh"))
_OF_MAIL = tuple(
    (BITS[name], f"mail-{name}") for name in ("expiry", "unasked", "warning", "backup", "meeting", "transfer")
)


class Text:
    """Subject, text or visible HTML, with what is known about it as a whole. `masked` is as long as the normal form.

    `emphasised`: ranges of the original whose style stands out, in order. `has_table`: numbers in tables were left out.
    """

    def __init__(
        self,
        name: str,
        normal: Normal,
        masked: str,
        candidates: list[Candidate],
        emphasised: Sequence[tuple[int, int]] = (),
        *,
        has_table: bool = False,
    ) -> None:
        self.name = name
        self.normal = normal
        self.masked = masked
        self.candidates = candidates
        self.emphasised = emphasised
        self.has_table = has_table
        self.lines = [lines.line_of(normal.lowered, masked, one) for one in candidates]
        self.sentences = [
            sentences.around(normal.text, one.start, one.end, line)
            for one, line in zip(candidates, self.lines, strict=True)
        ]

    @cached_property
    def scan(self) -> Scan:
        """The words near its candidates; of a subject and of a text without any the words at its beginning."""
        lowered = self.normal.lowered
        if self.name == "subject" or not self.candidates:
            return Scan(lowered, [(0, REACH_BEFORE)])
        begin_lines = [lines.begins_line(self.masked, one) for one in self.candidates]
        return Scan(lowered, reaches(self.candidates, len(lowered), begin_lines))

    @cached_property
    def labels(self) -> Labels:
        """Its labels, and which candidate each belongs to."""
        return Labels(self.normal.lowered, self.masked, self.scan, self.candidates, self.sentences)

    def is_emphasised(self, candidate: Candidate) -> bool:
        """Whether the style of the candidate stands out from the text around it."""
        start, end = self.normal.origin(candidate.start, candidate.end)
        index = bisect_right(self.emphasised, (start, len(self.normal.original) + 1)) - 1
        return index >= 0 and end <= self.emphasised[index][1]

    @cached_property
    def last_line(self) -> int:
        """Where the last line begins of a text of more than four; at its end for shorter ones."""
        text = self.normal.text.rstrip()
        return text.rfind("\n") + 1 if text.count("\n") >= _FOOTER else len(self.normal.text)

    def outside(self, index: int, floor: int, ceiling: int) -> tuple[int, int]:
        """`floor` and `ceiling`, moved to the nearest sentences with other numbers around that of the candidate."""
        left, right = self.sentences[index]
        for start, end in reversed(self.sentences[:index]):
            if start < left:
                floor = max(floor, min(end, left))
                break
        for start, end in self.sentences[index + 1 :]:
            if end > right:
                ceiling = min(ceiling, max(start, right))
                break
        return max(floor, 0), ceiling

    def has_number(self, start: int, end: int) -> bool:
        """Whether a candidate begins between `start` and `end`, so that the labels there are its own."""
        index = bisect_left(self.candidates, (start,))
        return index < len(self.candidates) and self.candidates[index].start < end


class Mail:
    """What is known about the mail as a whole.

    `texts`: subject, text and, when it was needed, HTML. `sender`: name and address.
    """

    def __init__(self, texts: Sequence[Text], sender: str = "") -> None:
        self._subject = texts[0].normal.lowered
        self.sender = sender.lower()
        self._texts = texts

    @cached_property
    def features(self) -> list[str]:
        """The features that all candidates of the mail share."""
        subject = self._subject
        scan = self._texts[0].scan
        lists = scan.lists
        for text in self._texts:
            lists |= text.scan.lists
        found = [name for bit, name in _OF_MAIL if lists & bit]
        if lists & SIGNING_IN:
            found.append("mail-signs-in")
        if not self.names_code:
            found.append("names-no-code")
            if not lists & _OF_CODES:
                found.append("nothing-about-codes")
        kinds = [match.kind for match in scan.labels]
        if "strong" in kinds or "ambiguous" in kinds:
            found.append("subject-names-code")
        elif "weak" in kinds:
            is_terse = len(subject) <= _SHORT_SUBJECT or self._texts[0].candidates or scan.lists & BITS["your"]
            found.append("subject-names-code-weakly" if is_terse else "subject-mentions-code")
        if "negative" in kinds:
            found.append("subject-names-other")
        if self.is_purchase:
            found.append("mail-of-purchase")
        return found

    @cached_property
    def names_code(self) -> bool:
        """Whether it has a label of a code, near any number."""
        return any(text.scan.names_code for text in self._texts)

    def kind_of(self, kind: str) -> str:
        """The kind of a label of a code, as it is meant in this mail: receipts show codes of the card's terminal."""
        if self.is_receipt:
            return "receipt"
        return "purchase" if kind == "ambiguous" and self.is_purchase else kind

    @cached_property
    def is_purchase(self) -> bool:
        """Whether it has two different words of receipts and journeys; many mails have one."""
        return len(set[str]().union(*(text.scan.context for text in self._texts))) > 1

    @cached_property
    def is_receipt(self) -> bool:
        """Whether it shows two prices, and its subject names a receipt, an order or another number."""
        scan = self._texts[0].scan
        if not (scan.lists & BITS["context"] or any(match.kind == "negative" for match in scan.labels)):
            return False
        return any(len(_PRICE.findall(text.normal.text, 0, _PRICES_REACH)) > 1 for text in self._texts[1:])

    @cached_property
    def has_table(self) -> bool:
        """Whether there are many more numbers, in lines of a long table that were left out."""
        return any(text.has_table for text in self._texts)

    @cached_property
    def unclaimed(self) -> frozenset[str]:
        """The numbers that no other label claims and that are no year or date."""
        return frozenset(
            one.code
            for text in self._texts
            for index, one in enumerate(text.candidates)
            if one.shape != "letters" and not shapes.is_year_or_date(one) and not text.labels.is_claimed(index)
        )


@dataclass(slots=True)
class Case:
    """One candidate of a text, by its index.

    `sentence`: its start and end. `ties`: all labels in its sentence, and how they are tied to it. `is_named_closely`:
    a label of a code is its own, and close.
    """

    mail: Mail
    text: Text
    index: int
    candidate: Candidate
    lowered: str
    sentence: tuple[int, int]
    ties: list[Tie]
    is_named_closely: bool

    @classmethod
    def of(cls, mail: Mail, text: Text, index: int) -> "Case":
        ties, sentence = text.labels.ties[index], text.sentences[index]
        named = any(tie.match.kind in CODE_KINDS and tie.is_owned and tie.level <= Level.ANNOUNCED for tie in ties)
        return cls(mail, text, index, text.candidates[index], text.normal.lowered, sentence, ties, named)

    def is_spoken_of(self) -> bool:
        """Whether its sentence has a label of a code or asks for one, or it begins a line, or is in the subject."""
        return bool(
            any(tie.match.kind in CODE_KINDS for tie in self.ties)
            or self.text.scan.within(*self.sentence) & _SPEAKING
            or self.text.name == "subject"
            or lines.begins_line(self.text.masked, self.candidate)
        )

    def clause(self) -> tuple[int, int]:
        """The words close to the number that no comma parts from it, and that are no closer to another number."""
        candidates, index, lowered = self.text.candidates, self.index, self.lowered
        left, right = self.sentence
        start, end = max(left, self.candidate.start - CLOSE), min(right, self.candidate.end + CLOSE)
        if index and candidates[index - 1].end > left:
            start = max(start, (candidates[index - 1].end + self.candidate.start) // 2)
        if index + 1 < len(candidates) and candidates[index + 1].start < right:
            end = min(end, (self.candidate.end + candidates[index + 1].start) // 2)
        return sentences.after_commas(lowered, start, self.candidate.start), sentences.before_comma(
            lowered, self.candidate.end, end
        )
