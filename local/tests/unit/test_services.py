"""The process table and what each process is told."""

import json
from pathlib import Path

import pytest

from mayfly_local import services
from mayfly_local.settings import read


class CountingPorts:
    def __init__(self):
        self.last = 30000

    def take(self):
        self.last += 1
        return self.last


@pytest.fixture
def chosen(tmp_path):
    return read(
        {"MAYFLY_DATA_DIR": str(tmp_path), "MAYFLY_WORKERS_PARSER": "3", "MAYFLY_NEW_OPTION": "kept", "HOME": "/h"}
    )


def environment(chosen):
    return services.environment(chosen, "mongodb://m", "nats://n", {"MAYFLY_JWT_SECRET_FILE": Path("/s")})


def test_workers_beyond_the_first_bear_a_number(chosen):
    names = [program.name for program in services.programs(chosen, {}, CountingPorts())]
    assert names == [
        "smtp-ingest",
        "parser",
        "parser-2",
        "parser-3",
        "api-gateway",
        "webhook-dispatcher",
        "expiry-reaper",
    ]


def test_each_process_has_a_probe_port_of_its_own_that_is_written_down(chosen, tmp_path):
    programs = services.programs(chosen, {}, CountingPorts())
    probes = json.loads((tmp_path / "run" / "probes.json").read_text())
    assert probes == {program.name: int(program.env["MAYFLY_PROBE_PORT"]) for program in programs}
    assert len(set(probes.values())) == len(programs)


def test_taking_mail_comes_before_parsing_and_that_before_the_rest(chosen, tmp_path):
    programs = services.programs(chosen, {}, CountingPorts())
    nice = {program.name: program.nice for program in programs}
    assert {"smtp-ingest", "api-gateway"} == {program.name for program in programs if program.slice_us}
    assert nice["smtp-ingest"] == nice["api-gateway"] == 0
    assert 0 < nice["parser"] == nice["parser-3"] <= nice["webhook-dispatcher"] < nice["expiry-reaper"]
    equal = read({"MAYFLY_DATA_DIR": str(tmp_path), "MAYFLY_ACKS_FIRST": "false"})
    assert {(each.nice, each.slice_us) for each in services.programs(equal, {}, CountingPorts())} == {(0, 0)}


def test_services_are_told_what_this_run_decided(chosen, tmp_path):
    told = environment(chosen)
    assert told["MAYFLY_MONGO_URI"] == "mongodb://m"
    assert told["MAYFLY_MONGO_DATABASE"] == "mayfly"
    assert told["MAYFLY_NATS_URL"] == "nats://n"
    assert told["MAYFLY_HTTP_PORT"] == "8080"
    assert told["MAYFLY_DATA_DIR"] == str(tmp_path)
    assert told["MAYFLY_JWT_SECRET_FILE"] == "/s"
    assert told["MAYFLY_ANONYMOUS_ACCESS"] == "address"


def test_unknown_variables_pass_through_unchanged(chosen):
    assert environment(chosen)["MAYFLY_NEW_OPTION"] == "kept"
    assert environment(chosen)["HOME"] == "/h"


@pytest.mark.parametrize(
    ("given", "accepts"),
    [
        ({}, "true"),
        ({"MAYFLY_BIND": "::1"}, "true"),
        ({"MAYFLY_BIND": "0.0.0.0"}, "false"),
        ({"MAYFLY_SMTP_AUTH_ACCEPT_ANY": "false"}, "false"),
    ],
)
def test_smtp_takes_any_credentials_on_loopback(tmp_path, given, accepts):
    told = environment(read({"MAYFLY_DATA_DIR": str(tmp_path), **given}))
    assert told["MAYFLY_SMTP_AUTH_ACCEPT_ANY"] == accepts


@pytest.mark.parametrize(
    ("given", "is_open"),
    [
        ({}, "true"),
        ({"MAYFLY_BIND": "::1"}, "true"),
        ({"MAYFLY_BIND": "0.0.0.0"}, "false"),
        ({"MAYFLY_BIND": "0.0.0.0", "MAYFLY_MAILPIT_HTTP_PORT": "8025"}, "false"),
        ({"MAYFLY_MAILPIT_HTTP_PORT": "0"}, "true"),
        ({"MAYFLY_MAILPIT_HTTP_PORT": "0", "MAYFLY_MAILPIT_SMTP_PORT": "0"}, "false"),
        ({"MAYFLY_OPEN_DEFAULT_SPACE": "false"}, "false"),
    ],
)
def test_the_api_shows_the_default_space_without_credentials_on_loopback_only(tmp_path, given, is_open):
    told = environment(read({"MAYFLY_DATA_DIR": str(tmp_path), **given}))
    assert told["MAYFLY_OPEN_DEFAULT_SPACE"] == is_open


def test_the_gateway_is_told_where_the_page_is_whatever_folder_it_runs_in(tmp_path):
    (tmp_path / "index.html").touch()
    assert str(tmp_path) == environment(read({"MAYFLY_WEB_DIR": str(tmp_path)}))["MAYFLY_WEB_DIR"]
