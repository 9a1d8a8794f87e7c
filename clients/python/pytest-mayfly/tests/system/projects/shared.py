"""Tests that share one embedded server, one of which kills its worker."""

import os
import signal
import time
from pathlib import Path

import pytest

SEEN = Path(__file__).with_name("seen")


@pytest.mark.parametrize("number", range(6))
def test_each_worker_uses_the_same_server(number, mayfly_server, inbox):
    inbox.inject(subject=f"mail {number}")
    inbox.wait_for_message(subject=f"mail {number}")
    with SEEN.open("a") as seen:
        seen.write(f"{os.environ.get('PYTEST_XDIST_WORKER')} {mayfly_server.url} {mayfly_server.key_file}\n")


def test_a_worker_dies():
    while not SEEN.exists():  # so that the server runs
        time.sleep(0.05)
    os.kill(os.getpid(), signal.SIGKILL)
