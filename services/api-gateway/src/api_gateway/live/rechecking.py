"""Checks again whether the credentials of a long call are valid, before anything that arrived meanwhile is sent."""

from typing import Any

from litestar import Request

from api_gateway.edge.caller import Caller
from api_gateway.edge.credentials import Credentials
from api_gateway.edge.sites import site_of
from api_gateway.live.watch import Recheck


def recheck(request: Request[Any, Any, Any], caller: Caller, credentials: Credentials) -> Recheck:
    """Raises Unauthorized, Forbidden when called after they were taken away; usually answered from the cache."""
    headers = request.headers
    site = site_of(headers.get("origin"), headers.get("referer"), headers.get("host"))
    return lambda: credentials.identify(caller.proof or None, caller.address, site)
