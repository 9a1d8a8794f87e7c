"""The application in a thread, and the browser of the system."""

import os
import shutil
import threading
from pathlib import Path

import pytest
import uvicorn
from app import app

NAMES = ("chromium", "chromium-browser", "chromium-headless-shell")
CHROMIUM = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, browser_type):
    if CHROMIUM:
        arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
        return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": arguments}
    if not Path(browser_type.executable_path).exists():
        pytest.skip("no browser: install chromium, or run `playwright install chromium`")
    return browser_type_launch_args


@pytest.fixture(scope="session")
def shop(mayfly_smtp):
    """The URL of the application, which sends its mail to Mayfly."""
    app.state.smtp = mayfly_smtp
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        thread.join(0.01)
        assert thread.is_alive(), "the application did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    app.state.base = f"http://127.0.0.1:{port}"
    yield app.state.base
    server.should_exit = True
    thread.join()
