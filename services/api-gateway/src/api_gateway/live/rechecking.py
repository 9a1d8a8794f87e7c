"""Checks the credentials of a live call again before mail that arrived during the call is sent."""

from typing import Any

from litestar import Request

from api_gateway.edge.caller import Caller
from api_gateway.edge.credentials import Credentials
from api_gateway.edge.sites import site_of
from api_gateway.live.watch import Recheck


def recheck(request: Request[Any, Any, Any], caller: Caller, credentials: Credentials) -> Recheck:
    """A check that raises Unauthorized or Forbidden once the credentials are revoked; usually served from the cache."""
    headers = request.headers
    site = site_of(headers.get("origin"), headers.get("referer"), headers.get("host"))
    return lambda: credentials.identify(caller.proof or None, caller.address, site)
