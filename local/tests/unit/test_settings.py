"""The environment of `make run`: defaults, faults, contradictions."""

import re
import socket
from pathlib import Path

import pytest

from mayfly_local.__main__ import greeting
from mayfly_local.faults import Refusal
from mayfly_local.plan import without_taken_mailpit_ports
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
    assert {"MAYFLY_MAILPIT_HTTP_PORT": 8025, "MAYFLY_MAILPIT_SMTP_PORT": 1025} == settings.mailpit_ports
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


@pytest.mark.parametrize("bind", ["0.0.0.0", "::", "192.0.2.1"])
def test_the_default_space_is_served_on_loopback_only_unless_asked_for(bind):
    assert {0} == set(read({"MAYFLY_BIND": bind}).mailpit_ports.values())
    asked = read({"MAYFLY_BIND": bind, "MAYFLY_MAILPIT_SMTP_PORT": "1025"}).mailpit_ports
    assert {"MAYFLY_MAILPIT_HTTP_PORT": 0, "MAYFLY_MAILPIT_SMTP_PORT": 1025} == asked


def test_a_default_of_the_default_space_gives_way_and_a_chosen_port_does_not():
    settings = read({"MAYFLY_HTTP_PORT": "8025", "MAYFLY_MAILPIT_SMTP_PORT": "0"})
    lines: list[str] = []
    assert {0} == set(without_taken_mailpit_ports(settings, lines.append).mailpit_ports.values())
    assert ["MAYFLY_HTTP_PORT", "MAYFLY_MAILPIT_HTTP_PORT"] == re.findall(r"MAYFLY_\w+", *lines)
    with pytest.raises(Refusal, match="MAYFLY_HTTP_PORT and MAYFLY_MAILPIT_HTTP_PORT are both 8025"):
        read({"MAYFLY_HTTP_PORT": "8025", "MAYFLY_MAILPIT_HTTP_PORT": "8025"})


def test_a_taken_port_of_the_default_space_is_said_and_left_out(free_ports):
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        settings = read({"MAYFLY_MAILPIT_SMTP_PORT": str(taken), "MAYFLY_MAILPIT_HTTP_PORT": str(free_ports.take())})
        lines: list[str] = []
        served = without_taken_mailpit_ports(settings, lines.append).mailpit_ports
    assert 0 == served["MAYFLY_MAILPIT_SMTP_PORT"]
    assert settings.mailpit_ports["MAYFLY_MAILPIT_HTTP_PORT"] == served["MAYFLY_MAILPIT_HTTP_PORT"]
    assert [f"Port {taken} on 127.0.0.1 is taken"] == [line.partition(":")[0] for line in lines]


def test_the_page_is_the_first_thing_that_a_ready_mayfly_names(tmp_path):
    (tmp_path / "index.html").touch()
    lines = greeting(read({"MAYFLY_WEB_DIR": str(tmp_path), "MAYFLY_HTTP_PORT": "8181"})).splitlines()
    assert "  Page  http://127.0.0.1:8181/" == lines[1]
    assert "  API   http://127.0.0.1:8181/api/v1" == lines[2]


def test_a_folder_without_a_page_is_refused(tmp_path):
    with pytest.raises(Refusal, match=r"MAYFLY_WEB_DIR=.*: has no index\.html"):
        read({"MAYFLY_WEB_DIR": str(tmp_path)})
