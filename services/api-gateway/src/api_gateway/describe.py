"""`python -m api_gateway.describe`: prints the OpenAPI document; `make openapi` writes it to docs/openapi.json."""

import json
import sys
from typing import Any, cast

from api_gateway import rooms
from api_gateway.dialects import shape_of
from api_gateway.edge import openapi
from api_gateway.edge.admission import Admission
from api_gateway.edge.application import Api, Surroundings, litestar


def describe() -> dict[str, Any]:
    """The OpenAPI document; needs no store and no broker."""
    nothing = cast("Any", None)  # no handler is called
    admission = Admission(
        credentials=nothing,
        tickets=nothing,
        limits=nothing,
        guesses=nothing,
        maintenance=nothing,
        admin_token="",
        trusted_proxies=(),
    )
    api = Api(rooms.ROUTERS, rooms.OPERATOR_ROUTES, shape_of, dict.fromkeys(rooms.NAMES))
    return openapi.description(litestar(api, Surroundings(admission, nothing, nothing)))


if __name__ == "__main__":
    json.dump(describe(), sys.stdout, indent=1, ensure_ascii=False, sort_keys=True)
    sys.stdout.write("\n")
