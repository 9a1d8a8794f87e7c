"""The lifecycle of a real process: settings, probes, drain, exit codes."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import ProxyHandler, build_opener

import pytest

SERVICE = """
import asyncio, sys
from contextlib import asynccontextmanager
from mayfly.failures import TransientFailure
from mayfly.service.run import Component, run
from mayfly.service.settings import ServiceSettings

class Settings(ServiceSettings, frozen=True, kw_only=True):
    mode: str = "good"

@asynccontextmanager
async def build(settings):
    if settings.mode == "unreachable":
        raise TransientFailure("nobody there")
    if settings.mode == "waiting":
        try:
            await asyncio.sleep(3600)
        finally:
            print("given up", flush=True)
    async def work(stop):
        if settings.mode == "crash":
            raise RuntimeError("boom")
        await stop.wait()
        await asyncio.sleep(3600 if settings.mode == "stuck" else 0.3)
        print("drained", flush=True)
    async def check():
        if settings.mode == "unready":
            raise TransientFailure("store down")
    try:
        yield Component(tasks={"work": work}, checks={"store": check})
    finally:
        print("closed", flush=True)

run("sample", build, Settings)
"""


def get(port: int, path: str) -> tuple[int, str]:
    try:
        with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}{path}", timeout=2) as response:
            return seen(response)
    except HTTPError as error:
        with error:
            return seen(error)


def seen(response: HTTPError) -> tuple[int, str]:
    """Status and body; no answer names the server that gives it."""
    assert not response.headers["Server"]
    return response.status or 0, response.read().decode()


@contextmanager
def service(tmp_path: Path, **environment: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (tmp_path / "sample.py").write_text(SERVICE)
    environ = {**os.environ, "MAYFLY_PROBE_PORT": str(port), **environment}
    process = subprocess.Popen(
        [sys.executable, tmp_path / "sample.py"],
        env=environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        yield process, port
    finally:
        process.kill()
        process.communicate()


def wait_until_live(port: int) -> None:
    deadline = time.monotonic() + 15
    while True:
        try:
            assert (200, '{"live":true}') == get(port, "/livez")
            return
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.02)


def lines(output: str) -> list[str]:
    return [json.loads(line)["event"] if line.startswith("{") else line for line in output.splitlines()]


def test_a_process_is_live_ready_and_measured_and_drains_at_sigterm(tmp_path):
    with service(tmp_path) as (process, port):
        wait_until_live(port)
        assert (200, '{"ready":true,"faults":{}}') == get(port, "/readyz")
        assert "process_resident_memory_bytes" in get(port, "/metrics")[1]
        assert 404 == get(port, "/other")[0]
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=10)
        assert (0, ["ready", "drained", "closed", "stopped"]) == (process.returncode, lines(output))


def test_a_failing_check_turns_readiness_red_and_names_it_but_leaves_liveness_green(tmp_path):
    with service(tmp_path, MAYFLY_MODE="unready") as (_, port):
        wait_until_live(port)
        assert (503, '{"ready":false,"faults":{"store":"store down"}}') == get(port, "/readyz")


def test_what_is_not_drained_within_the_grace_time_is_cut_off(tmp_path):
    with service(tmp_path, MAYFLY_MODE="stuck", MAYFLY_GRACE_SECONDS="0.2") as (process, port):
        wait_until_live(port)
        while get(port, "/readyz")[0] != 200:
            time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=10)
        assert (0, ["ready", "cut_off", "closed", "stopped"]) == (process.returncode, lines(output))


@pytest.mark.parametrize(("mode", "event"), [("unreachable", "failed"), ("crash", "crashed")])
def test_a_process_that_cannot_go_on_says_why_and_exits_1(tmp_path, mode, event):
    with service(tmp_path, MAYFLY_MODE=mode) as (process, _):
        output, _ = process.communicate(timeout=15)
        assert 1 == process.returncode
        assert event in lines(output)


def test_a_start_that_waits_for_its_servers_is_given_up_at_sigterm(tmp_path):
    with service(tmp_path, MAYFLY_MODE="waiting") as (process, port):
        wait_until_live(port)
        process.send_signal(signal.SIGTERM)
        output, _ = process.communicate(timeout=10)
        assert (0, ["given up", "stopped"]) == (process.returncode, lines(output))


def test_bad_settings_are_all_named_and_exit_2(tmp_path):
    with service(tmp_path, MAYFLY_PROBE_PORT="none", MAYFLY_LOG_LEVEL="LOUD") as (process, _):
        output, _ = process.communicate(timeout=15)
        assert 2 == process.returncode
        assert ("MAYFLY_PROBE_PORT" in output, "MAYFLY_LOG_LEVEL" in output) == (True, True)
