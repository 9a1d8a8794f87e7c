"""Which web pages may call the facades, and under which names the open door answers."""

import pytest

from api_gateway.edge.visitors import Visitors
from api_gateway.refusals import Forbidden

VISITORS = Visitors(["*.ddev.site", "mail.example.com"], ["https://*.app.test"])


@pytest.mark.parametrize(
    "host",
    [
        "",
        "localhost",
        "localhost:8025",
        "127.0.0.1:8025",
        "192.168.1.7",
        "[::1]:8025",
        "[fe80::1]",
        "mailpit:8025",
        "host.docker.internal:8025",
        "mailpit.ns.svc.cluster.local",
        "shop.ddev.site",
        "SHOP.DDEV.SITE:443",
        "mail.example.com",
        "localhost.",
    ],
)
def test_names_that_no_other_can_let_point_here(host):
    VISITORS.require_known_host({"host": host})


@pytest.mark.parametrize(
    "host",
    [
        "evil.com",
        "localhost.evil.com",
        "127.0.0.1.nip.io",
        "ddev.site",
        "xmail.example.com",
        "evil.com:8025",
        "evil.local.com",
        "1.2.3.4.5",
        "evil.com.",
        "[evil.com]",
        "127.0.0.1@evil.com",
        "mail.example.com.evil.com",
    ],
)
def test_names_that_others_can_register(host):
    with pytest.raises(Forbidden, match="MAYFLY_MAILPIT_HOSTS"):
        VISITORS.require_known_host({"host": host})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://localhost:8025"},
        {"origin": "https://LOCALHOST:8025"},
        {"origin": "https://a.app.test"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"},
    ],
)
def test_programs_own_pages_named_origins_and_links_may_call(headers):
    VISITORS.require_own_origin({"host": "localhost:8025", **headers})


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://localhost:3000"},
        {"origin": "http://localhost"},
        {"origin": "https://evil.com"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "https://app.test.evil.com"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
        {"sec-fetch-site": "cross-site"},
    ],
)
def test_pages_of_others_may_not(headers):
    with pytest.raises(Forbidden, match="Blocked due to CORS violation"):
        VISITORS.require_own_origin({"host": "localhost:8025", **headers})
