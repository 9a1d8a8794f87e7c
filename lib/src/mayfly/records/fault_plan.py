"""Fault plans: the SMTP failures that an inbox simulates, by a fixed count or by chance."""

from collections.abc import Callable, Iterator
from typing import Annotated, Literal

from msgspec import Meta, Struct

Chance = Callable[[], float]
"""Returns a random number, at least 0 and below 1. Tests and seeded runs pass one that repeats."""

_PERCENT = 100


class FaultStep(Struct, frozen=True, kw_only=True):
    """What happens to the next `times` SMTP transactions of the inbox (None: to all that follow; in last steps only).

    `code`: SMTP reply code sent instead of the real one, 400 to 599 (None: the mail is accepted as usual); 421 also
    closes the connection, 452 and 552 read as over quota. `at`: the command that gets the reply: RCPT or the end of
    DATA; MAIL or AUTH of sessions that are known to send to this space, without `times`. `text`: text of the reply,
    printable ASCII; `is_enhanced`: with a status code before it (RFC 3463). `delay_ms`: delay before the reply, real or
    simulated. `probability`: the chance in percent that it happens; None: always.
    """

    times: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    at: Literal["auth", "mail", "rcpt", "data"] = "data"
    code: Annotated[int, Meta(ge=400, le=599)] | None = None
    text: Annotated[str, Meta(max_length=200)] = ""
    is_enhanced: bool = True
    delay_ms: Annotated[int, Meta(ge=0, le=30_000)] = 0
    probability: Annotated[int, Meta(ge=0, le=100)] | None = None

    def __post_init__(self) -> None:
        if not (self.text.isascii() and self.text.isprintable()):
            raise ValueError("text: printable ASCII only")
        if self.times is not None and not self.is_counted:
            raise ValueError("times: only for steps at rcpt or data")

    @property
    def is_counted(self) -> bool:
        """Whether it applies to transactions, which have numbers."""
        return self.at in {"rcpt", "data"}

    def strikes(self, chance: Chance) -> bool:
        """Whether it happens this time."""
        return self.probability is None or chance() * _PERCENT < self.probability


class FaultPlan(Struct, frozen=True, kw_only=True):
    """Steps in the order they apply; afterwards mail is accepted as usual. `seen`: transactions counted so far.

    Of the last steps, those without `times`, the first one applies that its `probability` lets happen.
    """

    steps: Annotated[tuple[FaultStep, ...], Meta(min_length=1, max_length=20)]
    seen: Annotated[int, Meta(ge=0)] = 0

    def __post_init__(self) -> None:
        lasting = [step.times is None for step in self.steps]
        if sorted(lasting) != lasting:
            raise ValueError("steps: only the last steps may leave out times")

    def step(self, number: int, chance: Chance) -> FaultStep | None:
        """The step that applies to the inbox's transaction of that number (from 1); None when none does."""
        return next((step for step in self._candidates(number) if step.strikes(chance)), None)

    def standing(self, at: Literal["auth", "mail"], chance: Chance) -> FaultStep | None:
        """The step that applies to this command, which is before transactions are counted; None when none does."""
        return next((step for step in self.steps if step.at == at and step.strikes(chance)), None)

    @property
    def is_used_up(self) -> bool:
        """Whether no step can apply to later transactions."""
        return all(step.probability == 0 for step in self._candidates(self.seen + 1))

    def _candidates(self, number: int) -> Iterator[FaultStep]:
        for step in self.steps:
            if step.times is None:
                if step.is_counted:
                    yield step
            elif number <= step.times:
                yield step
                return
            else:
                number -= step.times
