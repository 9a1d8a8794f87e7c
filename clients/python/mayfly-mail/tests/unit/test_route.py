"""URLs of servers, and the proxies that the environment names for them."""

from __future__ import annotations

import pytest

from mayfly_mail.route import parse_base, proxy_for


@pytest.mark.parametrize(
    ("url", "host", "port", "authority", "prefix"),
    [
        ("http://127.0.0.1:8080", "127.0.0.1", 8080, "127.0.0.1:8080", ""),
        ("http://mail.example/", "mail.example", 80, "mail.example", ""),
        ("https://mail.example/mayfly/", "mail.example", 443, "mail.example", "/mayfly"),
        ("http://127.0.0.1:8080/api/v1", "127.0.0.1", 8080, "127.0.0.1:8080", ""),
        ("https://mail.example/mayfly/api/v1/", "mail.example", 443, "mail.example", "/mayfly"),
        ("https://[::1]:8443", "::1", 8443, "[::1]:8443", ""),
        ("http://MAIL.example:80", "mail.example", 80, "mail.example", ""),
        ("http://münchen.example", "xn--mnchen-3ya.example", 80, "xn--mnchen-3ya.example", ""),
    ],
)
def test_a_base_url_is_taken_apart(url: str, host: str, port: int, authority: str, prefix: str) -> None:
    base = parse_base(url)
    assert (host, port, authority, prefix) == (base.host, base.port, base.authority, base.prefix)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mail.example:8080", "http://"),
        ("ftp://mail.example", "http://"),
        ("http://", "name a host"),
        ("http://a b/", "blanks"),
        ("http://mail.example\r\nX: y/", "line ends"),
        ("http://user:secret@mail.example", "user or password"),
        ("http://mail.example:99999", "cannot be"),
        ("http://mail.example:x", "cannot be"),
        ("http://[::1", "cannot be"),
        ("http://mail.example/?a=b", "query"),
        ("http://mail.example/ä", "percent-encoded"),
    ],
)
def test_a_url_that_cannot_be_is_refused_with_the_reason(url: str, words: str) -> None:
    with pytest.raises(ValueError, match=words) as raised:
        parse_base(url)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "environment", "expected"),
    [
        ("http://mail.example", {}, None),
        ("http://mail.example", {"http_proxy": "http://proxy:3128"}, "proxy:3128"),
        ("http://mail.example", {"HTTP_PROXY": "proxy:3128"}, "proxy:3128"),
        ("http://mail.example", {"HTTP_PROXY": "proxy:3128", "REQUEST_METHOD": "GET"}, None),
        ("https://mail.example", {"http_proxy": "http://proxy:3128"}, None),
        ("https://mail.example", {"HTTPS_PROXY": "http://proxy:3128/"}, "proxy:3128"),
        ("https://mail.example", {"all_proxy": "http://proxy"}, "proxy:80"),
        ("http://mail.example", {"http_proxy": "", "HTTP_PROXY": "http://proxy:3128"}, None),
        ("http://mail.example", {"http_proxy": "http://proxy:1", "no_proxy": "other.example, mail.example"}, None),
        ("http://mail.example", {"http_proxy": "http://proxy:1", "NO_PROXY": "*"}, None),
        ("http://mail.example", {"http_proxy": "http://proxy:1", "no_proxy": ".example"}, None),
        ("http://mail.example", {"http_proxy": "http://proxy:1", "no_proxy": "*.example"}, None),
        ("http://mail.example", {"http_proxy": "http://proxy:1", "no_proxy": "ail.example"}, "proxy:1"),
        ("http://mail.example:8080", {"http_proxy": "http://proxy:1", "no_proxy": "mail.example:8080"}, None),
        ("http://mail.example:8081", {"http_proxy": "http://proxy:1", "no_proxy": "mail.example:8080"}, "proxy:1"),
        ("http://[2001:db8::1]", {"http_proxy": "http://proxy:1", "no_proxy": "2001:db8::1"}, None),
        ("http://10.1.2.3:8080", {"http_proxy": "http://proxy:1", "no_proxy": "192.168.0.0/16, 10.0.0.0/8"}, None),
        ("http://11.1.2.3:8080", {"http_proxy": "http://proxy:1", "no_proxy": "10.0.0.0/8,10.0.0.0/x"}, "proxy:1"),
        ("http://[2001:db8::1]", {"http_proxy": "http://proxy:1", "no_proxy": "10.0.0.0/8,2001:db8::/32"}, None),
        ("http://mail.example", {"http_proxy": "http://proxy:1", "no_proxy": "10.0.0.0/8"}, "proxy:1"),
        ("http://localhost:8080", {"http_proxy": "http://proxy:1"}, None),
        ("http://127.0.0.1:8080", {"all_proxy": "http://proxy:1"}, None),
        ("http://127.1.2.3", {"all_proxy": "http://proxy:1"}, None),
        ("http://[::1]:8080", {"all_proxy": "http://proxy:1"}, None),
        ("http://mayfly.localhost", {"all_proxy": "http://proxy:1"}, None),
        ("http://localhost.example", {"all_proxy": "http://proxy:1"}, "proxy:1"),
    ],
)
def test_the_proxy_of_the_environment(url: str, environment: dict[str, str], expected: str | None) -> None:
    proxy = proxy_for(parse_base(url), environment)
    assert expected == (None if proxy is None else f"{proxy.host}:{proxy.port}")


def test_the_password_of_a_proxy_is_sent_and_not_shown() -> None:
    proxy = proxy_for(parse_base("http://mail.example"), {"http_proxy": "http://ann:p%40ss@proxy:3128"})
    assert proxy is not None
    assert "Basic YW5uOnBAc3M=" == proxy.authorization
    assert "YW5u" not in repr(proxy)


@pytest.mark.parametrize("url", ["socks5://ann:secret@proxy:1080", "https://ann:secret@proxy", "http://proxy:x"])
def test_a_proxy_of_another_kind_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match="proxy") as raised:
        proxy_for(parse_base("http://mail.example"), {"all_proxy": url})
    assert "secret" not in str(raised.value)
