"""What the plugin keeps in pytest's stashes: of a run, and of a test. `plugin` sets it up, fixtures read it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from pytest_mayfly import settings
from pytest_mayfly.opened import Caretaker, Opened
from pytest_mayfly.server import Server
from pytest_mayfly.settings import Settings

if TYPE_CHECKING:
    from pytest_mayfly.embedded import Run

CAN_EMBED = sys.platform != "win32"
"""Whether a server can be started at all: it needs locks that only Unix has."""
WORKERS_FOLDER = "mayfly_run"
"""The key in xdist's `workerinput` of the folder where workers find the embedded server."""
_SETTINGS = pytest.StashKey[Settings]()
_CARETAKER = pytest.StashKey[Caretaker]()
_RUN: pytest.StashKey[Run] = pytest.StashKey()
_OPENED = pytest.StashKey[Opened]()


def set_up(config: pytest.Config) -> None:
    config.stash[_SETTINGS] = settings.read(config, os.environ)
    config.stash[_CARETAKER] = Caretaker()


def tear_down(config: pytest.Config) -> None:
    """Close the clients, and end the embedded server if this process is the one that the run began in."""
    if _CARETAKER in config.stash:
        config.stash[_CARETAKER].close()
    if _RUN in config.stash:
        config.stash[_RUN].end()
        del config.stash[_RUN]


def settings_of(config: pytest.Config) -> Settings:
    return config.stash[_SETTINGS]


def caretaker_of(config: pytest.Config) -> Caretaker:
    return config.stash[_CARETAKER]


def opened_by(item: pytest.Item) -> Opened:
    """Return what this run of the test has opened so far."""
    return item.stash.setdefault(_OPENED, Opened())


def start_afresh(item: pytest.Item) -> None:
    """Forget an earlier run of the same test: plugins that rerun tests keep the item."""
    item.stash[_OPENED] = Opened()


def clean_up(item: pytest.Item) -> None:
    """Delete what a test opened, or keep it for a look: if the test failed, or all of it by `--mayfly-keep`."""
    opened, caretaker = opened_by(item), caretaker_of(item.config)
    if opened.has_failed or settings_of(item.config).keep:
        caretaker.keep(opened)
    else:
        caretaker.delete(opened)


def folder_of_run(config: pytest.Config) -> str:
    """Return the folder of this run, made at first use in the process that the run began in."""
    workerinput = getattr(config, "workerinput", {})
    if WORKERS_FOLDER in workerinput:
        return str(workerinput[WORKERS_FOLDER])
    from pytest_mayfly.embedded import Run

    if _RUN not in config.stash:
        config.stash[_RUN] = Run()
    return str(config.stash[_RUN].folder)


def server_for(config: pytest.Config) -> Server:
    """Return the server that is configured, or the embedded one of the run. Fails the test where there is neither."""
    chosen = settings_of(config)
    if chosen.url is not None:
        return Server(chosen.url, chosen.smtp)
    if not CAN_EMBED:
        pytest.fail("No Mayfly to test with: set MAYFLY_URL and MAYFLY_API_KEY.", pytrace=False)
    from pathlib import Path

    from pytest_mayfly.embedded import NoServer, server_in

    try:
        return server_in(Path(folder_of_run(config)), chosen.python)
    except NoServer as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None
