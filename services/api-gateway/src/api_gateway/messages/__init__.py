"""Messages: listing, reading, changing and deleting them, their attachments, and injecting mail without SMTP."""

from api_gateway.messages.handlers import MessageHandlers
from api_gateway.messages.inject import Upload
from api_gateway.messages.views import MessageView, OtpView, joined_headers, message_view, otp_view

__all__ = ["MessageHandlers", "MessageView", "OtpView", "Upload", "joined_headers", "message_view", "otp_view"]
