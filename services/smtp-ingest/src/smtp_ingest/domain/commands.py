"""Parses command lines: a verb and its argument, ended by CRLF (RFC 5321 section 4.1.1)."""

from smtp_ingest.domain import replies
from smtp_ingest.domain.paths import PathArgument, parse_argument
from smtp_ingest.domain.replies import Rejected
from smtp_ingest.errors import BadSyntax

_MAX_SIZE_DIGITS = 20  # RFC 1870 section 4
_BODIES = frozenset({"7BIT", "8BITMIME"})
_MAIL_PARAMETERS = frozenset({"SIZE", "BODY", "SMTPUTF8"})
_GREETINGS = frozenset({"EHLO", "HELO"})
_UNDECODABLE = "\ufffd"


def parse_command(line: bytes) -> tuple[str, str]:
    """Split a line into verb (upper case) and argument. Raises Rejected unless it is printable and ends with CRLF.

    A host name may be in any charset, as computers are named; what is not UTF-8 in it becomes U+FFFD.
    """
    text = line.removesuffix(b"\r\n").decode(errors="replace")
    verb, _, argument = text.partition(" ")
    verb = verb.upper()
    if not line.endswith(b"\r\n") or not text.isprintable() or (_UNDECODABLE in text and verb not in _GREETINGS):
        raise Rejected(replies.BAD_LINE, "syntax")
    return verb, argument.strip(" ")


def parse_path(keyword: str, argument: str) -> PathArgument:
    """Parse the argument of MAIL (`FROM`) or RCPT (`TO`). Raises Rejected."""
    try:
        return parse_argument(keyword, argument)
    except BadSyntax as bad:
        raise Rejected(replies.bad_argument(bad.reason), "syntax") from bad


def check_mail_parameters(parameters: dict[str, str], limit: int, *, extended: bool, auth: bool) -> bool:
    """Check the parameters of MAIL; returns whether SMTPUTF8 is among them (RFC 6531 section 3.4). Raises Rejected.

    `limit`: largest message in octets. `extended`: the peer sent EHLO. `auth`: AUTH is offered; its parameter, which
    says who submitted the mail (RFC 4954 section 5), is ignored.
    """
    unknown = parameters.keys() - _MAIL_PARAMETERS - ({"AUTH"} if auth else set())
    if unknown or (parameters and not extended):
        raise Rejected(replies.UNKNOWN_PARAMETER, "syntax")
    size = parameters.get("SIZE", "0")
    if not (size.isascii() and size.isdecimal()) or len(size) > _MAX_SIZE_DIGITS:
        raise Rejected(replies.bad_argument("SIZE is a number of octets"), "syntax")
    if parameters.get("BODY", "7BIT").upper() not in _BODIES or parameters.get("SMTPUTF8"):
        raise Rejected(replies.bad_argument("Malformed parameter"), "syntax")
    if int(size) > limit:
        raise Rejected(replies.TOO_BIG, "too_big")
    return "SMTPUTF8" in parameters
