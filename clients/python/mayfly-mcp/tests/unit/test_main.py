"""What the program says to a person who starts it."""

import pytest

from mayfly_mcp.server import main

KEY = "mfk_0123456789abcdef"


@pytest.mark.parametrize(("argument", "printed"), [("--version", "mayfly-mcp 0."), ("--help", "MAYFLY_API_KEY_FILE")])
def test_it_tells_its_version_and_its_variables(capsys, argument, printed):
    assert 0 == main([argument])
    assert printed in capsys.readouterr().out


def test_other_arguments_are_refused_on_standard_error_and_not_repeated(capsys):
    assert 2 == main(["--api-key", KEY])
    written = capsys.readouterr()
    assert "" == written.out
    assert "MAYFLY_API_KEY" in written.err
    assert KEY not in written.err


def test_wrong_settings_end_it_with_the_name_of_the_variable(capsys):
    assert 2 == main([], {"MAYFLY_API_KEY_FILE": "/nowhere/at/all"})
    written = capsys.readouterr()
    assert "" == written.out
    assert "MAYFLY_API_KEY_FILE" in written.err
