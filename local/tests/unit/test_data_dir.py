"""Secrets and the lock of a data folder."""

import os

import pytest

from mayfly_local import data_dir
from mayfly_local.faults import Refusal


def test_a_secret_is_made_once_and_only_its_owner_reads_it(tmp_path):
    path = tmp_path / "admin-token"
    first = data_dir.secret(path)
    assert len(first) >= 40
    assert data_dir.secret(path) == first
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_second_holder_is_told_who_the_first_is(tmp_path):
    with (
        data_dir.locked(tmp_path),
        pytest.raises(Refusal, match=rf"already runs on .*\(pid {os.getpid()}\)"),
        data_dir.locked(tmp_path),
    ):
        pass


def test_the_lock_is_free_again_afterwards(tmp_path):
    for _ in range(2):
        with data_dir.locked(tmp_path):
            pass


def test_a_folder_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Refusal, match="set MAYFLY_DATA_DIR"), data_dir.locked(tmp_path / "file"):
        pass
