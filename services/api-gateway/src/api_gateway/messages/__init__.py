"""Messages: listing, reading, changing and deleting them, their attachments, and injecting mail without SMTP."""

from api_gateway.messages.composing import base64_lines, media_type_of
from api_gateway.messages.handlers import MessageHandlers
from api_gateway.messages.inject import Upload
from api_gateway.messages.moments import read_zone
from api_gateway.messages.search_terms import BadSearch, parse_search
from api_gateway.messages.views import MessageView, OtpView, joined_headers, message_view, otp_view

__all__ = [
    "BadSearch",
    "MessageHandlers",
    "MessageView",
    "OtpView",
    "Upload",
    "base64_lines",
    "joined_headers",
    "media_type_of",
    "message_view",
    "otp_view",
    "parse_search",
    "read_zone",
]
