"""One account for all mails of a run: its plan allows an inbox for each."""

from collections.abc import Iterator

import pytest

from tests.system.conversation import Caller, new_account


@pytest.fixture(scope="session")
def caller(stack) -> Iterator[Caller]:
    with Caller(stack, new_account(stack, "mailers@example.com", plan="team")) as caller:
        yield caller
