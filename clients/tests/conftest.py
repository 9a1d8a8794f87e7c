"""Fixtures of the clients' tests."""

from __future__ import annotations

import pytest

from clients.tests.workspace import Workspace


@pytest.fixture(scope="session")
def workspace(tmp_path_factory):
    """Return the clients for Node, built, packed and installed."""
    return Workspace(tmp_path_factory.mktemp("node"))
