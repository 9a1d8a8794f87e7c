"""Tests at a Mayfly whose plan allows little. One fails, and its inbox and its space are kept."""


def test_passes(inbox, mayfly_space):
    inbox.inject(subject="Hi")
    assert inbox.wait_for_message().subject == "Hi"


def test_fails(inbox, mayfly_space):
    assert inbox.messages()
