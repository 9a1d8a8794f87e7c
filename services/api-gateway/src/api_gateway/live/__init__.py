"""Live channels: server-sent events, waiting for a mail, proving that none arrived, and the live view of a space."""

from api_gateway.live.event_stream import EventStream
from api_gateway.live.handlers import LiveHandlers
from api_gateway.live.rechecking import recheck
from api_gateway.live.space_events import Closed, Counts, SpaceNotice
from api_gateway.live.watch import Notice

__all__ = ["Closed", "Counts", "EventStream", "LiveHandlers", "Notice", "SpaceNotice", "recheck"]
