"""Addresses: what is one and the same, and what is none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mayfly.mail.address import Address, MalformedAddress, parse_address


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alice@mayfly.test", Address("alice", "mayfly.test")),
        ("ALICE@Mayfly.Test", Address("alice", "mayfly.test")),
        ("alice+signup@mayfly.test", Address("alice", "mayfly.test", "signup")),
        ("alice+a+b@mayfly.test", Address("alice", "mayfly.test", "a+b")),
        ("a@münchen.example", Address("a", "xn--mnchen-3ya.example")),
        ("a@XN--MNCHEN-3YA.example", Address("a", "xn--mnchen-3ya.example")),
        ("jose\u0301@mayfly.test", Address("jos\u00e9", "mayfly.test")),
        ("o'hara.x-1_2@mayfly.test", Address("o'hara.x-1_2", "mayfly.test")),
    ],
)
def test_one_address_is_compared_in_one_form(text: str, expected: Address):
    assert expected == parse_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alice",
        "@mayfly.test",
        "alice@",
        "+tag@mayfly.test",
        ".a@mayfly.test",
        "a.@mayfly.test",
        "a..b@mayfly.test",
        "a b@mayfly.test",
        "a\x00b@mayfly.test",
        "a\rb@mayfly.test",
        '"quoted"@mayfly.test',
        "a@[192.0.2.1]",
        "a@-.test",
        "a@mayfly.test.",
        "a@b..c",
        "a\u202eb@mayfly.test",
        "a\u200bb@mayfly.test",
        "x" * 65 + "@mayfly.test",
        "a@" + "b" * 64 + ".test",
    ],
)
def test_what_is_no_address_is_refused(text: str):
    with pytest.raises(MalformedAddress):
        parse_address(text)


@given(st.text(max_size=100))
def test_any_text_is_an_address_in_normal_form_or_refused(text: str):
    try:
        address = parse_address(text)
    except MalformedAddress:
        return
    assert address == parse_address(str(address)).__class__(address.local, address.domain, address.tag)
    assert str(address) == str(parse_address(str(address)))
