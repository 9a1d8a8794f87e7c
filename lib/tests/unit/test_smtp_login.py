"""The password of an SMTP login."""

import pytest

from mayfly.testing.builders import make_smtp_login


@pytest.mark.parametrize(
    ("password", "expected"),
    [("one", True), ("ONE", False), ("one ", False), ("on", False), ("", False), ("\ud800\ufffd\0", False)],
)
def test_a_login_has_exactly_one_password(password, expected):
    assert expected is make_smtp_login("ab12cd34", "one").has_password(password)


def test_a_login_does_not_hold_its_password():
    assert "one-secret" not in repr(make_smtp_login("ab12cd34", "one-secret"))
