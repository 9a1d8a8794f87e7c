"""Where the servers of tests keep their data, and what becomes of it."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from mayfly_local import scratch

MAKES = """
import os, sys
from pathlib import Path
from mayfly_local import scratch
with scratch.folder(Path(sys.argv[1]), 0) as made:
    print(made, flush=True)
    {}
"""


def run(place, then):
    command = [sys.executable, "-c", MAKES.format(then), str(place)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()


def test_a_folder_is_in_memory_where_there_is_room_and_gone_at_the_end(tmp_path):
    with scratch.folder(tmp_path, 0) as made:
        assert tmp_path == made.parent
        (made / "data").mkdir()
    assert not made.exists()


@pytest.mark.parametrize(("memory", "room"), [("there", 2**60), ("missing", 0)])
def test_without_room_in_memory_it_is_among_the_temporary_files(tmp_path, memory, room):
    (tmp_path / "there").mkdir()
    with scratch.folder(tmp_path / memory, room) as made:
        assert Path(tempfile.gettempdir()) == made.parent


def test_what_a_killed_run_left_is_deleted_by_the_next_and_what_is_in_use_is_not(tmp_path):
    left = Path(run(tmp_path, "os._exit(9)"))
    assert left.is_dir()
    with scratch.folder(tmp_path, 0) as first, scratch.folder(tmp_path, 0) as second:
        assert not left.exists()
        assert (first.is_dir(), second.is_dir()) == (True, True)
        other = run(tmp_path, "pass")
        assert first.is_dir()
        assert not os.path.lexists(other)
