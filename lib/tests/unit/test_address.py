"""Addresses: what is one and the same, and what is none."""

import re

import idna
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mayfly.mail.address import (
    Address,
    MalformedAddress,
    NoInboxName,
    normalise_domain,
    normalise_local_part,
    normalise_name,
    parse_address,
    spellings,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("alice@mayfly.test", Address("alice", "mayfly.test")),
        ("ALICE@Mayfly.Test", Address("alice", "mayfly.test")),
        ("alice+signup@mayfly.test", Address("alice", "mayfly.test", "signup")),
        ("alice+a+b@mayfly.test", Address("alice", "mayfly.test", "a+b")),
        ("a@münchen.example", Address("a", "xn--mnchen-3ya.example")),
        ("a@XN--MNCHEN-3YA.example", Address("a", "xn--mnchen-3ya.example")),
        ("Ohara.x-1_2@mayfly.test", Address("ohara.x-1_2", "mayfly.test")),
        ("a@b\u00fccher\u3002example", Address("a", "xn--bcher-kva.example")),
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


@pytest.mark.parametrize(
    "local",
    [
        *(
            "jos\u00e9",
            "b\u043eb",
            "\uff42\uff4f\uff42",
            "\U0001d41b",
            "bob\ufe0f",
            "b\u034fob",
            "b\u00adob",
            "b\u200bob",
        ),
        *("\u212aim", "stra\u00dfe", "\u0130", "o'hara", "a%b", "a*b", "*", "-a", "a-", "_a", "a_", "\ud800"),
    ],
)
def test_a_local_part_of_other_characters_is_no_inboxs_name(local: str):
    with pytest.raises(NoInboxName):
        parse_address(f"{local}@mayfly.test")


def test_of_all_of_unicode_a_local_part_has_letters_digits_and_three_symbols():
    taken = set()
    for code in range(0x110000):
        try:
            taken.add(normalise_local_part(f"a{chr(code)}b")[1])
        except MalformedAddress:
            continue
    assert set("abcdefghijklmnopqrstuvwxyz0123456789._-") == taken


@given(st.text(st.characters(codec=None), min_size=1, max_size=8), st.sampled_from(["", "a", "xn--"]))
def test_a_domain_is_visible_ascii_and_its_own_normal_form(text: str, before: str):
    try:
        domain = normalise_domain(f"{before}{text}.example")
    except MalformedAddress:
        return
    assert (domain, True) == (normalise_domain(domain), re.fullmatch(r"[a-z0-9.-]+", domain) is not None)
    assert domain == normalise_domain(".".join(map(idna.decode, domain.split("."))))


@pytest.mark.parametrize(
    ("name", "stored"),
    [("Bob@B\u00dcCHER.example", "bob@xn--bcher-kva.example"), ("b ob@x.test", "b ob@x.test"), ("an-ID", "an-ID")],
)
def test_an_inbox_is_named_by_its_id_or_its_address_in_any_spelling(name: str, stored: str):
    assert stored == normalise_name(name)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bob@b\u00fccher.example", {"bob@b\u00fccher.example", "bob@xn--bcher-kva.example"}),
        ("Bob+X@a.test", {"Bob+X@a.test"}),
        ("b\u00fc@", {"b\u00fc@"}),
        ("b\u00fc", {"b\u00fc"}),
    ],
)
def test_a_search_finds_a_domain_in_both_spellings(text: str, expected: set[str]):
    assert expected == spellings(text)


@given(st.text(max_size=100))
def test_any_text_is_an_address_in_normal_form_or_refused(text: str):
    try:
        address = parse_address(text)
    except MalformedAddress:
        return
    assert address == parse_address(str(address)).__class__(address.local, address.domain, address.tag)
    assert str(address) == str(parse_address(str(address)))
