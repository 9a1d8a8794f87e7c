"""Asking the store for many callers at once, without ever answering with something older than the question.

Who asks while an operation of the same lane is under way waits for the next one, which then serves all of them. One
caller alone waits for nobody; the busier a lane is, the less each question costs.
"""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

L = TypeVar("L", bound=Hashable)
Q = TypeVar("Q")
A = TypeVar("A")


class Coalescer(Generic[L, Q, A]):
    """`ask` takes the questions of one round on a lane, and gives as many answers or failures, in order."""

    def __init__(self, ask: Callable[[L, Sequence[Q]], Awaitable[Sequence[A | Exception]]]) -> None:
        self._ask = ask
        self._waiting: dict[L, list[tuple[Q, asyncio.Future[A]]]] = {}
        self._serving: dict[L, asyncio.Task[None]] = {}

    async def get(self, lane: L, question: Q) -> A:
        """The answer. Raises what `ask` gave or raised."""
        turn: asyncio.Future[A] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(lane, []).append((question, turn))
        if lane not in self._serving:
            self._serving[lane] = asyncio.create_task(self._serve(lane))
        return await turn

    async def _serve(self, lane: L) -> None:
        """Round after round, until nobody waits."""
        try:
            while turns := self._waiting.pop(lane, None):
                for (_, turn), answer in zip(turns, await self._answers(lane, turns), strict=True):
                    if not turn.done():
                        _settle(turn, answer)
        finally:
            del self._serving[lane]

    async def _answers(self, lane: L, turns: Sequence[tuple[Q, asyncio.Future[A]]]) -> Sequence[A | Exception]:
        try:
            return await self._ask(lane, [question for question, _ in turns])
        except Exception as error:  # noqa: BLE001 - handed to those who asked, each of whom answers for it
            return [error] * len(turns)


def _settle(turn: asyncio.Future[A], answer: A | Exception) -> None:
    if isinstance(answer, Exception):
        turn.set_exception(answer)
    else:
        turn.set_result(answer)
