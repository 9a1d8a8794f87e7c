"""The Mailpit facade: REST API v1 of axllent/mailpit for one space, as if it were the whole server.

Reached by the doors of `dialects.doors`. Errors are plain text, as Mailpit's; changes answer `ok`.
"""

from litestar import Router

from api_gateway.dialects.doors import SPACE, Paths
from api_gateway.dialects.mailpit import chaos, checks, events, info, lists, message, pages, send, tags
from api_gateway.dialects.mailpit.call import CALL, NoLatest, answer_no_latest
from api_gateway.dialects.mailpit.chaos import Chaos
from api_gateway.dialects.mailpit.errors import shape_of
from api_gateway.edge.routes import routes_of

__all__ = ["PATHS", "ROUTERS", "Chaos", "shape_of"]

PATHS = Paths(
    own=(
        "/api/v1/message/",
        "/api/v1/search",
        "/api/v1/send",
        "/api/v1/tags",
        "/api/v1/tags/",
        "/api/v1/info",
        "/api/v1/webui",
        "/api/v1/chaos",
        "/api/v1/swagger.json",
        "/api/events",
        "/view/",
        "/search",
    ),
    shared=("/api/v1/messages",),
)
_MODULES = (lists, message, checks, send, tags, info, chaos, pages, events)
ROUTERS = [
    Router(
        "/",
        tags=["Mailpit"],
        opt={"dialect": "mailpit"},
        dependencies=SPACE | CALL,
        exception_handlers={NoLatest: answer_no_latest},
        route_handlers=routes_of(*_MODULES),
    )
]
