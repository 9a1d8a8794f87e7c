"""Single decisions of the code finder; test_corpus measures how often it is right."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from message_parser.domain import otp


def code(text: str, subject: str = "", html: str = "") -> str | None:
    return otp.best(otp.find_codes(subject, otp.Body(text), lambda: otp.Body(html)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Your code is 123 456", "123456"),
        ("Your code is 123-456", "123456"),
        ("Your code is 1234 5678", "12345678"),
        ("Your code is 12 34 56", "123456"),
        ("Your code: G-123456", "123456"),
        ("Your verification code: X7K2-M9P4", "X7K2-M9P4"),
        ("Your verification code: １２３４５６", "123456"),
        ("Your verification code:\n1\n2\n3\n4", "1234"),
        ("Your code is \u202a482193\u202c.", "482193"),
        ("Your code is 4\u200b8\u200b2\u200b1", "4821"),
        ("https://a.example/?code=482193 is your verification link", None),
        ("Your code is at a@482193.example", None),
        ("Your verification code was sent 12:30 on 2026-11-21", None),
        ("Your code is worth $482193", None),
    ],
)
def test_forms(text, expected):
    assert expected == code(text)


def test_evidence_points_to_the_original_text():
    text = "Ваш код: \u200e１２\u200b３４"
    (found,) = otp.find_codes("", otp.Body(text), otp.Body)
    assert ("1234", text[found.span[0] : found.span[1]]) == (found.code, found.display)


def test_the_stored_evidence_is_bounded_and_the_heaviest_is_first():
    many = "Your order 4821 code: 448120\n" + "\n".join(f"code {number}" for number in range(50_000, 50_040))
    found = otp.find_codes("Your code 448120", otp.Body(many), otp.Body)
    assert 0 < len(found) <= 10
    for item in found:
        weights = [abs(weight) for _, weight in item.evidence]
        assert (True, sorted(weights, reverse=True)) == (0 < len(weights) <= 25, weights)


def test_a_weak_candidate_is_shown_but_not_chosen():
    found = otp.find_codes("", otp.Body("Why a PIN like 4821 is still common"), otp.Body)
    assert (["4821"], None) == ([item.code for item in found], otp.best(found))


def test_the_html_decides_when_the_text_says_nothing():
    assert "482193" == code("Please view this mail as HTML.", html="Your verification code is 482193")


@given(st.text(max_size=2000))
@settings(max_examples=60, deadline=None)
def test_any_text_gives_candidates_that_stand_in_it(text):
    for found in otp.find_codes("", otp.Body(text), otp.Body):
        assert found.display == text[found.span[0] : found.span[1]]
        assert found.code.isascii()
        assert 0 <= found.confidence <= 1


LABELS = [
    "Your verification code is",
    "Ihr Bestätigungscode lautet",
    "Ваш код подтверждения:",
    "您的验证码是",
    "認証コード：",
]


@given(st.sampled_from(LABELS), st.integers(1000, 9_999_999_999).map(str))
@settings(max_examples=60, deadline=None)
def test_a_labelled_number_is_found_whatever_its_digits(label, digits):
    assert digits == code(f"{label} {digits}")
