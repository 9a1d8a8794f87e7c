"""The embedded server of a run: one for all workers, over the death of one of them, and gone at the end."""

import urllib.error
import urllib.request
from pathlib import Path

import pytest

WORKERS = 2


def test_all_workers_share_one_server_that_ends_with_the_run(run_project):
    run = run_project("shared", "-n", str(WORKERS), plugins=("xdist",))
    lines = [line.split() for line in (run.folder / "seen").read_text().splitlines()]
    workers, urls, key_files = map(set, zip(*lines, strict=True))

    assert (6, 1) == (run.counted("passed"), run.counted("failed")), run.output
    assert "crashed while running" in run.output
    assert 1 == len(urls)
    assert 2 <= len(workers)
    with pytest.raises(urllib.error.URLError):
        urllib.request.urlopen(urls.pop(), timeout=2)
    assert not Path(key_files.pop()).exists()
