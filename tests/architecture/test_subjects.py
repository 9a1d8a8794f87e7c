"""Names on the bus: each is documented, and no control subject is sent that nobody listens to."""

import ast

import pytest

from mayfly.events import subjects
from tests.architecture.repository import calls, source

CONTROLS = sorted(name for name in vars(subjects) if name.startswith("CONTROL_"))


def passed_to(method):
    """The constants of mayfly.events.subjects that are the first argument of a call of this method."""
    return {
        ast.unparse(call.args[0]).rpartition(".")[2]
        for path in source()
        for called, call in calls(path)
        if called.endswith(f".{method}") and call.args
    }


def test_every_header_and_every_control_subject_has_its_meaning_on_the_page_of_the_wire_format():
    assert {getattr(subjects, name) for name in CONTROLS} == subjects.CONTROLS.keys()
    headers = {value for name, value in vars(subjects).items() if name.endswith("_HEADER")}
    assert headers == subjects.HEADERS.keys()


@pytest.mark.parametrize("methods", [("broadcast", "tell_all"), ("listen",)])
def test_every_control_subject_has_a_sender_and_a_listener(methods):
    used = set().union(*map(passed_to, methods))
    assert [] == [name for name in CONTROLS if name not in used]
