"""Inboxes: creating, reading, changing and ending them; their fault plans and deletion receipts."""

from api_gateway.inboxes.create import CreatedInbox, InboxWish, PlaceInbox
from api_gateway.inboxes.end import EndInboxes
from api_gateway.inboxes.handlers import InboxHandlers
from api_gateway.inboxes.prune import PruneSpace
from api_gateway.inboxes.reach import Reach
from api_gateway.inboxes.read import ReadInboxes
from api_gateway.inboxes.read_marks import ReadMarks
from api_gateway.inboxes.rules import DEFAULT_TTL_SECONDS, is_own_domain, require_not_default
from api_gateway.inboxes.webhook import InboxWebhook

__all__ = [
    "DEFAULT_TTL_SECONDS",
    "CreatedInbox",
    "EndInboxes",
    "InboxHandlers",
    "InboxWebhook",
    "InboxWish",
    "PlaceInbox",
    "PruneSpace",
    "Reach",
    "ReadInboxes",
    "ReadMarks",
    "is_own_domain",
    "require_not_default",
]
