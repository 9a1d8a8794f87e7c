"""The handlers of the room `inboxes`, one per verb, for its routes and the dialects."""

from dataclasses import dataclass

from api_gateway.inboxes.archive import ArchivedInboxes
from api_gateway.inboxes.change import ChangeInbox
from api_gateway.inboxes.contents import InboxContents
from api_gateway.inboxes.create import CreateInbox, ReactivateInbox
from api_gateway.inboxes.end import EndInboxes
from api_gateway.inboxes.fault_plans import FaultPlanHandlers
from api_gateway.inboxes.reach import Reach
from api_gateway.inboxes.read import ReadInboxes
from api_gateway.inboxes.receipts import ReadReceipts


@dataclass(frozen=True, slots=True)
class InboxHandlers:
    create: CreateInbox
    reactivate: ReactivateInbox
    read: ReadInboxes
    change: ChangeInbox
    contents: InboxContents
    end: EndInboxes
    archive: ArchivedInboxes
    fault_plans: FaultPlanHandlers
    receipts: ReadReceipts
    reach: Reach
