"""What Mailpit tells about itself: version, numbers of messages, settings of its web page, its API as a document."""

import asyncio
import resource
from datetime import UTC, datetime
from typing import Any

import msgspec
from litestar import Request, Response, get

from api_gateway.dialects.mailpit.call import GivenCall
from api_gateway.dialects.mailpit.chaos import Chaos
from api_gateway.dialects.mailpit.options import READ
from api_gateway.dialects.mailpit.views import go_name
from api_gateway.edge import openapi
from api_gateway.edge.parameters import Given
from api_gateway.inboxes import InboxHandlers
from mayfly import __version__

_MAILPIT = "v1.33.1"
"""The version of Mailpit whose API this is. Clients compare it with the versions that calls came with."""
VERSION = f"{_MAILPIT}-mayfly-{__version__}"
_STARTED = datetime.now(UTC)


class RuntimeStats(msgspec.Struct, frozen=True, kw_only=True, rename=go_name):
    """Of Mailpit's numbers Mayfly has these: `uptime` in seconds, `memory` in octets; the others are 0.

    `accepted`, `accepted_size` (octets): of the mail that the space has now.
    """

    uptime: int
    memory: int
    messages_deleted: int = 0
    accepted: int = msgspec.field(name="SMTPAccepted")
    accepted_size: int = msgspec.field(name="SMTPAcceptedSize")
    rejected: int = msgspec.field(name="SMTPRejected", default=0)
    ignored: int = msgspec.field(name="SMTPIgnored", default=0)


class Info(msgspec.Struct, frozen=True, kw_only=True, rename=go_name):
    version: str = VERSION
    latest_version: str = "disabled"
    database: str
    database_size: int
    messages: int
    unread: int
    tags: dict[str, int]
    runtime_stats: RuntimeStats


class MessageRelay(msgspec.Struct, frozen=True, kw_only=True, rename=go_name):
    """Nothing is ever sent."""

    enabled: bool = False
    smtp_server: str = msgspec.field(name="SMTPServer", default="")
    return_path: str = ""
    allowed_recipients: str = ""
    blocked_recipients: str = ""
    override_from: str = ""
    preserve_message_ids: bool = msgspec.field(name="PreserveMessageIDs", default=False)
    recipient_allowlist: str = ""


class WebSettings(msgspec.Struct, frozen=True, kw_only=True, rename=go_name):
    label: str
    message_relay: MessageRelay = MessageRelay()
    spam_assassin: bool = False
    rspamd: bool = False
    chaos_enabled: bool
    duplicates_ignored: bool = False
    hide_delete_all_button: bool = False


@get("/api/v1/info", opt=READ)
async def get_info(call: GivenCall, inboxes: Given[InboxHandlers]) -> Info:
    """Get the version, and the numbers of the space's messages and tags."""
    stats, tags = await asyncio.gather(inboxes.read.stats(call.caller, call.space.id), call.tags())
    runtime = RuntimeStats(
        uptime=int((datetime.now(UTC) - _STARTED).total_seconds()),
        memory=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        accepted=stats.message_count,
        accepted_size=stats.total_bytes,
    )
    return Info(
        database=f"space {call.space.id}",
        database_size=stats.total_bytes,
        messages=stats.message_count,
        unread=stats.unread_count,
        tags=dict(sorted(tags.items())),
        runtime_stats=runtime,
    )


@get("/api/v1/webui", opt=READ)
async def get_web_settings(call: GivenCall, chaos: Given[Chaos]) -> WebSettings:
    """Get what Mailpit's web page asks for."""
    return WebSettings(label=call.space.label or "", chaos_enabled=chaos.is_enabled)


@get("/api/v1/swagger.json", opt=READ, include_in_schema=False)
async def get_document(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Get the OpenAPI document of the calls that Mayfly answers."""
    return Response(msgspec.json.encode(openapi.description(request.app)), media_type="application/json")
