"""Spaces: inboxes that take many addresses. Creating, listing and changing them, and their SMTP credentials."""

from api_gateway.spaces.create import CreatedSpace, SpaceWish
from api_gateway.spaces.handlers import SpaceHandlers

__all__ = ["CreatedSpace", "SpaceHandlers", "SpaceWish"]
