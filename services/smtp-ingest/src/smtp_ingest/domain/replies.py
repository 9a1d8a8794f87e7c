"""All SMTP replies of smtp-ingest (RFC 5321 section 4.2, enhanced codes of RFC 3463).

RFC 2034 section 3: no enhanced code on the greeting, on replies to HELO and EHLO, and on 3yz.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from mayfly.failures import Failure, StorageFull, TransientFailure


@dataclass(frozen=True, slots=True)
class Reply:
    """`enhanced`: enhanced status code, "" for none. `closes`: the connection is closed after this reply.

    `before`: the lines before `text` in a multi-line reply.
    """

    code: int
    enhanced: str
    text: str
    closes: bool = False
    before: tuple[str, ...] = ()

    def encode(self) -> bytes:
        enhanced = f"{self.enhanced} " if self.enhanced else ""
        lines = [f"{self.code}-{enhanced}{text}\r\n" for text in self.before]
        return f"{''.join(lines)}{self.code} {enhanced}{self.text}\r\n".encode()


class Rejected(Exception):
    """The peer gets `reply`; `reason` is the label of the metric, from a bounded set of words."""

    def __init__(self, reply: Reply, reason: str) -> None:
        super().__init__(reason)
        self.reply = reply
        self.reason = reason


BYE = Reply(221, "2.0.0", "Bye", closes=True)
READY_FOR_TLS = Reply(220, "2.0.0", "Ready to start TLS")
LOGGED_IN = Reply(235, "2.7.0", "Logged in")
OK = Reply(250, "2.0.0", "OK")
SENDER_OK = Reply(250, "2.1.0", "Sender OK")
RECIPIENT_OK = Reply(250, "2.1.5", "Recipient OK")
CANNOT_VERIFY = Reply(252, "2.5.2", "Cannot verify, but will take mail for it if RCPT does")
START_DATA = Reply(354, "", "End data with <CR><LF>.<CR><LF>")

STOPPING = Reply(421, "4.3.2", "Service is stopping, try again", closes=True)
BROKEN = Reply(421, "4.3.0", "Internal error, try again later", closes=True)
TOO_MANY_CONNECTIONS = Reply(421, "4.3.2", "Too many connections, try again later", closes=True)
CROWDED = Reply(421, "4.3.2", "Others need the room, try again later", closes=True)
TOO_MANY_FROM_IP = Reply(421, "4.7.0", "Too many connections from your address", closes=True)
IDLE = Reply(421, "4.4.2", "Nothing heard for too long", closes=True)
SLOW_DATA = Reply(421, "4.4.2", "Message comes too slowly", closes=True)
TOO_MANY_ERRORS = Reply(421, "4.7.0", "Too many errors", closes=True)
TOO_MANY_COMMANDS = Reply(421, "4.7.0", "Too many commands without a mail", closes=True)
TOO_MANY_RCPTS = Reply(421, "4.7.0", "Too many recipients without a mail", closes=True)
TOO_MANY_TRANSACTIONS = Reply(421, "4.7.0", "Enough mails for one connection", closes=True)
FLOOD = Reply(421, "4.7.0", "Endless line", closes=True)
NOT_SMTP = Reply(421, "4.7.0", "This is an SMTP server", closes=True)

UNAVAILABLE = Reply(451, "4.3.0", "Cannot take mail now, try again later")
BUSY = Reply(451, "4.3.2", "Too much mail at once, try again later")
TOO_FAST = Reply(451, "4.7.1", "Too many mails from your address, try again later")
INBOX_TOO_FAST = Reply(451, "4.7.1", "Too many mails to this inbox, try again later")
LOGIN_UNAVAILABLE = Reply(454, "4.7.0", "Cannot check logins now, try again later")
TOO_MANY_WRONG_LOGINS = Reply(454, "4.7.0", "Too many wrong logins from your address, try again later")
LOW_DISK = Reply(451, "4.3.1", "Little disk is free: mail for inboxes without an account waits, try again later")
NO_ROOM = Reply(452, "4.3.1", "No room for mail now, try again later")
TOO_MANY_RECIPIENTS = Reply(452, "4.5.3", "Too many recipients in one transaction")
OWN_TRANSACTION = Reply(452, "4.5.3", "An inbox with a fault plan takes a transaction of its own")

UNKNOWN_COMMAND = Reply(500, "5.5.1", "Unknown command")
BAD_LINE = Reply(500, "5.5.2", "Commands are printable text and end with <CR><LF>")
COMMAND_TOO_LONG = Reply(500, "5.5.2", "Command line too long")
RESPONSE_TOO_LONG = Reply(500, "5.5.6", "Response too long")
BAD_RESPONSE = Reply(501, "5.5.2", "Cannot read the response")
AUTH_CANCELLED = Reply(501, "5.7.0", "Cancelled")
NO_ARGUMENT = Reply(501, "5.5.4", "This command takes no argument")
NOT_IMPLEMENTED = Reply(502, "5.5.1", "Not implemented")
HELO_FIRST = Reply(503, "5.5.1", "Send EHLO first")
MAIL_FIRST = Reply(503, "5.5.1", "Send MAIL first")
RECIPIENT_FIRST = Reply(503, "5.5.1", "Send RCPT first")
NESTED_MAIL = Reply(503, "5.5.1", "A transaction is open, send RSET to leave it")
LOGGED_IN_ALREADY = Reply(503, "5.5.1", "You are logged in")
UNKNOWN_MECHANISM = Reply(504, "5.5.4", "Mechanism not supported")
WRONG_CREDENTIALS = Reply(535, "5.7.8", "Wrong user name or password")
NEEDS_TLS = Reply(538, "5.7.11", "Logging in needs encryption: send STARTTLS first")
NEEDS_TLS_NOT_HERE = Reply(538, "5.7.11", "Logging in needs encryption, and this server has no certificate")
LOGIN_ENDED = Reply(550, "5.7.1", "Your login was revoked, or its space has ended")
UNKNOWN_INBOX = Reply(550, "5.1.1", "No such inbox here")
NO_RELAY = Reply(550, "5.7.1", "No mail for that domain here, and no relay")
TOO_BIG = Reply(552, "5.3.4", "Message exceeds the size limit")
ENDLESS_DATA = Reply(552, "5.3.4", "Message exceeds the size limit by far", closes=True)
NEEDS_SMTPUTF8 = Reply(553, "5.6.7", "Not ASCII: say SMTPUTF8 at MAIL")
NO_VALID_RECIPIENTS = Reply(554, "5.5.1", "No valid recipients")
STRAY_OCTETS = Reply(554, "5.6.0", "Message holds a lone CR, a lone LF or NUL")
UNKNOWN_PARAMETER = Reply(555, "5.5.4", "Parameter not supported")


def accepted(event_id: str, message_id: str = "") -> Reply:
    """`message_id`: of the message in the space of a login, as nodemailer reads it from the end of Ethereal's reply."""
    status = f" [STATUS=new MSGID={message_id}]" if message_id else ""
    return Reply(250, "2.0.0", f"Accepted as {event_id}{status}")


def inbox_full(limit: str) -> Reply:
    """`limit`: which one is reached, in words."""
    return Reply(452, "4.2.2", limit)


def challenge(text: str) -> Reply:
    """A challenge of AUTH in base64, "" for an empty one."""
    return Reply(334, "", text)


def ehlo(lines: Sequence[str]) -> Reply:
    return Reply(250, "", lines[-1], before=tuple(lines[:-1]))


def bad_argument(text: str) -> Reply:
    return Reply(501, "5.5.4", text)


def bad_address(text: str) -> Reply:
    return Reply(553, "5.1.3", text)


def failed(failure: Failure) -> Reply:
    """The reply for a failure of ours: the only place that maps failures to replies."""
    if isinstance(failure, StorageFull):
        return NO_ROOM
    if isinstance(failure, TransientFailure):
        return UNAVAILABLE
    return Reply(554, "5.3.0", "Cannot take this mail")


def result_of(reply: Reply) -> str:
    """The metric label for a transaction's final reply."""
    return {2: "accepted", 4: "transient"}.get(reply.code // 100, "permanent")
