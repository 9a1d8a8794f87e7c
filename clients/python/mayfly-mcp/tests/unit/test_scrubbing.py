"""Secrets never leave the process."""

from mayfly_mcp.scrubbing import Scrubber

KEY = "mfk_0123456789abcdef"


def test_a_known_secret_is_replaced_wherever_it_stands():
    scrubber = Scrubber(KEY)
    answer = {"text": f"Bearer {KEY}!", KEY: [1, None, True, {"deep": (f"{KEY}{KEY}",)}]}
    assert {"text": "Bearer [secret]!", "[secret]": [1, None, True, {"deep": ["[secret][secret]"]}]} == scrubber.tree(
        answer
    )


def test_a_secret_that_contains_another_is_replaced_as_a_whole():
    scrubber = Scrubber("12345678", "1234567890")
    assert "[secret]" == scrubber.text("1234567890")


def test_no_secret_and_a_short_one_change_nothing():
    scrubber = Scrubber(None, "", "test")
    assert "a test" == scrubber.text("a test")


def test_its_repr_shows_no_secret():
    assert "Scrubber(1 secrets)" == repr(Scrubber(KEY))
