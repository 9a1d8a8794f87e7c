"""The MailHog facade: API v1 and v2 of mailhog/MailHog for one space, on the doors of Mailpit's (dialects.doors).

`GET` and `DELETE /api/v1/messages` are Mailpit's, who took these paths over. Errors are JSON, since MailHog's clients
read every body as such; where MailHog answers without a body, so does this.
"""

from litestar import Router

from api_gateway.dialects.doors import SPACE, Paths
from api_gateway.dialects.mailhog import events, jim, lists, messages
from api_gateway.dialects.mailpit.call import CALL
from api_gateway.edge.routes import routes_of

__all__ = ["OWN", "PATHS", "ROUTERS"]

PATHS = Paths(own=("/api/v2/", "/api/v1/events"), shared=("/api/v1/messages/",))
OWN = (*PATHS.own, *PATHS.shared)
_MODULES = (lists, messages, events, jim)
ROUTERS = [
    Router(
        "/",
        tags=["MailHog"],
        opt={"dialect": "mailhog"},
        dependencies=SPACE | CALL,
        route_handlers=routes_of(*_MODULES),
    )
]
