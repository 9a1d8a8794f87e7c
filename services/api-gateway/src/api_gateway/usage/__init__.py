"""Usage: how many calls and inboxes of its plan an account has used."""

from api_gateway.usage.read import ReadUsage

__all__ = ["ReadUsage"]
