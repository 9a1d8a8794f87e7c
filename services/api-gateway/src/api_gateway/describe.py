"""`python -m api_gateway.describe`: prints the OpenAPI document; `make openapi` writes it to docs/openapi.json."""

import json
import sys
from functools import cache
from typing import Any, cast

from litestar import Litestar

from api_gateway import rooms
from api_gateway.edge import openapi
from api_gateway.edge.admission import Admission
from api_gateway.edge.application import Api, Surroundings, litestar


def application() -> Litestar:
    """The application with all its routes, of which none can be called; needs no store and no broker."""
    nothing = cast("Any", None)  # no handler is called
    admission = Admission(
        credentials=nothing,
        tickets=nothing,
        page_tickets=nothing,
        limits=nothing,
        guesses=nothing,
        pace=nothing,
        maintenance=nothing,
        admin_token="",
        trusted_proxies=(),
    )
    api = Api(rooms.ROUTERS, rooms.PUBLIC_ROUTERS, rooms.OPERATOR_ROUTES, rooms.shape_of, dict.fromkeys(rooms.NAMES))
    return litestar(api, Surroundings(admission, nothing, nothing, nothing))


@cache
def describe() -> dict[str, Any]:
    """The OpenAPI document; everybody gets the same, since to build it takes half a second."""
    return openapi.description(application())


if __name__ == "__main__":
    json.dump(describe(), sys.stdout, indent=1, ensure_ascii=False, sort_keys=True)
    sys.stdout.write("\n")
