"""Accepts mail by API instead of SMTP: publishes it to the stream MAIL, from where the parser handles it as usual."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.turns import Turns
from api_gateway.inboxes import Reach
from api_gateway.messages.composing import compose, set_header
from api_gateway.messages.room_left import RoomLeft
from api_gateway.refusals import BadInput, TooLarge
from mayfly.events.facts import INLINE_LIMIT_OCTETS, ClaimCheck, Envelope, MailReceived, Recipient, new_event_id
from mayfly.mail.message_id import derive_message_id
from mayfly.records.inbox import Inbox
from mayfly.service.clock import Clock

if TYPE_CHECKING:
    from mayfly.bus.claims import Claims
    from mayfly.bus.publisher import Publisher

_LONGEST_PATH = 254


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to be attached."""

    filename: str
    content_type: str
    octets: bytes


@dataclass(frozen=True, slots=True)
class Draft:
    """The parts of a mail to compose. `to`: of a mail to a space; an inbox is always in its own To field."""

    sender: str
    subject: str
    text: str = ""
    html: str | None = None
    uploads: tuple[Upload, ...] = ()
    to: str = ""


@dataclass(frozen=True, slots=True)
class Injected:
    """An accepted mail. `message_id`: the id that its message gets when the parser stores it."""

    message_id: str
    inbox: Inbox


@dataclass(frozen=True, slots=True)
class InjectMail:
    """Publishes injected mail for the parser. `limit`: size of the largest mail in octets."""

    reach: Reach
    announcer: "Publisher"
    claims: "Claims"
    limit: int
    room: RoomLeft
    clock: Clock
    composing: Turns

    async def raw(
        self,
        caller: Caller,
        inbox_name: str,
        octets: bytes,
        reverse_path: str = "",
        *,
        recipients: Sequence[str] = (),
        login: str = "",
    ) -> Injected:
        """Put a raw mail into the inbox; returns when the broker has it on disk.

        `recipients`: forward-paths of a mail to a space; none: the inbox's address. `login`: as in Envelope.

        Raises NotFound, TooLarge, QuotaExceeded, BadInput for an empty mail, TransientFailure, StorageFull.
        """
        inbox = await self.reach.inbox(caller, inbox_name)
        if len(octets) > self.limit:
            raise TooLarge(f"the mail exceeds {self.limit} octets")
        if not octets.strip():
            raise BadInput("the mail is empty", field="body")
        await self.room.require(inbox, len(octets))
        now = self.clock()
        event_id = new_event_id(now)
        held: bytes | ClaimCheck = octets
        if len(octets) > INLINE_LIMIT_OCTETS:
            held = await self.claims.put(event_id, octets)
        await self.announcer.publish(
            MailReceived(
                event_id=event_id,
                received_at=now,
                envelope=Envelope(
                    reverse_path=reverse_path,
                    recipients=tuple(Recipient(path, inbox.id) for path in recipients or [inbox.address]),
                    peer_address=caller.address,
                    tls=False,
                    source="api",
                    login=login,
                ),
                octets=held,
            )
        )
        self.room.note(inbox, len(octets))
        return Injected(derive_message_id(event_id, inbox.id), inbox)

    async def draft(self, caller: Caller, inbox_name: str, draft: Draft) -> Injected:
        """Compose a mail and put it into the inbox. Raises like `raw`, and BadInput for invalid header values."""
        inbox = await self.reach.inbox(caller, inbox_name)
        octets = await self.compose(caller, lambda: self._compose(draft, inbox))
        return await self.raw(caller, inbox_name, octets, draft.sender[:_LONGEST_PATH])

    async def compose(self, caller: Caller, make: Callable[[], bytes]) -> bytes:
        """The mail that `make` returns. Raises what it raises, and TransientFailure when many mails are composed."""
        # Several milliseconds for each MiB: in a thread, one mail at a time, callers taking turns.
        async with self.composing.turn(caller.subject):
            return await asyncio.to_thread(make)

    def _compose(self, draft: Draft, inbox: Inbox) -> bytes:
        message = EmailMessage(policy=SMTP)
        recipient = draft.to if draft.to and inbox.kind == "space" else inbox.address
        for name, value in (("From", draft.sender), ("To", recipient), ("Subject", draft.subject)):
            set_header(message, name, value)
        message["Date"] = format_datetime(self.clock())
        message["Message-ID"] = make_msgid(domain=inbox.domain)
        return compose(message, draft.text, draft.html, [(u.filename, u.content_type, u.octets) for u in draft.uploads])
