"""The environment of `make run`: defaults, faults, contradictions."""

from pathlib import Path

import pytest

from mayfly_local.faults import Refusal
from mayfly_local.settings import read


def test_an_empty_environment_gives_the_promised_defaults():
    settings = read({})
    assert settings.data_dir == Path.cwd() / ".mayfly"
    assert settings.bind == "127.0.0.1"
    assert settings.domains == ("mayfly.test",)
    assert dict(settings.ports) == {
        "MAYFLY_HTTP_PORT": 8080,
        "MAYFLY_SMTP_PORT": 2525,
        "MAYFLY_NATS_PORT": 4222,
        "MAYFLY_MONGO_PORT": 27017,
    }
    assert set(settings.workers.values()) == {1}


def test_an_empty_variable_counts_as_absent():
    settings = read({"MAYFLY_ADMIN_TOKEN": "", "MAYFLY_HTTP_PORT": " ", "OTHER": ""})
    assert settings.ports["MAYFLY_HTTP_PORT"] == 8080
    assert dict(settings.environment) == {"OTHER": ""}


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "80 80", "٣"])
def test_a_port_out_of_range_is_refused(port):
    with pytest.raises(Refusal, match=r"MAYFLY_SMTP_PORT=.*1 to 65535"):
        read({"MAYFLY_SMTP_PORT": port})


def test_every_fault_is_told_at_once():
    with pytest.raises(Refusal) as refusal:
        read(
            {
                "MAYFLY_HTTP_PORT": "x",
                "MAYFLY_BIND": "localhost",
                "MAYFLY_DOMAINS": "a..b",
                "MAYFLY_WORKERS_PARSER": "0",
                "MAYFLY_WEBHOOK_ALLOW_CIDRS": "127.0.0.1/8",
                "MAYFLY_ADMIN_TOKEN": "t",
                "MAYFLY_ADMIN_TOKEN_FILE": "/f",
            }
        )
    assert len(refusal.value.lines) == 6
    assert refusal.value.exit_code == 2


@pytest.mark.parametrize("text", ["yes", "1", "truth"])
def test_what_is_neither_true_nor_false_is_refused(text):
    with pytest.raises(Refusal, match=f"MAYFLY_ACKS_FIRST={text}: must be true or false"):
        read({"MAYFLY_ACKS_FIRST": text})


def test_two_servers_cannot_share_a_port():
    with pytest.raises(Refusal, match="MAYFLY_HTTP_PORT and MAYFLY_NATS_PORT are both 4222"):
        read({"MAYFLY_HTTP_PORT": "4222"})


def test_a_server_of_ones_own_needs_no_port_here():
    settings = read({"MAYFLY_NATS_URL": "nats://elsewhere:4222", "MAYFLY_HTTP_PORT": "4222"})
    assert settings.nats_url == "nats://elsewhere:4222"
    assert "MAYFLY_NATS_PORT" not in settings.ports


@pytest.mark.parametrize(
    ("bind", "url"),
    [
        ("0.0.0.0", "http://127.0.0.1:8080"),
        ("::", "http://[::1]:8080"),
        ("127.0.0.2", "http://127.0.0.2:8080"),
    ],
)
def test_this_machine_reaches_what_listens_everywhere_by_loopback(bind, url):
    assert read({"MAYFLY_BIND": bind}).http_url == url
