"""Each file of tests below uses the running Mayfly with an account of its own."""

import pytest

from clients.guest import Guest
from mayfly_local.stack import Stack


@pytest.fixture(scope="module")
def stack(stack: Stack) -> Guest:
    return Guest(stack)
