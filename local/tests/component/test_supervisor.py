"""The supervisor over stand-in programs: order, restarts, giving up, no orphans."""

import ctypes
import os
import platform
import signal
import struct
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mayfly_local.faults import Breakdown
from mayfly_local.processes import Child, Program, stop
from mayfly_local.supervisor import Supervisor


def until(condition, within=10.0):
    deadline = time.monotonic() + within
    while not (result := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)
    return result


def shell(name, script, check=lambda: None):
    return Program(name, ("/bin/sh", "-c", script), check)


def marking(name, folder):
    """A program that writes down when it came up and when it was asked to stop."""
    diary = folder / "diary"
    ready = folder / f"{name}.ready"
    script = f"trap 'echo {name} stops >> {diary}; exit 0' TERM; echo {name} starts >> {diary}; touch {ready}; while :; do sleep 0.01; done"
    return shell(name, script, lambda: None if ready.exists() else "no mark yet")


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"


@pytest.fixture
def said():
    return []


@pytest.fixture
def supervise(tmp_path, said):
    made = []

    def make(*tiers, **options):
        stopping = threading.Event()
        made.append(Supervisor(tiers, tmp_path, said.append, stopping, **options))
        return made[-1], stopping

    yield make
    for each in made:
        each.stop()


def test_tiers_come_up_together_and_go_down_in_reverse(supervise, tmp_path):
    low, high = marking("low", tmp_path), marking("high", tmp_path)
    high_runs = tmp_path / "high.ready"
    waiting = replace(low, check=lambda: low.check() if high_runs.exists() else "high is not there")
    supervisor, _ = supervise([waiting], [high])
    assert supervisor.start()
    supervisor.stop()
    diary = (tmp_path / "diary").read_text().splitlines()
    assert (sorted(diary[:2]), diary[2:]) == (["high starts", "low starts"], ["high stops", "low stops"])
    assert list((tmp_path / "run").glob("*.pid")) == []


def test_a_killed_process_is_started_again_within_two_seconds(supervise, tmp_path, said):
    supervisor, stopping = supervise([marking("worker", tmp_path)])
    supervisor.start()
    pid_file = tmp_path / "run" / "worker.pid"
    old = pid_file.read_text()
    # The kernel ends a child together with the thread that started it, so the loop runs here and the killer elsewhere.
    killed = time.monotonic()
    os.kill(int(old), signal.SIGKILL)

    def stop_when_it_is_back():
        until(lambda: pid_file.exists() and pid_file.read_text() != old)
        stopping.set()

    threading.Thread(target=stop_when_it_is_back).start()
    supervisor.watch()
    assert time.monotonic() - killed < 2
    assert "worker was killed by SIGKILL; starting it again" in said


def test_a_program_that_keeps_dying_ends_the_start_with_the_end_of_its_log(supervise):
    supervisor, _ = supervise(
        [shell("fine", "exec sleep 60")], [shell("sick", "echo no disk; exit 3", lambda: "not yet")]
    )
    with pytest.raises(Breakdown) as breakdown:
        supervisor.start()
    assert breakdown.value.lines[-2] == "no disk"
    assert "sick keeps dying" in breakdown.value.lines[-1]


def test_a_program_that_is_not_ready_in_time_ends_the_start_with_the_reason(supervise):
    supervisor, _ = supervise([shell("slow", "exec sleep 60", lambda: "still thinking")], patience=0.1)
    with pytest.raises(Breakdown, match=r"slow was not ready within 0\.1 s: still thinking"):
        supervisor.start()


def test_a_wish_to_stop_ends_a_start_that_waits(supervise):
    supervisor, stopping = supervise([shell("slow", "exec sleep 60", lambda: "still thinking")])
    threading.Timer(0.05, stopping.set).start()
    assert supervisor.start() is False


def test_a_program_that_gives_way_does_so_within_and_among_sessions(tmp_path):
    helpers = "sleep 60 & echo $!; wait"
    child = Child(replace(shell("humble", helpers), nice=5), tmp_path)
    child.start()
    helper = int(until(child.last_lines)[0])
    for pid in (int((tmp_path / "run" / "humble.pid").read_text()), helper):
        assert Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[16] == "5"
        group = Path(f"/proc/{pid}/autogroup")
        if group.exists() and group.read_text().strip():
            assert group.read_text().endswith("nice 5\n")
    child.signal(signal.SIGKILL)
    assert child.end(5)


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the number of the system call is x86-64's")
def test_a_program_that_takes_short_turns_is_given_them_with_all_its_children(tmp_path):
    child = Child(replace(shell("hasty", "sleep 60 & echo $!; wait"), slice_us=150), tmp_path)
    child.start()
    helper = int(until(child.last_lines)[0])
    for pid in (int((tmp_path / "run" / "hasty.pid").read_text()), helper):
        found = ctypes.create_string_buffer(48)
        assert ctypes.CDLL(None).syscall(315, pid, found, 48, 0) == 0  # sched_getattr(2)
        assert struct.unpack_from("Q", found, 24)[0] in {150_000, 0}  # 0: older than Linux 6.12
    child.signal(signal.SIGKILL)
    assert child.end(5)


def test_a_process_that_ignores_sigterm_is_killed_after_the_grace(tmp_path):
    ready = tmp_path / "ready"
    child = Child(shell("deaf", f"trap '' TERM; touch {ready}; while :; do sleep 0.01; done"), tmp_path)
    child.start()
    until(ready.exists)
    assert stop([child], grace=0.1) == ["deaf"]
    assert not child.running


def test_helpers_of_a_dead_process_do_not_outlive_it(tmp_path):
    child = Child(shell("parent", "sleep 60 & echo $!; wait"), tmp_path)
    child.start()
    helper = int(until(child.last_lines)[0])
    child.signal(signal.SIGKILL)
    assert child.end(5)
    until(lambda: gone(helper))


def test_a_supervisor_killed_by_sigkill_leaves_no_orphan(tmp_path):
    script = (
        "import time; from pathlib import Path; from mayfly_local.processes import *\n"
        f"Child(Program('inner', ('/bin/sleep', '60'), lambda: None), Path({str(tmp_path)!r})).start()\n"
        "time.sleep(60)"
    )
    outer = Child(Program("outer", (sys.executable, "-c", script), lambda: None), tmp_path)
    outer.start()
    pid_file = tmp_path / "run" / "inner.pid"
    until(pid_file.exists)
    inner = int(pid_file.read_text())
    until(lambda: Path(f"/proc/{inner}/comm").read_text().strip() == "sleep")
    outer.signal(signal.SIGKILL)
    outer.end(5)
    until(lambda: gone(inner))


def test_output_is_appended_to_the_log_over_restarts(tmp_path):
    for _ in range(2):
        child = Child(shell("talker", "echo hello"), tmp_path)
        child.start()
        assert child.end(5)
    assert child.last_lines() == ["hello", "hello"]


def test_a_program_that_is_held_stays_down_until_it_is_let_go(supervise, tmp_path):
    supervisor, stopping = supervise([marking("one", tmp_path)])
    assert supervisor.start()
    pid_file = tmp_path / "run" / "one.pid"
    first = int(pid_file.read_text())
    supervisor.held.add("one")
    watcher = threading.Thread(target=supervisor.watch)
    os.kill(first, signal.SIGKILL)
    watcher.start()
    time.sleep(0.4)
    assert gone(first)
    supervisor.held.clear()
    assert first != until(
        lambda: pid_file.exists() and int(pid_file.read_text()) not in {0, first} and int(pid_file.read_text())
    )
    stopping.set()
    watcher.join()
