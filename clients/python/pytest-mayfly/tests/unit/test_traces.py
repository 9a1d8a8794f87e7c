import types
from functools import partial

import pytest

from pytest_mayfly.traces import shorten


def function(module, source):
    """A function that seems to be of that module."""
    scope = {"__name__": module}
    exec(source, scope)
    return scope["f"]


RAISES = "def f(): raise ValueError('no mail')"
CALLS = "def f(inner): inner()"


def names(call):
    return [entry.frame.f_globals["__name__"] for entry in call.excinfo.traceback]


def failure(*modules):
    """A failure inside the last of these modules, each called by the one before."""
    call = function(modules[-1], RAISES)
    for module in reversed(modules[:-1]):
        call = partial(function(module, CALLS), call)
    with pytest.raises(ValueError, match="no mail") as raised:
        call()
    return types.SimpleNamespace(excinfo=raised)


def test_a_traceback_ends_at_the_line_of_the_test():
    call = failure("test_shop", "mayfly_mail.verbs", "mayfly_mail.waits")
    shorten(call)

    assert "test_shop" == names(call)[-1]
    assert not any(name.startswith("mayfly_mail") for name in names(call))
    assert "no mail" == str(call.excinfo.value)


def test_what_fails_in_code_that_mayfly_calls_stays_whole():
    call = failure("test_shop", "mayfly_mail.verbs", "shop.views")
    before = names(call)
    shorten(call)

    assert before == names(call)


def test_a_fixture_that_fails_keeps_a_frame():
    call = failure("_pytest.fixtures", "pytest_mayfly.fixtures", "mayfly_mail.verbs")
    shorten(call)

    assert "pytest_mayfly.fixtures" == names(call)[-1]


def test_a_wait_that_is_stopped_from_outside_ends_at_the_line_of_the_test_too():
    call = failure("test_shop", "mayfly_mail.waits", "pytest_timeout", "_pytest.outcomes")
    shorten(call)

    assert "test_shop" == names(call)[-1]


def test_a_test_that_is_stopped_in_its_own_code_stays_whole():
    call = failure("test_shop", "pytest_timeout", "_pytest.outcomes")
    before = names(call)
    shorten(call)

    assert before == names(call)


def test_a_test_that_passed_has_no_traceback():
    call = types.SimpleNamespace(excinfo=None)
    shorten(call)

    assert call.excinfo is None
