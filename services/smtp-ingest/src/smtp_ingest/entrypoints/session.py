"""The SMTP session: each command, its order and its reply (RFC 5321 section 4.1).

`Connection` calls `next` for every command; the handlers decide about recipients and mails.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol

from mayfly.events.facts import Envelope
from mayfly.failures import Failure
from smtp_ingest.domain import replies
from smtp_ingest.domain.data import DataReader
from smtp_ingest.domain.paths import PathArgument, parse_argument
from smtp_ingest.domain.replies import Refused, Reply
from smtp_ingest.domain.transaction import Transaction
from smtp_ingest.entrypoints.inbound import CommandTooLong, Inbound
from smtp_ingest.errors import BadSyntax
from smtp_ingest.handlers.reception import Reception
from smtp_ingest.handlers.recipients import Recipients
from smtp_ingest.settings import Settings

_MAX_SIZE_DIGITS = 20  # RFC 1870 section 4
_MAX_HELO_OCTETS = 255
_BODIES = frozenset({"7BIT", "8BITMIME"})
_DATA_FAULTS = {
    "too_big": replies.TOO_BIG,
    "line_too_long": replies.LINE_TOO_LONG,
    "no_room": replies.NO_ROOM,
}


@dataclass(frozen=True, slots=True)
class Services:
    """What every session of the process shares."""

    settings: Settings
    recipients: Recipients
    reception: Reception


class Peer(Protocol):
    """The connection, as far as the session needs it."""

    inbound: Inbound

    @property
    def peer_address(self) -> str: ...
    @property
    def is_secure(self) -> bool: ...
    def say(self, reply: Reply) -> None: ...
    async def flush(self) -> None: ...


class Session:
    def __init__(self, services: Services, peer: Peer) -> None:
        self._services = services
        self._settings = services.settings
        self._peer = peer
        self._helo = ""
        self._extended = False
        self._transaction: Transaction | None = None

    def greeting(self) -> Reply:
        return Reply(220, "", f"{self._settings.smtp_hostname} ESMTP Mayfly")

    async def next(self) -> Reply:
        """Read one command, do it, and say what to answer. Raises EOFError when the peer sends no more."""
        try:
            verb, argument = _parse_command(await self._peer.inbound.line())
            command = _COMMANDS.get(verb)
            return replies.UNKNOWN_COMMAND if command is None else await command(self, argument)
        except CommandTooLong:
            return replies.COMMAND_TOO_LONG
        except Refused as refused:
            return refused.reply
        except Failure as failure:
            return replies.failed(failure)

    async def helo(self, argument: str) -> Reply:
        self._greeted(argument, extended=False)
        return Reply(250, "", self._settings.smtp_hostname)

    async def ehlo(self, argument: str) -> Reply:
        self._greeted(argument, extended=True)
        size = f"SIZE {self._settings.smtp_message_octets}"
        return replies.ehlo([self._settings.smtp_hostname, size, *_EXTENSIONS])

    def _greeted(self, argument: str, *, extended: bool) -> None:
        if not argument or " " in argument or len(argument.encode()) > _MAX_HELO_OCTETS:
            raise Refused(replies.bad_argument("Syntax: EHLO hostname"), "syntax")
        self._transaction = None
        self._helo, self._extended = argument, extended

    async def noop(self, _argument: str) -> Reply:
        return replies.OK

    async def rset(self, argument: str) -> Reply:
        if argument:
            return replies.NO_ARGUMENT
        self._transaction = None
        return replies.OK

    async def quit(self, argument: str) -> Reply:
        return replies.NO_ARGUMENT if argument else replies.BYE

    async def vrfy(self, argument: str) -> Reply:
        return replies.CANNOT_VERIFY if argument else replies.bad_argument("Syntax: VRFY address")

    async def help(self, _argument: str) -> Reply:
        return Reply(214, "2.0.0", f"Commands: {' '.join(_COMMANDS)}")

    async def not_implemented(self, _argument: str) -> Reply:
        return replies.NOT_IMPLEMENTED

    async def mail(self, argument: str) -> Reply:
        if not self._helo:
            return replies.HELO_FIRST
        if self._transaction is not None:
            return replies.NESTED_MAIL
        path = _parse_path("FROM", argument)
        utf8 = self._check_mail_parameters(path.parameters)
        if not path.path.isascii() and not utf8:
            return replies.NEEDS_SMTPUTF8
        self._transaction = Transaction(path.path, utf8)
        return replies.SENDER_OK

    def _check_mail_parameters(self, parameters: dict[str, str]) -> bool:
        """True when the mail is internationalised (RFC 6531). Raises Refused."""
        if parameters.keys() - {"SIZE", "BODY", "SMTPUTF8"} or (parameters and not self._extended):
            raise Refused(replies.UNKNOWN_PARAMETER, "syntax")
        size = parameters.get("SIZE", "0")
        if not (size.isascii() and size.isdecimal()) or len(size) > _MAX_SIZE_DIGITS:
            raise Refused(replies.bad_argument("SIZE is a number of octets"), "syntax")
        if parameters.get("BODY", "7BIT").upper() not in _BODIES or parameters.get("SMTPUTF8"):
            raise Refused(replies.bad_argument("Malformed parameter"), "syntax")
        if int(size) > self._settings.smtp_message_octets:
            raise Refused(replies.TOO_BIG, "too_big")
        return "SMTPUTF8" in parameters

    async def rcpt(self, argument: str) -> Reply:
        transaction = self._transaction
        if transaction is None:
            return replies.MAIL_FIRST
        transaction.refused += 1
        path = _parse_path("TO", argument)
        if path.parameters:
            return replies.UNKNOWN_PARAMETER
        if not path.path.isascii() and not transaction.utf8:
            return replies.NEEDS_SMTPUTF8
        if len(transaction.recipients) >= self._settings.smtp_recipients:
            return replies.TOO_MANY_RECIPIENTS
        transaction.add(await self._services.recipients.resolve(path.path))
        transaction.refused -= 1
        return replies.RECIPIENT_OK

    async def data(self, argument: str) -> Reply:
        transaction = self._transaction
        if argument:
            return replies.NO_ARGUMENT
        if transaction is None:
            return replies.MAIL_FIRST
        if not transaction.recipients:
            return replies.NO_VALID_RECIPIENTS if transaction.refused else replies.RECIPIENT_FIRST
        self._peer.say(replies.START_DATA)
        await self._peer.flush()
        self._transaction = None
        reader = DataReader(self._settings.smtp_message_octets, self._settings.smtp_line_octets)
        await self._peer.inbound.data(reader)
        if reader.fault is not None:
            return _DATA_FAULTS[reader.fault]
        envelope = self._envelope(transaction)
        accepted = await self._services.reception.accept(envelope, reader.content(), self._protocol(transaction))
        return replies.accepted(accepted.event_id)

    def _envelope(self, transaction: Transaction) -> Envelope:
        return Envelope(
            reverse_path=transaction.reverse_path,
            recipients=tuple(transaction.recipients),
            helo=self._helo,
            peer_address=self._peer.peer_address,
            tls=self._peer.is_secure,
        )

    def _protocol(self, transaction: Transaction) -> str:
        """The `with` word of the Received line (RFC 3848, RFC 6531 section 4.3)."""
        if not self._extended:
            return "SMTP"
        word = "UTF8SMTP" if transaction.utf8 else "ESMTP"
        return f"{word}S" if self._peer.is_secure else word


_EXTENSIONS = ("8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES", "HELP")
_Command = Callable[[Session, str], Awaitable[Reply]]
_COMMANDS: dict[str, _Command] = {
    "HELO": Session.helo,
    "EHLO": Session.ehlo,
    "MAIL": Session.mail,
    "RCPT": Session.rcpt,
    "DATA": Session.data,
    "RSET": Session.rset,
    "NOOP": Session.noop,
    "VRFY": Session.vrfy,
    "HELP": Session.help,
    "QUIT": Session.quit,
    "EXPN": Session.not_implemented,
    "AUTH": Session.not_implemented,
    "TURN": Session.not_implemented,
    "ETRN": Session.not_implemented,
    "BDAT": Session.not_implemented,
}


def _parse_command(line: bytes) -> tuple[str, str]:
    """Verb in capitals and argument. Raises Refused for what is no line of text ending with CRLF."""
    try:
        text = line.removesuffix(b"\r\n").decode()
    except UnicodeDecodeError:
        raise Refused(replies.BAD_LINE, "syntax") from None
    if not line.endswith(b"\r\n") or not text.isprintable():
        raise Refused(replies.BAD_LINE, "syntax")
    verb, _, argument = text.partition(" ")
    return verb.upper(), argument.strip(" ")


def _parse_path(keyword: str, argument: str) -> PathArgument:
    try:
        return parse_argument(keyword, argument)
    except BadSyntax as bad:
        raise Refused(replies.bad_argument(bad.reason), "syntax") from bad
