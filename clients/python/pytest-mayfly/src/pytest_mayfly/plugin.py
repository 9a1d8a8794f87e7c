"""The pytest plugin `mayfly`: options, what happens around a test, and the fixtures. Switch it off with `-p no:mayfly`.

Nothing here asks the server unless a test used one of the fixtures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pytest_mayfly import settings, state
from pytest_mayfly.fixtures import (
    inbox,
    inbox_factory,
    mayfly,
    mayfly_async,
    mayfly_async_inbox,
    mayfly_django,
    mayfly_faults,
    mayfly_inbox,
    mayfly_inbox_factory,
    mayfly_server,
    mayfly_smtp,
    mayfly_space,
    mayfly_webhook,
)
from pytest_mayfly.reporting import report_mail
from pytest_mayfly.traces import shorten

if TYPE_CHECKING:
    from collections.abc import Generator

__all__ = [
    "inbox",
    "inbox_factory",
    "mayfly",
    "mayfly_async",
    "mayfly_async_inbox",
    "mayfly_django",
    "mayfly_faults",
    "mayfly_inbox",
    "mayfly_inbox_factory",
    "mayfly_server",
    "mayfly_smtp",
    "mayfly_space",
    "mayfly_webhook",
]


def pytest_addoption(parser: pytest.Parser) -> None:
    settings.add_options(parser)


def pytest_configure(config: pytest.Config) -> None:
    state.set_up(config)


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    state.tear_down(config)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of pytest-xdist where the run's server is, or is to be."""
    if state.settings_of(node.config).url is None and state.CAN_EMBED:
        node.workerinput[state.WORKERS_FOLDER] = state.folder_of_run(node.config)


def pytest_report_header(config: pytest.Config) -> str:
    return f"mayfly: {state.settings_of(config).url or 'embedded, started by the first test that needs it'}"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    state.start_afresh(item)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    """Delete what the test opened, after all of its teardown, unless it failed."""
    opened = state.opened_by(item)
    try:
        result = yield
    except BaseException:
        opened.has_failed = True
        raise
    finally:
        state.clean_up(item)
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show in the report of the first part of a test that failed which mail came."""
    if not item.config.getoption("fulltrace"):
        shorten(call)
    report = yield
    opened = state.opened_by(item)
    if report.failed and not opened.is_reported:
        opened.has_failed = opened.is_reported = True
        report_mail(item, report, call.excinfo.value if call.excinfo else None, opened)
    return report
