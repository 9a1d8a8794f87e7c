"""Inboxes: creating, reading, changing and ending them; their fault plans and deletion receipts."""

from api_gateway.inboxes.create import CreatedInbox, InboxWish
from api_gateway.inboxes.handlers import InboxHandlers
from api_gateway.inboxes.reach import Reach
from api_gateway.inboxes.read_marks import ReadMarks
from api_gateway.inboxes.rules import DEFAULT_TTL_SECONDS

__all__ = ["DEFAULT_TTL_SECONDS", "CreatedInbox", "InboxHandlers", "InboxWish", "Reach", "ReadMarks"]
