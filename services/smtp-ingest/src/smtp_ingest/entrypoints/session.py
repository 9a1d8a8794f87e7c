"""The SMTP session: executes commands in their required order (RFC 5321 section 4.1).

`Connection` calls `next` for every command. Recipients are checked in handlers.recipients, messages in `mail_data`.
"""

import ssl
from collections.abc import Awaitable, Callable
from typing import Literal, Protocol

from mayfly.events.facts import Envelope
from mayfly.failures import Failure
from mayfly.records.inbox import Inbox
from smtp_ingest import metrics
from smtp_ingest.domain import replies
from smtp_ingest.domain.auth import EXTENSION as AUTH_EXTENSION
from smtp_ingest.domain.auth import Login
from smtp_ingest.domain.commands import check_mail_parameters, parse_command, parse_path
from smtp_ingest.domain.replies import Rejected, Reply
from smtp_ingest.domain.transaction import Transaction
from smtp_ingest.entrypoints.inbound import CommandTooLong, EndlessLine, Inbound
from smtp_ingest.entrypoints.login import is_offered, log_in
from smtp_ingest.entrypoints.mail_data import receive
from smtp_ingest.entrypoints.patience import Patience
from smtp_ingest.entrypoints.services import Services

_MAX_HELO_OCTETS = 255
_PERMANENT = 500


class Peer(Protocol):
    """The part of a connection that the session uses. `peer`: who the address counts as (`mayfly.mail.peers`)."""

    inbound: Inbound
    patience: Patience
    peer_address: str
    peer: str
    is_secure: bool

    def say(self, reply: Reply) -> None: ...
    async def flush(self) -> None: ...
    async def start_tls(self, context: ssl.SSLContext) -> None: ...
    def cut_off(self, reply: Reply, reason: str) -> None: ...


class Session:
    """`is_open`: at the port where the default space takes every address."""

    def __init__(self, services: Services, peer: Peer, *, is_open: bool = False) -> None:
        self._is_open = is_open
        self._services = services
        self._settings = services.settings
        self._peer = peer
        self._helo = ""
        self._extended = False
        self._login: Login | None = None
        self._transaction: Transaction | None = None
        self._errors = 0
        self._commands = 0
        self._rcpts = 0
        self._mails = 0

    @property
    def is_busy(self) -> bool:
        """Whether a transaction is open."""
        return self._transaction is not None

    def greeting(self) -> Reply:
        return Reply(220, "", f"{self._settings.smtp_hostname} ESMTP Mayfly")

    async def next(self) -> Reply | None:
        """Read and execute one command; returns its reply, None if it was sent already. Raises EOFError."""
        try:
            verb, argument = parse_command(await self._peer.inbound.line())
            self._peer.patience.suspend()
            reply = await self._do(verb, argument)
        except CommandTooLong:
            reply = replies.COMMAND_TOO_LONG
        except EndlessLine:
            reply = replies.FLOOD
        except Rejected as rejected:
            reply = rejected.reply
        except Failure as failure:
            reply = replies.failed(failure)
        return reply if reply is None else self._within_limits(reply)

    async def _do(self, verb: str, argument: str) -> Reply | None:
        command = _COMMANDS.get(verb)
        if command is None:
            return replies.NOT_SMTP if verb in _HTTP_METHODS else replies.UNKNOWN_COMMAND
        if verb not in _PART_OF_A_MAIL:
            self._commands += 1
        return await command(self, argument)

    def _within_limits(self, reply: Reply) -> Reply:
        """The reply, or one that closes the connection when the peer exceeds its errors or idle commands."""
        if reply.code >= _PERMANENT:
            self._errors += 1
        if self._errors > self._settings.smtp_errors:
            return replies.TOO_MANY_ERRORS
        if self._commands > self._settings.smtp_idle_commands and reply is not replies.BYE:
            return replies.TOO_MANY_COMMANDS
        return reply

    async def helo(self, argument: str) -> Reply:
        self._greeted(argument, extended=False)
        return Reply(250, "", self._settings.smtp_hostname)

    async def ehlo(self, argument: str) -> Reply:
        self._greeted(argument, extended=True)
        size = f"SIZE {self._settings.smtp_message_octets}"
        tls = ["STARTTLS"] if self._services.certificate and not self._peer.is_secure else []
        auth = [AUTH_EXTENSION] if self._offers_auth else []
        return replies.ehlo([self._settings.smtp_hostname, size, *tls, *auth, *_EXTENSIONS])

    def _greeted(self, argument: str, *, extended: bool) -> None:
        # A name with blanks breaks the grammar, but some clients take theirs from the computer as it is.
        if not argument or len(argument.encode()) > _MAX_HELO_OCTETS:
            raise Rejected(replies.bad_argument("Syntax: EHLO hostname"), "syntax")
        self._transaction = None
        self._helo, self._extended = argument, extended

    async def starttls(self, argument: str) -> Reply | None:
        """Start TLS and forget the session so far (RFC 3207)."""
        if argument:
            return replies.NO_ARGUMENT
        if self._services.certificate is None or self._peer.is_secure:
            return replies.NOT_IMPLEMENTED
        self._peer.patience.wait_for_command()
        await self._peer.flush()
        await self._peer.start_tls(self._services.certificate.context())
        self._transaction = None
        self._helo, self._extended, self._login = "", False, None
        return None

    async def auth(self, argument: str) -> Reply:
        """Log in to a space, or without rights where the operator allows that (RFC 4954 section 4)."""
        if not self._offers_auth:
            return replies.NEEDS_TLS if self._services.certificate else replies.NEEDS_TLS_NOT_HERE
        if not self._helo:  # some devices say EHLO, then HELO, and log in all the same
            return replies.HELO_FIRST
        if self._login is not None:
            return replies.LOGGED_IN_ALREADY
        if self._transaction is not None:
            return replies.NESTED_MAIL
        login = await log_in(self._services, self._peer, argument, accept_any=self._accepts_any)
        await self._fail_by_plan("auth", login)
        self._login = login
        return replies.LOGGED_IN

    async def _fail_by_plan(self, command: Literal["auth", "mail"], login: Login | None) -> Inbox | None:
        """Fail the command if a fault plan wants it; returns the login's space. Raises Rejected, TransientFailure."""
        space = await self._services.logins.space_of(login) if login else None
        await self._services.faults.check(command, space, self._peer.inbound.pause, is_open=self._is_open)
        return space

    @property
    def _accepts_any(self) -> bool:
        """Whether a user name that names no space is accepted: at the default space's port nobody has to log in."""
        return self._settings.smtp_auth_accept_any or self._is_open

    @property
    def _offers_auth(self) -> bool:
        return is_offered(self._services, self._peer, accept_any=self._accepts_any)

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
        hidden = () if self._offers_auth else ("AUTH",)
        return Reply(214, "2.0.0", f"Commands: {' '.join(verb for verb in _HELP if verb not in hidden)}")

    async def not_implemented(self, _argument: str) -> Reply:
        return replies.NOT_IMPLEMENTED

    async def mail(self, argument: str) -> Reply:
        if not self._helo:
            return replies.HELO_FIRST
        if self._transaction is not None:
            return replies.NESTED_MAIL
        if self._mails >= self._settings.smtp_transactions:
            return replies.TOO_MANY_TRANSACTIONS
        path = parse_path("FROM", argument)
        utf8 = check_mail_parameters(
            path.parameters,
            self._settings.smtp_message_octets,
            extended=self._extended,
            auth="AUTH" in path.parameters and self._offers_auth,
        )
        if not path.path.isascii() and not utf8:
            return replies.NEEDS_SMTPUTF8
        if not self._may_send():
            return replies.TOO_FAST
        space = await self._fail_by_plan("mail", self._login)
        self._transaction = Transaction(
            path.path, utf8, size=int(path.parameters.get("SIZE", "0")), is_open=self._is_open, space=space
        )
        return replies.SENDER_OK

    def _may_send(self) -> bool:
        """Count one against the peer's rate; False when that is used up."""
        peer = self._peer
        return self._services.is_exempt(peer.peer_address) or self._services.rates.allow(peer.peer)

    async def rcpt(self, argument: str) -> Reply:
        transaction = self._transaction
        self._rcpts += 1
        if self._rcpts > self._settings.smtp_rcpt_commands:
            return replies.TOO_MANY_RCPTS
        if transaction is None:
            return replies.MAIL_FIRST
        try:
            path = parse_path("TO", argument)
            if path.parameters:
                raise Rejected(replies.UNKNOWN_PARAMETER, "syntax")
            if not path.path.isascii() and not transaction.utf8:
                raise Rejected(replies.NEEDS_SMTPUTF8, "needs_smtputf8")
            await self._services.recipients.admit(transaction, path.path, self._peer.inbound.pause)
        except (Rejected, Failure) as error:
            transaction.refused += 1
            if isinstance(error, Rejected) and error.reason in _ASKED_IN_VAIN:
                self._may_send()  # costs as much as a mail: no refusal comes from memory, so each one asks the store
            metrics.RECIPIENTS_REJECTED.labels(error.reason if isinstance(error, Rejected) else "unavailable").inc()
            raise
        return replies.RECIPIENT_OK

    async def data(self, argument: str) -> Reply:
        transaction = self._transaction
        if argument:
            return replies.NO_ARGUMENT
        if transaction is None:
            return replies.MAIL_FIRST
        if not transaction.recipients:
            return replies.NO_VALID_RECIPIENTS if transaction.refused else replies.RECIPIENT_FIRST
        try:
            reply = await receive(self._services, self._peer, transaction, self._envelope(transaction), self._word())
        finally:
            self._transaction = None
        self._mails += 1
        self._commands = self._rcpts = 0
        return reply

    def _envelope(self, transaction: Transaction) -> Envelope:
        return Envelope(
            reverse_path=transaction.reverse_path,
            recipients=tuple(transaction.recipients),
            helo=self._helo,
            peer_address=self._peer.peer_address,
            tls=self._peer.is_secure,
            login=self._login.user if self._login else "",
        )

    def _word(self) -> str:
        """The `with` word of the Received line (RFC 3848, RFC 6531 section 4.3)."""
        if not self._extended:
            return "SMTP"
        word = "UTF8SMTP" if self._transaction and self._transaction.utf8 else "ESMTP"
        return word + "S" * self._peer.is_secure + "A" * (self._login is not None)


_EXTENSIONS = ("8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES", "HELP")
_HTTP_METHODS = frozenset({"CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
_ASKED_IN_VAIN = frozenset({"unknown_inbox", "foreign_domain"})
_PART_OF_A_MAIL = frozenset({"RCPT", "DATA"})
_Command = Callable[[Session, str], Awaitable[Reply | None]]
_COMMANDS: dict[str, _Command] = {
    "HELO": Session.helo,
    "EHLO": Session.ehlo,
    "STARTTLS": Session.starttls,
    "AUTH": Session.auth,
    "MAIL": Session.mail,
    "RCPT": Session.rcpt,
    "DATA": Session.data,
    "RSET": Session.rset,
    "NOOP": Session.noop,
    "VRFY": Session.vrfy,
    "HELP": Session.help,
    "QUIT": Session.quit,
    "BDAT": Session.not_implemented,
    "ETRN": Session.not_implemented,
    "EXPN": Session.not_implemented,
    "TURN": Session.not_implemented,
}
_HELP = [verb for verb, command in _COMMANDS.items() if command is not Session.not_implemented]
