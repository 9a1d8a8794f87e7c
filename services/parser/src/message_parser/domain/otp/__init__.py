"""One-time codes: found, judged and told apart from every other number a mail can hold."""

from message_parser.domain.otp.engine import best, find_codes

__all__ = ["best", "find_codes"]
