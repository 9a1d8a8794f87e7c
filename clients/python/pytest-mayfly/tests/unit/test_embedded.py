import os
import sys

import pytest

from pytest_mayfly.embedded import NoServer, Run, _environment, _interpreter, server_in


def test_where_there_is_no_server_the_error_says_both_ways(monkeypatch):
    monkeypatch.setitem(sys.modules, "mayfly_local", None)

    with pytest.raises(NoServer) as raised:
        _interpreter(None)

    for way in ("--mayfly-url", "mayfly_url", "MAYFLY_URL", "MAYFLY_API_KEY", "mayfly-local", "MAYFLY_PYTHON"):
        assert way in str(raised.value)


def test_a_configured_python_is_used():
    assert "/opt/mayfly/bin/python" == _interpreter("/opt/mayfly/bin/python")


def test_a_python_that_is_not_there_is_an_error_that_names_it():
    run = Run()
    try:
        with pytest.raises(NoServer, match="/nowhere/python: No such file"):
            server_in(run.folder, "/nowhere/python")
    finally:
        run.end()

    assert not run.folder.exists()


def test_a_child_that_a_test_forks_does_not_end_the_run():
    run = Run()
    try:
        child = os.fork()
        if child == 0:
            run.end()
            os._exit(0 if run.folder.exists() else 1)

        assert 0 == os.waitpid(child, 0)[1]
    finally:
        run.end()


def test_a_worker_on_another_machine_is_told_what_it_needs(tmp_path):
    with pytest.raises(NoServer, match="on other machines"):
        server_in(tmp_path / "of-the-controller", None)


def test_servers_do_not_inherit_what_is_meant_for_tests():
    inherited = {"PYTHONWARNINGS": "error", "PYTEST_ADDOPTS": "-x", "PYTHONPATH": "lib", "HOME": "/home/ann"}

    assert {"HOME": "/home/ann"} == _environment(inherited, "/another/python")
    assert {"PYTHONPATH": "lib", "HOME": "/home/ann"} == _environment(inherited, sys.executable)
