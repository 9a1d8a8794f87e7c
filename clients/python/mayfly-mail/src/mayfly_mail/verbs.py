"""Makes of one generator of effects a method that blocks and one that is awaited.

A verb is written once, in a class that both halves inherit: `@verb def cursor(self) -> Steps[int]`. On a `Blocking`
object `inbox.cursor()` is an int, on an `Awaiting` one a coroutine of it, with the same signature and docstring. Type
checkers see this by the overloads of `__get__`.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Coroutine, Generator
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from mayfly_mail.effects import Steps

__tracebackhide__ = True  # pytest shows the line of the caller

P = ParamSpec("P")
T = TypeVar("T")


class Blocking:
    """A handle whose verbs block the calling thread."""

    @staticmethod
    def _run(steps: Steps[T]) -> T:
        from mayfly_mail.blocking import run

        return run(steps)


class Awaiting:
    """A handle whose verbs are awaited."""

    @staticmethod
    async def _run(steps: Steps[T]) -> T:
        from mayfly_mail.awaiting import run

        return await run(steps)


class Opening(Generic[T]):
    """A handle to come: `inbox = await mf.inbox()`, or `async with mf.inbox() as inbox:`."""

    def __init__(self, make: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._make = make
        self._made: Any = None

    def __await__(self) -> Generator[Any, Any, T]:
        return self._make().__await__()

    if not TYPE_CHECKING:  # or type checkers would take every name

        def __getattr__(self, name: str) -> Any:
            raise AttributeError(f"there is no {name} yet: `await` this call first, or enter it with `async with`")

    async def __aenter__(self) -> T:
        self._made = await self
        await self._made.__aenter__()
        made: T = self._made
        return made

    async def __aexit__(self, *failure: object) -> None:
        await self._made.__aexit__(*failure)


class verb(Generic[P, T]):  # noqa: N801 - a decorator
    """Makes a method of steps blocking or awaitable, as the object is that it is called on."""

    def __init__(self, steps: Callable[Concatenate[Any, P], Steps[T]]) -> None:
        self.steps = steps
        _show_result(steps)
        self.__doc__ = steps.__doc__
        self._blocking = _blocking(steps)
        self._awaiting = _awaiting(steps)

    @overload
    def __get__(self, owner: None, kind: type[Any]) -> verb[P, T]: ...
    @overload
    def __get__(self, owner: Blocking, kind: type[Any] | None = None) -> Callable[P, T]: ...
    @overload
    def __get__(self, owner: Awaiting, kind: type[Any] | None = None) -> Callable[P, Coroutine[Any, Any, T]]: ...
    def __get__(self, owner: Any, kind: type[Any] | None = None) -> Any:
        return _bound(self, owner, kind, self._blocking, self._awaiting)


class opens(Generic[P, T]):  # noqa: N801 - a decorator
    """Like `verb`, for steps that return a handle: awaited, or entered at once by `async with`."""

    def __init__(self, steps: Callable[Concatenate[Any, P], Steps[T]]) -> None:
        self.steps = steps
        _show_result(steps)
        self.__doc__ = steps.__doc__
        self._blocking = _blocking(steps)
        self._opening = _opening(steps)

    @overload
    def __get__(self, owner: None, kind: type[Any]) -> opens[P, T]: ...
    @overload
    def __get__(self, owner: Blocking, kind: type[Any] | None = None) -> Callable[P, T]: ...
    @overload
    def __get__(self, owner: Awaiting, kind: type[Any] | None = None) -> Callable[P, Opening[T]]: ...
    def __get__(self, owner: Any, kind: type[Any] | None = None) -> Any:
        return _bound(self, owner, kind, self._blocking, self._opening)


def _bound(itself: Any, owner: Any, kind: type[Any] | None, blocking: Any, awaiting: Any) -> Any:
    """Return the method of an object; of a class the function, so that help() and inspect find it as any other."""
    of = kind if owner is None else type(owner)
    if of is not None and issubclass(of, Blocking):
        function = blocking
    elif of is not None and issubclass(of, Awaiting):
        function = awaiting
    else:
        return itself
    return function if owner is None else function.__get__(owner)


def _show_result(steps: Callable[..., Any]) -> None:
    """Let help() and inspect show what a call returns, not the steps to it."""
    annotation = steps.__annotations__.get("return")
    if isinstance(annotation, str) and annotation.startswith("Steps["):
        steps.__annotations__["return"] = annotation[len("Steps[") : -1]


def _blocking(steps: Callable[..., Steps[T]]) -> Callable[..., T]:
    @functools.wraps(steps)
    def call(self: Any, *args: Any, **kwargs: Any) -> T:
        result: T = self._run(steps(self, *args, **kwargs))
        return result

    return call


def _awaiting(steps: Callable[..., Steps[T]]) -> Callable[..., Coroutine[Any, Any, T]]:
    @functools.wraps(steps)
    async def call(self: Any, *args: Any, **kwargs: Any) -> T:
        result: T = await self._run(steps(self, *args, **kwargs))
        return result

    return call


def _opening(steps: Callable[..., Steps[T]]) -> Callable[..., Opening[T]]:
    @functools.wraps(steps)
    def call(self: Any, *args: Any, **kwargs: Any) -> Opening[T]:
        return Opening(lambda: self._run(steps(self, *args, **kwargs)))

    return call
