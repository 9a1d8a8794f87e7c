"""Keeps the examples' own tests out of the suite: each is a project of its own, which system/test_examples.py runs."""

from pathlib import Path

import pytest

from clients.guest import Guest

collect_ignore = [path.parent.name for path in Path(__file__).parent.glob("*/pyproject.toml")]


@pytest.fixture(scope="module")
def stack(stack):
    return Guest(stack)
