"""The default space's own ports, which stand in the place of a Mailpit."""

from collections.abc import Iterator

import pytest

from tests.system.mailpit.server import Server


@pytest.fixture(scope="session")
def door(stack) -> Iterator[Server]:
    """The ports that a project's Mailpit had: any recipient, no credentials."""
    server = Server(stack.mailpit_url, stack.mailpit_smtp_port)
    yield server
    server.http.close()
