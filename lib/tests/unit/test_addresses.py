"""Endpoints as settings write them."""

import pytest

from mayfly.service.addresses import parse_endpoint, parse_resolver, resolver_faults


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1.2.3.4", ("1.2.3.4", 53)),
        ("1.2.3.4:5353", ("1.2.3.4", 5353)),
        ("::1", ("::1", 53)),
        ("2001:db8::1:53", ("2001:db8::1:53", 53)),
        ("[::1]", ("::1", 53)),
        ("[::1]:5353", ("::1", 5353)),
        ("fe80::1%eth0", ("fe80::1%eth0", 53)),
        ("dns.example", ("dns.example", 53)),
        ("dns.example:65535", ("dns.example", 65535)),
    ],
)
def test_host_and_port(text, expected):
    assert expected == parse_endpoint(text, 53)


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":53",
        "a:",
        "a:0",
        "a:65536",
        "a:b",
        "a:\u0661",
        "a:-1",
        "[::1",
        "[::1]53",
        "[1.2.3.4]:53",
        "a:1:2",
        "a b",
        "[]",
    ],
)
def test_what_is_no_endpoint(text):
    with pytest.raises(ValueError, match=r"address|port|brackets"):
        parse_endpoint(text, 53)


def test_a_resolver_is_an_ip_address():
    assert ("::1", 53) == parse_resolver("::1")
    with pytest.raises(ValueError, match="IP address"):
        parse_resolver("dns.example")


@pytest.mark.parametrize(("setting", "faults"), [("", 0), ("[::1]:53", 0), ("300.1.1.1", 1), ("::1:99999", 1)])
def test_a_bad_resolver_is_named_with_its_setting(setting, faults):
    found = resolver_faults(setting)
    assert faults == len(found)
    assert all(fault.startswith("MAYFLY_DNS_RESOLVER: ") for fault in found)
