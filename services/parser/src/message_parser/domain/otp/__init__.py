"""Finds one-time codes and distinguishes them from all other numbers in a mail (docs/extraction.md).

Called by the stage `codes`.
"""

from message_parser.domain.otp.engine import Body, best, find_codes
from message_parser.domain.otp.prepare import prepare

__all__ = ["Body", "best", "find_codes", "prepare"]
