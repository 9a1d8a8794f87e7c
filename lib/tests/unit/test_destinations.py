"""Where a webhook may go: as text, and as the address it turns out to mean."""

from ipaddress import ip_address

import pytest

from mayfly.webhooks.destinations import Destination, ForbiddenDestination, Policy, is_public, parse_policy

NOT_PUBLIC = [
    # RFC 6890 and its successors
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "::127.0.0.1",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fdff::1",
    "fe80::1",
    "fe80::1%eth0",
    "febf::1",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "172.15.255.255",
    "172.32.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001:81b::200e",
    "64:ff9b::8.8.8.8",
]
FORBIDDEN_URLS = [
    "",
    "https://",
    "//example.com/",
    "example.com",
    "http://example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "javascript:alert(1)",
    "https://user:password@example.com/",
    "https://user@example.com/",
    "https://example.com@127.0.0.1/",
    "https://example.com\\@127.0.0.1/",
    "https://example.com/#fragment",
    "https://example.com/ space",
    "https://example.com/\r\nX-Header: 1",
    "https://example.com/\x00",
    "https://exämple.com/",
    "https://ⓔxample.com/",
    "https://127。0。0。1/",
    "https://127.0.0.1/",
    "https://127.0.0.1./",
    "https://127.1/",
    "https://0/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://2130706433/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://127.0.0.01/",
    "https://1.2.3/",
    "https://1.2.3.4.5/",
    "https://256.1.1.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[fe80::1%25eth0]/",
    "https://[::1",
    "https://[example.com]/",
    "https://localhost/",
    "https://LOCALHOST/",
    "https://localhost./",
    "https://receiver.localhost/",
    "https://intranet/",
    "https://printer.local/",
    "https://service.namespace.svc.cluster.local/",
    "https://metadata.google.internal/",
    "https://metadata/",
    "https://instance-data/",
    "https://router.lan/",
    "https://nas.home.arpa/",
    "https://-example.com/",
    "https://exam..ple.com/",
    "https://.example.com/",
    "https://" + "a" * 64 + ".com/",
    "https://" + "a." * 130 + "com/",
    "https://example.com:22/",
    "https://example.com:25/",
    "https://example.com:80/",
    "https://example.com:0/",
    "https://example.com:65536/",
    "https://example.com:https/",
    "https://example.com:-1/",
    "https://example.com/" + "a" * 2048,
]


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_special_addresses_are_not_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_neighbours_of_special_addresses_are_public(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", [address for address in NOT_PUBLIC if "." in address and ":" not in address])
def test_an_ipv4_address_inside_an_ipv6_one_is_judged_by_itself(address):
    with pytest.raises(ForbiddenDestination):
        Policy().check_address(ip_address(f"::ffff:{address}"), Destination("https", "example.com", 443))


@pytest.mark.parametrize("url", FORBIDDEN_URLS)
def test_a_url_that_must_not_be_called_is_refused(url):
    with pytest.raises(ForbiddenDestination):
        Policy().check_url(url)


@pytest.mark.parametrize(
    ("url", "host", "port"),
    [
        ("https://example.com/hook?a=b", "example.com", 443),
        ("https://EXAMPLE.com:8443/", "example.com", 8443),
        ("https://example.com.:443/", "example.com", 443),
        ("https://xn--exmple-cua.com/", "xn--exmple-cua.com", 443),
        ("https://under_score.example.com/", "under_score.example.com", 443),
        ("https://8.8.8.8/", "8.8.8.8", 443),
        ("https://[2606:4700:4700::1111]:9000/", "2606:4700:4700::1111", 9000),
        ("https://1password.example/", "1password.example", 443),
    ],
)
def test_an_ordinary_url_is_taken_apart(url, host, port):
    assert Destination("https", host, port) == Policy().check_url(url)


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:8080/hook", "http://localhost:3000/", "http://receiver.internal/", "https://10.1.2.3:22/"]
)
def test_an_allow_list_opens_http_any_port_and_local_names(url):
    assert parse_policy(["127.0.0.0/8", "10.0.0.0/8"]).check_url(url)


@pytest.mark.parametrize(
    "url", ["http://192.168.0.1/", "https://metadata.google.internal/", "http://8.8.8.8/", "http://[::1]/"]
)
def test_an_allow_list_opens_nothing_else(url):
    with pytest.raises(ForbiddenDestination):
        parse_policy(["127.0.0.0/8", "10.0.0.0/8"]).check_url(url)


@pytest.mark.parametrize(
    "url", ["http://receiver:8080/", "http://receiver.:8080/", "https://mongodb/", "http://localhost/", "https://com/"]
)
def test_a_bare_name_is_refused_whatever_the_allow_list_opens(url):
    with pytest.raises(ForbiddenDestination, match="full name with a dot"):
        parse_policy(["10.0.0.0/8", "fd00::/8"]).check_url(url)


@pytest.mark.parametrize("cidr", ["127.0.0.0/8", "127.0.0.1/32", "::1/128", "0.0.0.0/0"])
@pytest.mark.parametrize("url", ["http://localhost:3000/", "http://LOCALHOST.:3000/"])
def test_localhost_is_called_where_loopback_is_open(cidr, url):
    assert Destination("http", "localhost", 3000) == parse_policy([cidr]).check_url(url)


@pytest.mark.parametrize(
    "url", ["http://0x7f.1/", "http://2130706433/", "http://127.1/", "http://0177.0.0.1/", "http://1.0x1/"]
)
def test_odd_spellings_of_addresses_are_refused_whatever_the_allow_list_opens(url):
    with pytest.raises(ForbiddenDestination, match="usual form"):
        parse_policy(["0.0.0.0/0"]).check_url(url)


def test_plain_http_to_a_public_address_is_refused_even_when_the_name_was_accepted():
    policy = parse_policy(["10.0.0.0/8"])
    destination = policy.check_url("http://receiver.example.com/")
    with pytest.raises(ForbiddenDestination, match="https"):
        policy.check_address(ip_address("8.8.8.8"), destination)
    assert ip_address("10.0.0.7") == policy.check_address(ip_address("10.0.0.7"), destination)


@pytest.mark.parametrize("cidr", ["10.0.0.1/8", "10.0.0.0/33", "everything", ""])
def test_a_malformed_allow_list_is_refused(cidr):
    with pytest.raises(ValueError, match=r"does not appear|has host bits"):
        parse_policy([cidr])
