"""The command AUTH (RFC 4954) with the mechanisms PLAIN (RFC 4616) and LOGIN (draft-murchison-sasl-login). Pure.

Passwords are never logged, answered or shown by `repr`.
"""

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field

from smtp_ingest.domain import replies
from smtp_ingest.domain.replies import Rejected

RESPONSE_OCTETS = 12_288  # RFC 4954 section 4
_CHALLENGES = {"PLAIN": ("",), "LOGIN": ("Username:", "Password:")}
_CANCEL, _EMPTY = "*", "="
_PLAIN_FIELDS = 3
_NAME_CHARACTERS = 256

EXTENSION = f"AUTH {' '.join(_CHALLENGES)}"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a peer logs in with; octets that are not UTF-8 became U+FFFD.

    `acts_for`: the authorization identity of PLAIN, "" for the user itself.
    """

    user: str
    password: str = field(repr=False)
    acts_for: str = ""


@dataclass(frozen=True, slots=True)
class Login:
    """Who a session is logged in as. `user`: the name given, its first 256 printable characters.

    `space_id`, `login_id`: the space that takes all its mail, and which of its logins; "" for one without rights.
    """

    user: str
    space_id: str = ""
    login_id: str = ""


def parse_auth(argument: str) -> tuple[str, list[bytes]]:
    """The mechanism of `mechanism [initial-response]`, and the initial response if there is one. Raises Rejected.

    The initial response answers the first challenge; `=` stands for an empty one.
    """
    name, _, initial = argument.partition(" ")
    mechanism = name.upper()
    if not mechanism:
        raise Rejected(replies.bad_argument("Syntax: AUTH mechanism [initial-response]"), "syntax")
    if mechanism not in _CHALLENGES:
        raise Rejected(replies.UNKNOWN_MECHANISM, "syntax")
    return mechanism, [decode_response("" if initial == _EMPTY else initial.strip(" "))] if initial else []


def challenges(mechanism: str, answered: int) -> list[str]:
    """The challenges of a mechanism, in base64, after the first `answered`."""
    return [base64.b64encode(text.encode()).decode() for text in _CHALLENGES[mechanism][answered:]]


def decode_response(response: str) -> bytes:
    """The octets of a response in base64. Raises Rejected when it is malformed or cancels the exchange."""
    if response == _CANCEL:
        raise Rejected(replies.AUTH_CANCELLED, "syntax")
    try:
        return base64.b64decode(response, validate=True)
    except ValueError:
        raise Rejected(replies.BAD_RESPONSE, "syntax") from None


def read_credentials(mechanism: str, responses: Sequence[bytes]) -> Credentials:
    """The credentials in the responses to all challenges of a mechanism. Raises Rejected when they are malformed."""
    texts = [response.decode(errors="replace") for response in responses]
    if mechanism == "LOGIN":
        user, password = texts
        return Credentials(user, password)
    fields = texts[0].split("\0")
    if len(fields) != _PLAIN_FIELDS:
        raise Rejected(replies.BAD_RESPONSE, "syntax")
    acts_for, user, password = fields
    return Credentials(user, password, "" if acts_for == user else acts_for)


def printable_name(user: str) -> str:
    """The first 256 printable characters of a user name."""
    return "".join(filter(str.isprintable, user))[:_NAME_CHARACTERS]
