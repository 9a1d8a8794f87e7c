"""Settings: from the environment, all faults at once, secrets by file."""

from pathlib import Path
from typing import Annotated

import pytest
from msgspec import Meta

from mayfly.service.settings import ServiceSettings, SettingsError, load


class Sample(ServiceSettings, frozen=True, kw_only=True):
    secret: Annotated[str, Meta(description="a secret", min_length=4)]
    http_port: Annotated[int, Meta(ge=1, le=65535)] = 8080
    domains: tuple[str, ...] = ("mayfly.test",)
    fast: bool = False

    def contradictions(self) -> list[str]:
        return ["MAYFLY_FAST needs port 1"] if self.fast and self.http_port != 1 else []


def test_values_come_from_prefixed_variables():
    loaded = load(
        Sample,
        {"MAYFLY_SECRET": "abcd", "MAYFLY_HTTP_PORT": "90", "MAYFLY_DOMAINS": "a.test, b.test,", "MAYFLY_BIND": "::1"},
    )
    assert (("a.test", "b.test"), 90, "::1") == (loaded.domains, loaded.http_port, loaded.bind)


def test_an_empty_variable_counts_as_absent():
    assert ("mayfly.test",) == load(Sample, {"MAYFLY_SECRET": "abcd", "MAYFLY_DOMAINS": ""}).domains


def test_a_secret_can_come_from_a_file(tmp_path: Path):
    (tmp_path / "secret").write_text("from-file\n")
    assert "from-file" == load(Sample, {"MAYFLY_SECRET_FILE": str(tmp_path / "secret")}).secret


def test_all_faults_are_named_at_once():
    environ = {"MAYFLY_HTTP_PORT": "many", "MAYFLY_FAST": "perhaps", "MAYFLY_SECRET_FILE": "/nonexistent/secret"}
    with pytest.raises(SettingsError) as caught:
        load(Sample, environ)
    assert ["MAYFLY_FAST", "MAYFLY_HTTP_PORT", "MAYFLY_SECRET"] == sorted(f.split(":")[0] for f in caught.value.faults)


def test_a_missing_value_is_named_as_its_variable():
    with pytest.raises(SettingsError, match="MAYFLY_SECRET"):
        load(Sample, {})


def test_contradicting_values_fail():
    with pytest.raises(SettingsError, match="MAYFLY_FAST needs port 1"):
        load(Sample, {"MAYFLY_SECRET": "abcd", "MAYFLY_FAST": "true"})
