"""Names with power: the built-in ones, the operator's, and what looks like them."""

import pytest

from mayfly.mail.address import MalformedAddress
from mayfly.mail.reserved import OPERATOR_ROLES, ReservedNames, reserved_faults

# CA/Browser Forum, Baseline Requirements section 3.2.2.4.4; RFC 2142 sections 3 to 5.
OF_AUTHORITIES = ["admin", "administrator", "webmaster", "hostmaster", "postmaster"]
OF_RFC_2142 = [
    "info",
    "marketing",
    "sales",
    "support",
    "abuse",
    "noc",
    "security",
    "postmaster",
    "hostmaster",
    "usenet",
    "news",
    "webmaster",
    "www",
    "uucp",
    "ftp",
]


@pytest.mark.parametrize(
    "name",
    sorted({*OF_AUTHORITIES, *OF_RFC_2142, *OPERATOR_ROLES, "root", "mailer-daemon", "no-reply", "do_not_reply"}),
)
def test_names_that_others_trust_are_reserved(name):
    assert name in ReservedNames()


@pytest.mark.parametrize(
    "name",
    [
        "post.master",
        "p0stmaster",
        "post-m4ster",
        "po5tma5ter",
        "adm1n",
        "admln",
        "adrnin",
        "a.d.m.i.n",
        "vvebmaster",
        "webrnaster",
        "n0.rep1y",
        "r00t",
        "5ecurity",
        "h0s7master",
        "ma1ler_daemon",
    ],
)
def test_spellings_that_look_like_them_are_reserved_too(name):
    assert name in ReservedNames()


@pytest.mark.parametrize(
    "name",
    [
        "admin2",
        "my-admin",
        "administration",
        "postmasters",
        "bob",
        "supporter",
        "checkout",
        "a",
        "1",
        "15",
        "17",
        "551",
        "1.7",
        "2026-11",
        "sslug",
    ],
)
def test_other_names_are_free(name):
    assert name not in ReservedNames()


def test_the_operator_adds_names():
    reserved = ReservedNames(["Billing", "c-e-o"])
    assert ["billing", "bi11ing", "ceo", "c3o"] == [
        name for name in ("billing", "bi11ing", "ceo", "c3o", "coo") if name in reserved
    ]
    assert ["911", "9-1-1"] == [name for name in ("911", "9-1-1", "912") if name in ReservedNames(["911"])]
    with pytest.raises(MalformedAddress):
        ReservedNames(["not a name"])


def test_a_bad_entry_of_the_setting_is_named():
    (fault,) = reserved_faults(["billing", "jo é", "c-e-o"])
    assert "MAYFLY_RESERVED_LOCAL_PARTS: 'jo é': " in fault
