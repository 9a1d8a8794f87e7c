"""Fault plans: the SMTP failures that an inbox simulates, written as text and kept for the time of a block."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mayfly_mail.errors import MayflyError
from mayfly_mail.models.inboxes import FaultStep
from mayfly_mail.session import at_the_end

if TYPE_CHECKING:
    from typing_extensions import Self

    from mayfly_mail.inbox import AsyncInbox, Inbox

__tracebackhide__ = True  # pytest shows the line of the caller

_WORD = re.compile(r'\s*(?:"(?P<text>[^"]*)"|(?P<comma>,)|(?P<word>[^\s",]+))')
_TIMES = re.compile(r"x([0-9]{1,6})")
_PERCENT = re.compile(r"([0-9]{1,3})%")
_DELAY = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s)")
_CODE = re.compile(r"[45][0-9]{2}")
_PLACES = ("rcpt", "data", "mail", "auth")
_KNOWN = 'a code 400 to 599, "accept" or "drop" first; then x2, 50%, at rcpt|data|mail|auth, delay 500ms|2s, "a text"'
_DROP = 421
_ALL, _MOST_TIMES, _LONGEST_DELAY = 100, 100_000, 30_000
_MILLISECONDS = {"ms": 1, "s": 1000}


def parse_fault_plan(plan: str) -> list[FaultStep]:
    """Read a fault plan: steps in their order, apart by commas. ValueError names a word that is not known.

    A step is an SMTP reply code, `accept`, or `drop` (421, which closes the connection). After it, in any order: `x2`
    for two mails (without: for all that follow, in the last steps only), `50%` for a chance, `at rcpt`, `at data` (the
    default), `at mail` or `at auth` for the command, `delay 500ms` or `delay 2s` before the reply, and the text of the
    reply in double quotes.

    Example:
        >>> [(step.code, step.times) for step in parse_fault_plan("451 x2, accept")]
        [(451, 2), (None, None)]
        >>> parse_fault_plan("drop x1 at rcpt delay 500ms")[0].delay_ms
        500
    """
    steps = [_step(words) for words in _split(plan)]
    lasting = [step["times"] is None for step in steps]
    if sorted(lasting) != lasting:
        raise ValueError("fault plan: only the last steps can be without a count such as x2")
    return [FaultStep(**step) for step in steps]


def _split(plan: str) -> Iterator[list[tuple[str, str]]]:
    """Return the words of each step as (kind, word): kind is "text" for what stood in quotes, else "word"."""
    words: list[tuple[str, str]] = []
    position, end = 0, len(plan.rstrip())
    while position < end:
        match = _WORD.match(plan, position)
        if match is None:
            raise ValueError(f"fault plan: a quote that does not end: {plan[position:].strip()[:40]!r}")
        position = match.end()
        if match["comma"] is None:
            words.append(("text", match["text"]) if match["text"] is not None else ("word", match["word"]))
        else:
            yield _not_empty(words)
            words = []
    yield _not_empty(words)


def _not_empty(words: list[tuple[str, str]]) -> list[tuple[str, str]]:
    if not words:
        raise ValueError(f"fault plan: a step without a word; known: {_KNOWN}")
    return words


def _step(words: list[tuple[str, str]]) -> dict[str, Any]:
    step: dict[str, Any] = {"code": None, "times": None, "delay_ms": 0}
    rest = iter(words)
    kind, first = next(rest)
    step["code"] = _outcome(kind, first)
    for kind, word in rest:
        name, value = _detail(kind, word, rest)
        if step.get(name):
            raise ValueError(f"fault plan: {word!r} says twice what the step's {name} is")
        step[name] = value
    return step


def _outcome(kind: str, word: str) -> int | None:
    lower = word.lower()
    if kind == "word" and lower == "accept":
        return None
    if kind == "word" and lower == "drop":
        return _DROP
    if kind == "word" and _CODE.fullmatch(word):
        return int(word)
    raise _unknown(word)


def _detail(kind: str, word: str, rest: Iterator[tuple[str, str]]) -> tuple[str, Any]:
    """Return the field of a step that a word stands for, with its value; some words take the next one."""
    lower = word.lower()
    if kind == "text":
        return "text", _reply_text(word)
    if match := _TIMES.fullmatch(lower):
        return "times", _within(int(match[1]), 1, _MOST_TIMES, word)
    if match := _PERCENT.fullmatch(lower):
        return "probability", _within(int(match[1]), 0, _ALL, word)
    if lower == "at":
        _, place = next(rest, ("", ""))
        if place.lower() not in _PLACES:
            raise _unknown(place or "at")
        return "at", place.lower()
    if lower == "delay":
        _, length = next(rest, ("", ""))
        if not (match := _DELAY.fullmatch(length.lower())):
            raise _unknown(length or "delay")
        return "delay_ms", _within(round(float(match[1]) * _MILLISECONDS[match[2]]), 0, _LONGEST_DELAY, length)
    raise _unknown(word)


def _reply_text(text: str) -> str:
    if not (text.isascii() and text.isprintable()):
        raise ValueError("fault plan: the text of a reply is printable ASCII")
    return text


def _within(value: int, least: int, most: int, word: str) -> int:
    if not least <= value <= most:
        raise ValueError(f"fault plan: {word!r} is out of range ({least} to {most})")
    return value


def _unknown(word: str) -> ValueError:
    return ValueError(f"fault plan: {word!r} is not known; known: {_KNOWN}")


class _Plan:
    """A fault plan for the time of a block. `seen`: transactions counted by its end, or by the last `refresh`."""

    def __init__(self, plan: str) -> None:
        self._text = plan
        self.steps = parse_fault_plan(plan)
        self.seen: int = 0

    @property
    def remaining(self) -> int:
        """Counted transactions that the plan still has to come, as of `seen`."""
        return max(0, sum(step.times or 0 for step in self.steps) - self.seen)

    def _take(self, plan: Any) -> None:
        if plan is not None:
            self.seen = plan.seen

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._text!r} seen={self.seen}>"


class Faults(_Plan):
    """SMTP failures of an inbox for the time of a block: `with inbox.fault("451 x2, accept") as faults:`."""

    def __init__(self, inbox: Inbox, plan: str) -> None:
        super().__init__(plan)
        self._inbox = inbox

    def refresh(self) -> Self:
        """Count anew, within the block: `faults.refresh().seen`."""
        self._take(self._inbox.fault_plan())
        return self

    def __enter__(self) -> Self:
        self._inbox.set_fault(self._text)
        return self

    def __exit__(self, kind: object, failure: object, trace: object) -> None:
        self._inbox = at_the_end(self._inbox, failure)
        try:
            try:
                self.refresh()
            finally:
                self._inbox.clear_fault()
        except MayflyError:
            if failure is None:  # what failed in the block says more
                raise


class AsyncFaults(_Plan):
    """SMTP failures of an inbox for the time of a block: `async with inbox.fault("451 x2, accept") as faults:`."""

    def __init__(self, inbox: AsyncInbox, plan: str) -> None:
        super().__init__(plan)
        self._inbox = inbox

    async def refresh(self) -> Self:
        """Count anew, within the block: `(await faults.refresh()).seen`."""
        self._take(await self._inbox.fault_plan())
        return self

    async def __aenter__(self) -> Self:
        await self._inbox.set_fault(self._text)
        return self

    async def __aexit__(self, kind: object, failure: object, trace: object) -> None:
        self._inbox = at_the_end(self._inbox, failure)
        try:
            try:
                await self.refresh()
            finally:
                await self._inbox.clear_fault()
        except MayflyError:
            if failure is None:
                raise
