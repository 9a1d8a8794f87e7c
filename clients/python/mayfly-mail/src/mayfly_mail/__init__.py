"""Client of Mayfly, the self-hosted disposable inboxes: wait for mails, one-time codes and links in tests.

    from mayfly_mail import Mayfly

    with Mayfly() as mayfly, mayfly.inbox() as inbox:
        sign_up(inbox.address)
        code = inbox.wait_for_code(timeout=10)

Names are imported when they are first used, so that `import mayfly_mail` costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mayfly_mail.client import AsyncMayfly, Mayfly
    from mayfly_mail.errors import (
        BadRequest,
        Conflict,
        Forbidden,
        Gone,
        LinkNotFound,
        MayflyError,
        NearMiss,
        NotFound,
        QuotaExceeded,
        RateLimited,
        SignatureMismatch,
        Unauthorized,
        Unavailable,
        UnexpectedMessage,
        WaitTimeout,
    )
    from mayfly_mail.faults import parse_fault_plan
    from mayfly_mail.inbox import AsyncInbox, Inbox
    from mayfly_mail.message import Code, Link, Message
    from mayfly_mail.multipart import Attachment
    from mayfly_mail.signatures import verify_webhook
    from mayfly_mail.space import AsyncSpace, Smtp, Space
    from mayfly_mail.stream import Event

__version__ = "0.1.0"

__all__ = [
    "AsyncInbox",
    "AsyncMayfly",
    "AsyncSpace",
    "Attachment",
    "BadRequest",
    "Code",
    "Conflict",
    "Event",
    "Forbidden",
    "Gone",
    "Inbox",
    "Link",
    "LinkNotFound",
    "Mayfly",
    "MayflyError",
    "Message",
    "NearMiss",
    "NotFound",
    "QuotaExceeded",
    "RateLimited",
    "SignatureMismatch",
    "Smtp",
    "Space",
    "Unauthorized",
    "Unavailable",
    "UnexpectedMessage",
    "WaitTimeout",
    "parse_fault_plan",
    "verify_webhook",
]

_HOMES = {
    "client": ("AsyncMayfly", "Mayfly"),
    "faults": ("parse_fault_plan",),
    "inbox": ("AsyncInbox", "Inbox"),
    "message": ("Code", "Link", "Message"),
    "multipart": ("Attachment",),
    "signatures": ("verify_webhook",),
    "space": ("AsyncSpace", "Smtp", "Space"),
    "stream": ("Event",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in __all__:
        raise AttributeError(f"module 'mayfly_mail' has no attribute {name!r}")
    value = getattr(import_module(f"mayfly_mail.{_HOME_OF.get(name, 'errors')}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
