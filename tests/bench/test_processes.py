"""What benches read of processes: whose processor time and memory counts."""

import os
import subprocess
import sys
from contextlib import contextmanager

from bench import processes

# Ticks of 10 ms count, so what is read may be a little less.
BURN = "import time\nend = time.process_time() + 0.2\nwhile time.process_time() < end: pass\n"
# Burns in a child that has ended, then says so and waits with another child.
PARENT = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {BURN!r}])
other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
print("there", flush=True)
sys.stdin.read()
other.communicate(b"x")
"""


@contextmanager
def parent():
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", PARENT], stdin=pipe, stdout=pipe, text=True) as running:
        assert "there\n" == running.stdout.readline()
        yield running.pid
        running.stdin.close()


def test_processor_time_of_a_tree_has_that_of_children_that_have_ended():
    with parent() as pid:
        own, tree = processes.own_cpu(pid), processes.cpu_of_tree(pid)
    assert tree - own >= 0.15 > own


def test_a_process_counts_with_its_children():
    with parent() as pid:
        (other,) = processes.children_of(pid)
        assert [pid, other] == processes.tree(pid)
        assert pid in processes.tree(os.getpid())
        both, alone = processes.memory_of_tree(pid), processes.memory(pid)
    assert both.rss > alone.rss > alone.pss > 0
    assert both.pss > alone.pss


def test_the_most_memory_so_far_is_no_less_than_that_of_now():
    with parent() as pid:
        assert processes.peak_mib(pid) >= processes.memory(pid).rss > 1


def test_a_process_that_has_ended_counts_as_nothing():
    with parent() as pid:
        assert processes.memory(pid).rss > 0
    assert (0, 0, (0, 0)) == (processes.cpu_of_tree(pid), processes.peak_mib(pid), processes.memory(pid))
    assert [] == processes.children_of(pid)


def test_a_module_is_told_by_its_whole_name():
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-m", "code"], stdin=pipe, stdout=pipe, stderr=pipe) as console:
        assert console.stderr.readline()
        assert processes.runs_module(console.pid, "code")
        assert not processes.runs_module(console.pid, "cod")
        console.communicate()
