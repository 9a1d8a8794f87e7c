"""Makes the check of the credentials that a live call was made with; used by the routes of live channels."""

from typing import Any

from litestar.connection import ASGIConnection

from api_gateway.edge.admission import require, site_in
from api_gateway.edge.caller import Caller
from api_gateway.edge.credentials import Credentials
from api_gateway.live.recheck import Recheck


def recheck(connection: ASGIConnection[Any, Any, Any, Any], caller: Caller, credentials: Credentials) -> Recheck:
    """A check of the credentials that a live call was made with: that they hold, and grant what its route needs."""
    site, route = site_in(connection), connection.route_handler

    async def identify() -> None:
        require(await credentials.identify(caller.proof or None, caller.address, site), route)

    return Recheck(identify, caller, credentials.known.changes)
