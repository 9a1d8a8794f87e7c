"""Keeps web pages of other sites out of the facades and the open default space: they need no credentials, or a browser
adds them by itself.

Without this rule, any page that a developer looks at could read and delete the mail of the open door: with requests to
localhost (CSRF), or from a name of its own that it lets point to 127.0.0.1 (DNS rebinding). Pure.
"""

from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from api_gateway.edge.hosts import any_of, name_in
from api_gateway.refusals import Forbidden

_FOREIGN = "Blocked due to CORS violation"  # Mailpit's words
_UNKNOWN_HOST = (
    "this port answers to IP addresses, to names without a dot and to names of private zones; "
    "name others in MAYFLY_MAILPIT_HOSTS"
)
# Nobody can let one of these point to a machine of others: RFC 6761, 6762, 8375, and ICANN's reservation of `internal`.
_PRIVATE_ZONES = ("localhost", "local", "internal", "test", "example", "invalid", "home.arpa")

_OF_PROXIES = (
    *("x-forwarded-", "forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "x-original-"),
    *("true-client-ip", "cf-", "cdn-loop", "fastly-client-ip", "fly-", "tailscale-", "x-envoy-"),
)
"""How names of fields begin that proxies add."""

# None: a program, or a browser that asks a host that it does not trust (Fetch Metadata, section 2).
_OWN_SITES = (None, "same-origin", "none")


class Visitors:
    """`hosts`: names that what is open answers to, beside private ones; `origins`: web origins that may call.

    `*` stands for any characters in both.
    """

    def __init__(self, hosts: Sequence[str], origins: Sequence[str]) -> None:
        self._hosts = any_of(hosts)
        self._origins = any_of(origins)

    def require_known_host(self, headers: Mapping[str, str]) -> None:
        """Require a Host that a foreign page cannot have. Raises Forbidden."""
        name = name_in(headers.get("host", ""))
        if not (_is_private(name) or self._hosts.fullmatch(name)):
            raise Forbidden(_UNKNOWN_HOST)

    def require_own_origin(self, headers: Mapping[str, str]) -> None:
        """Require that no page of another site makes the call; a link to follow is none. Raises Forbidden.

        `Origin`: Fetch standard, section 3.1; `Sec-Fetch-Site`: Fetch Metadata, section 2. Programs send neither.
        """
        host, origin = headers.get("host", "").lower(), headers.get("origin")
        if origin is not None:
            is_own = origin.lower().partition("://")[2] == host
            if not (is_own or self._origins.fullmatch(origin.lower())):
                raise Forbidden(_FOREIGN)
        elif headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate":
            raise Forbidden(_FOREIGN)

    def lets_in(self, headers: Mapping[str, str]) -> bool:
        """Whether a call without credentials may use the default space at the native API.

        Stricter than the facades: no page of another port of the same host, and no call that a proxy passes on, which
        may come from anywhere with a Host that the proxy has set.
        """
        if any(name.startswith(_OF_PROXIES) for name in headers):
            return False
        if "origin" not in headers and headers.get("sec-fetch-site") not in _OWN_SITES:
            return False
        try:
            self.require_known_host(headers)
            self.require_own_origin(headers)
        except Forbidden:
            return False
        return True


def _is_private(name: str) -> bool:
    if "." not in name and ":" not in name:
        return True
    if any(name.endswith("." + zone) for zone in _PRIVATE_ZONES):
        return True
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
