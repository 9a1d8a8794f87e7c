"""Ends tracebacks where the user's code calls Mayfly: what goes on inside says nothing about a wait in vain.

It also keeps `--showlocals` out of the client, whose frames see credentials. `--full-trace` shows everything.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = ("mayfly_mail", "pytest_mayfly")
INTERRUPTING = ("_pytest", "pytest_timeout")
"""What stops a wait from outside, and so is called by it as it seems."""


def shorten(call: pytest.CallInfo[None]) -> None:
    """Drop our frames from the end of the traceback of a failure. A fixture of ours that failed keeps its own frame."""
    if call.excinfo is None:
        return
    links = list(_links(call.excinfo.value.__traceback__))
    end = _without(links, len(links), INTERRUPTING)
    kept = _without(links, end, OURS)
    if kept == end:
        return
    if kept and _package(links[kept - 1]) == "_pytest":
        kept += 1
    if 0 < kept < len(links):
        call.excinfo = pytest.ExceptionInfo.from_exception(call.excinfo.value.with_traceback(_chained(links[:kept])))


def _without(links: list[TracebackType], end: int, packages: tuple[str, ...]) -> int:
    """Return where the links end without those at the end that are of these packages."""
    while end and _package(links[end - 1]) in packages:
        end -= 1
    return end


def _links(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _package(link: TracebackType) -> str:
    return str(link.tb_frame.f_globals.get("__name__", "")).partition(".")[0]


def _chained(links: list[TracebackType]) -> TracebackType | None:
    chain: TracebackType | None = None
    for link in reversed(links):
        chain = TracebackType(chain, link.tb_frame, link.tb_lasti, link.tb_lineno)
    return chain
