"""The MinuteMail dialect: /v1. Inboxes are called mailboxes and live for minutes; most field names are camelCase."""

from typing import Any

from litestar import Response
from litestar.enums import MediaType

from api_gateway.dialects.minutemail import account, identities, mailboxes, mails
from api_gateway.edge.faults import Fault, native_shape

TITLE = "MinuteMail"
PREFIXES = ("/v1",)
FIELDS = {"local_part": "alias", "allowed_domains": "domains"}


def shape(fault: Fault) -> Response[Any]:
    """The native error; plain text when an API key is used from a site that it is not authorized for."""
    if not fault.wrong_site:
        return native_shape(fault)
    return Response(fault.message, status_code=fault.status, headers=dict(fault.headers), media_type=MediaType.TEXT)


MODULES = (mailboxes, mails, account, identities)
