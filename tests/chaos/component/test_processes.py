"""What `make chaos` does to a process's clock and to a disk, with a real process and a real file system."""

import subprocess
import sys
import time
from datetime import UTC, datetime

from chaos import skewed

CLOCK = (
    "import datetime, time; print(time.time(), time.time_ns() / 1e9, datetime.datetime.now(datetime.UTC).timestamp())"
)


def test_every_clock_of_a_service_is_moved_by_the_number_in_the_file(tmp_path):
    (tmp_path / "clock_reader.py").write_text(CLOCK)
    skewed.write_offset(tmp_path / "clock", -300.0)
    argv = [sys.executable, "-m", "chaos.skewed", str(tmp_path / "clock"), "clock_reader"]
    printed = subprocess.run(
        argv, capture_output=True, check=True, text=True, env={"PYTHONPATH": f".:{tmp_path}"}
    ).stdout
    for read in map(float, printed.split()):
        assert -310 < read - time.time() < -290


def test_a_clock_follows_the_file_while_the_process_runs(tmp_path):
    skewed.write_offset(tmp_path / "clock", 0.0)
    offset = skewed.offset_of(tmp_path / "clock")
    assert 0.0 == offset()
    skewed.write_offset(tmp_path / "clock", 30.0)
    assert 30.0 == offset()
    assert datetime.now(UTC).timestamp() - time.time() < 1
