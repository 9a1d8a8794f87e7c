"""The handlers of the room `messages`, one per verb, for its routes and the dialects."""

from dataclasses import dataclass

from api_gateway.messages.attachments import MessageAttachments
from api_gateway.messages.change import ChangeMessages
from api_gateway.messages.inject import InjectMail
from api_gateway.messages.page_tickets import IssuePageTicket
from api_gateway.messages.read import ReadMessages
from api_gateway.messages.read_account import ReadAccountMessages
from api_gateway.messages.search import SearchMessages
from api_gateway.messages.show import ShowMessage
from api_gateway.messages.tags import TagMessages
from api_gateway.messages.timeline import MessageTimeline


@dataclass(frozen=True, slots=True)
class MessageHandlers:
    read: ReadMessages
    read_account: ReadAccountMessages
    change: ChangeMessages
    attachments: MessageAttachments
    inject: InjectMail
    search: SearchMessages
    tags: TagMessages
    show: ShowMessage
    issue_page_ticket: IssuePageTicket
    timeline: MessageTimeline
