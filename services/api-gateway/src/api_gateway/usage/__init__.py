"""Usage: what an account has used of its plan."""

from api_gateway.usage.read import ReadUsage

__all__ = ["ReadUsage"]
