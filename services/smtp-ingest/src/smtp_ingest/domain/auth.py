"""The command AUTH (RFC 4954) with the mechanisms PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login).

Any credentials are accepted, so responses are only checked for their form. They are never kept, logged or answered.
"""

import base64

from smtp_ingest.domain import replies
from smtp_ingest.domain.replies import Rejected

RESPONSE_OCTETS = 12_288  # RFC 4954 section 4
_CHALLENGES = {"PLAIN": ("",), "LOGIN": ("Username:", "Password:")}
_CANCEL, _EMPTY = "*", "="
_PLAIN_SEPARATORS = 2

EXTENSION = f"AUTH {' '.join(_CHALLENGES)}"


def parse_auth(argument: str) -> tuple[str, list[str]]:
    """The mechanism of `mechanism [initial-response]`, and the challenges, in base64, that are still to be sent.

    The initial response answers the first challenge; `=` stands for an empty one. Raises Rejected.
    """
    name, _, initial = argument.partition(" ")
    mechanism = name.upper()
    if not mechanism:
        raise Rejected(replies.bad_argument("Syntax: AUTH mechanism [initial-response]"), "syntax")
    if mechanism not in _CHALLENGES:
        raise Rejected(replies.UNKNOWN_MECHANISM, "syntax")
    challenges = [base64.b64encode(text.encode()).decode() for text in _CHALLENGES[mechanism]]
    if initial:
        check_response(mechanism, "" if initial == _EMPTY else initial.strip(" "))
        del challenges[0]
    return mechanism, challenges


def check_response(mechanism: str, response: str) -> None:
    """Check a response in base64. Raises Rejected when it is malformed or cancels the exchange."""
    if response == _CANCEL:
        raise Rejected(replies.AUTH_CANCELLED, "syntax")
    try:
        octets = base64.b64decode(response, validate=True)
    except ValueError:
        raise Rejected(replies.BAD_RESPONSE, "syntax") from None
    if mechanism == "PLAIN" and octets.count(b"\0") != _PLAIN_SEPARATORS:
        raise Rejected(replies.BAD_RESPONSE, "syntax")
