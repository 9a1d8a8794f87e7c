"""Live channels: server-sent events, waiting for a mail, and proving that none arrived."""

from api_gateway.live.handlers import LiveHandlers

__all__ = ["LiveHandlers"]
