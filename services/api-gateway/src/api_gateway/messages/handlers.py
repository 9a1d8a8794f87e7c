"""The handlers of the room `messages`, one per verb, for its routes and the dialects."""

from dataclasses import dataclass

from api_gateway.messages.attachments import MessageAttachments
from api_gateway.messages.change import ChangeMessages
from api_gateway.messages.inject import InjectMail
from api_gateway.messages.read import ReadMessages


@dataclass(frozen=True, slots=True)
class MessageHandlers:
    read: ReadMessages
    change: ChangeMessages
    attachments: MessageAttachments
    inject: InjectMail
