"""The handlers of the room `inboxes`, one per verb, for its routes and the dialects."""

from dataclasses import dataclass

from api_gateway.inboxes.change import ChangeInbox, FaultPlanHandlers
from api_gateway.inboxes.create import CreateInbox
from api_gateway.inboxes.end import EndInboxes
from api_gateway.inboxes.ended import ArchivedInboxes, ReadReceipts
from api_gateway.inboxes.read import ReadInboxes


@dataclass(frozen=True, slots=True)
class InboxHandlers:
    create: CreateInbox
    read: ReadInboxes
    change: ChangeInbox
    end: EndInboxes
    archived: ArchivedInboxes
    fault_plans: FaultPlanHandlers
    receipts: ReadReceipts
