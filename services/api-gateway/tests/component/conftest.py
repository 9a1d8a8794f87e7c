"""Tenants are apart, so tests share a database and a broker: what is made once a run is not made for every test."""

import pytest


@pytest.fixture(scope="session")
def mongo_database() -> str:
    return "gateway_tests"


@pytest.fixture(scope="session")
def clean_nats(nats_url: str) -> str:
    return nats_url
