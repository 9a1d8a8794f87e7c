"""Fault plans: the SMTP failures that an inbox simulates, by a fixed count and never by chance."""

from typing import Annotated, Literal

from msgspec import Meta, Struct


class FaultStep(Struct, frozen=True, kw_only=True):
    """What happens to the next `times` SMTP transactions of the inbox (None: to all that follow; last step only).

    `code`: SMTP reply code sent instead of the real one, 400 to 599 (None: the mail is accepted as usual); 421 also
    closes the connection, 452 and 552 read as over quota. `at`: the command that gets the reply, RCPT or the end of
    DATA. `text`: text of the reply, printable ASCII. `delay_ms`: delay before the reply, real or simulated.
    """

    times: Annotated[int, Meta(ge=1, le=100_000)] | None = None
    at: Literal["rcpt", "data"] = "data"
    code: Annotated[int, Meta(ge=400, le=599)] | None = None
    text: Annotated[str, Meta(max_length=200)] = ""
    delay_ms: Annotated[int, Meta(ge=0, le=30_000)] = 0

    def __post_init__(self) -> None:
        if not (self.text.isascii() and self.text.isprintable()):
            raise ValueError("text: printable ASCII only")


class FaultPlan(Struct, frozen=True, kw_only=True):
    """Steps in the order they apply; afterwards mail is accepted as usual. `seen`: transactions counted so far."""

    steps: Annotated[tuple[FaultStep, ...], Meta(min_length=1, max_length=20)]
    seen: Annotated[int, Meta(ge=0)] = 0

    def __post_init__(self) -> None:
        if any(step.times is None for step in self.steps[:-1]):
            raise ValueError("steps: only the last step may leave out times")

    def step(self, number: int) -> FaultStep | None:
        """The step for the inbox's transaction of that number (from 1), None when the plan is used up."""
        for step in self.steps:
            if step.times is None or number <= step.times:
                return step
            number -= step.times
        return None

    @property
    def is_used_up(self) -> bool:
        """Whether every step has been applied, so that later transactions are not affected."""
        return self.step(self.seen + 1) is None
