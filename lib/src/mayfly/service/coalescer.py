"""Answers many callers with one operation of the store, never with a result older than the question.

A caller that asks while an operation of the same group runs waits for the next operation, which answers everybody who
has asked by then. A single caller does not wait; the busier a group is, the cheaper each question.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Iterator, Sequence
from typing import Generic, TypeVar

G = TypeVar("G", bound=Hashable)
Q = TypeVar("Q")
A = TypeVar("A")
H = TypeVar("H", bound=Hashable)

_LANES = 2
_AT_ONCE = 16


class Coalescer(Generic[G, Q, A]):
    """Calls `ask(group, questions)`, one call per group at a time.

    `ask` returns one answer or exception per question, in order. Questions may repeat. Groups are independent.
    """

    def __init__(self, ask: Callable[[G, Sequence[Q]], Awaitable[Sequence[A | Exception]]]) -> None:
        self._ask = ask
        self._waiting: dict[G, list[tuple[Q, asyncio.Future[A]]]] = {}
        self._serving: dict[G, asyncio.Task[None]] = {}

    async def get(self, group: G, question: Q) -> A:
        """The answer to one question. Raises the exception that `ask` returned for it, or raised."""
        future: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(group, []).append((question, future))
        if group not in self._serving:
            self._serving[group] = asyncio.create_task(self._serve(group))
        return await future

    async def _serve(self, group: G) -> None:
        """Run operations until nobody waits."""
        try:
            while asked := self._waiting.pop(group, None):
                answers = await self._answers(group, [question for question, _ in asked])
                for (_, future), answer in zip(asked, answers, strict=True):
                    _settle(future, answer)
        finally:
            del self._serving[group]

    async def _answers(self, group: G, questions: Sequence[Q]) -> Sequence[A | Exception]:
        try:
            return await self._ask(group, questions)
        except Exception as error:  # noqa: BLE001 - raised again in every caller that asked
            return [error] * len(questions)


def lane_of(name: str) -> int:
    """A group for questions about anything: there are two, so that a slow operation delays only half of the others."""
    return hash(name) % _LANES


def batched(questions: Iterable[H]) -> Iterator[list[H]]:
    """The questions, each once, in batches of 16 for one operation each, because answers may have megabytes."""
    once = list(dict.fromkeys(questions))
    for begin in range(0, len(once), _AT_ONCE):
        yield once[begin : begin + _AT_ONCE]


def _settle(future: asyncio.Future[A], answer: A | Exception) -> None:
    if future.done():  # the caller was cancelled
        return
    if isinstance(answer, Exception):
        future.set_exception(answer)
    else:
        future.set_result(answer)
