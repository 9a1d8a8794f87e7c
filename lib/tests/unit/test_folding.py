"""Folded text: equal for what people take for equal."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mayfly.mail.folding import fold


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Hello World", "hello world"),
        ("  a \r\n\t b\u00a0c\u3000d  ", "a b c d"),
        ("Straße STRASSE", "strasse strasse"),
        ("İstanbul ISTANBUL", "istanbul istanbul"),
        ("\u212aelvin", "kelvin"),
        ("ﬁsh", "fish"),
        ("ÉCOLE E\u0301COLE", "école école"),
        ("ﾊﾝｶｸ １２３", "ハンカク 123"),
        ("ΣΊΣΥΦΟΣ σίσυφος", "σίσυφοσ σίσυφοσ"),
        ("Ann Lee <ann@a.example>", "ann lee ann@a.example"),
        ('"a", (b); c', "a b c"),
        ("pass\u00adword z\u200ber\u200do \u034fa\ufe0f", "password zero a"),
        ("a\u200b \u200bb", "a b"),
        ("NUL\0x", "nul x"),
        ("50%_off [x] a*b? ^$ \\ . é", "50%_off [x] a*b? ^$ \\ . é"),
        ("()\u200b", ""),
    ],
)
def test_what_people_take_for_equal_folds_alike(text, expected):
    assert expected == fold(text)


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=50))
def test_what_is_folded_stays_as_it_is(text):
    folded = fold(text)
    assert folded == fold(folded)
    assert folded == folded.strip()
    assert not set('<>",;()\0\n\t') & set(folded)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=20), st.text(max_size=20))
def test_words_are_found_in_what_they_are_part_of(left, right):
    assert fold(left) in fold(f"{left} {right}")
    assert fold(right) in fold(f"{left} {right}")
