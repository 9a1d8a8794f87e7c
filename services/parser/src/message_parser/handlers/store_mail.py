"""Stores a received mail as one message per recipient inbox. Can be repeated from any point.

    live inboxes -> octets -> parse -> insert octets -> insert messages -> live inboxes again -> MessageStored
    and marks of                                                           and marks
    deleted messages

Called by the consumer `parser` with batches of MailReceived events; MessageStored goes to the stream EVENTS. Ids derive
from the event and the inbox, so a second run changes nothing. Inboxes are checked a second time because of the race
with the reaper: each side deletes what it finds in an ended inbox, so that no order of events leaves orphans. The marks
(mayfly.store.deletions) are read twice for the same reason: what its owner deleted stays deleted when its mail comes
again. The first look keeps it from being seen meanwhile, the second is the one that counts.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from msgspec import structs

from mayfly import tracing
from mayfly.events import facts
from mayfly.events.handling import Delivered, Outcome
from mayfly.failures import Failure, PermanentFailure
from mayfly.mail.address import spellings
from mayfly.mail.folding import fold
from mayfly.mail.message_id import derive_message_id
from mayfly.mail.tags import clean_tags
from mayfly.records.inbox import Inbox
from mayfly.records.message import Message, StoredEnvelope, stored_event
from mayfly.records.octets import RAW, StoredPart, attachment_part, part_id
from mayfly.service.clock import Clock
from message_parser import metrics
from message_parser.domain.parsed import Parsed
from message_parser.ports import Claims, Deletions, Inboxes, Messages, Octets, Parser, Publisher, Stored

_log = structlog.get_logger()
_GROUP_OCTETS = 8 * 1024 * 1024
_CONTENT = tuple(name for name in Parsed.__struct_fields__ if name != "attachment_octets")


@dataclass(slots=True)
class _Mail:
    """One event in work. `index`: its position in the batch. `messages`: by inbox id.

    `recipients`: by inbox id, because all forward-paths to one inbox make one message.
    """

    event: facts.MailReceived
    index: int
    recipients: dict[str, list[facts.Recipient]] = field(default_factory=dict)
    octets: bytes = b""
    messages: dict[str, Message] = field(default_factory=dict)
    parts: list[StoredPart] = field(default_factory=list)

    def __post_init__(self) -> None:
        for recipient in self.event.envelope.recipients:
            self.recipients.setdefault(recipient.inbox_id, []).append(recipient)

    @property
    def size(self) -> int:
        octets = self.event.octets
        return octets.size if isinstance(octets, facts.ClaimCheck) else len(octets)

    def message_id(self, inbox_id: str) -> str:
        return derive_message_id(self.event.event_id, inbox_id)


@dataclass(frozen=True, slots=True)
class _Places:
    """Where a group of mails may be stored: live inboxes by id, without messages that their owners have deleted."""

    live: dict[str, Inbox]
    deleted: set[str]

    def of(self, mail: _Mail, inbox_id: str) -> Inbox | None:
        return None if mail.message_id(inbox_id) in self.deleted else self.live.get(inbox_id)


class StoreMail:
    """Handler of the consumer `parser`."""

    def __init__(
        self,
        *,
        parser: Parser,
        inboxes: Inboxes,
        messages: Messages,
        octets: Octets,
        deletions: Deletions,
        claims: Claims,
        publisher: Publisher,
        clock: Clock,
        stored: Stored | None = None,
    ) -> None:
        self._parser = parser
        self._inboxes = inboxes
        self._messages = messages
        self._octets = octets
        self._deletions = deletions
        self._claims = claims
        self._publisher = publisher
        self._clock = clock
        self._stored = stored

    async def handle(self, batch: Sequence[Delivered[facts.MailReceived]]) -> list[Outcome]:
        """One outcome per event, in order. Raises what the store raises; then each event is tried alone."""
        outcomes: list[Outcome] = [None] * len(batch)
        mails = [_Mail(delivered.fact, index) for index, delivered in enumerate(batch)]
        for group in _groups(mails):
            for mail, outcome in zip(group, await self._store(group), strict=True):
                outcomes[mail.index] = outcome
        return outcomes

    async def settled(self, batch: Sequence[Delivered[facts.MailReceived]]) -> None:
        """Delete the claimed octets of acked events, unless a dead letter of the same event needs them for a replay."""
        for delivered in batch:
            if isinstance(delivered.fact.octets, facts.ClaimCheck):
                await self._claims.release(delivered.fact.octets, settled=delivered.sequence)

    async def _store(self, group: list[_Mail]) -> list[Outcome]:
        places = await self._places(group)
        outcomes = await self._fetch(group, places)
        to_parse = [mail for mail, outcome in zip(group, outcomes, strict=True) if outcome is None and mail.octets]
        with metrics.STEP_SECONDS.labels("parse").time():
            results = await self._parser.parse([mail.octets for mail in to_parse])
        for mail, parsed in zip(to_parse, results, strict=True):
            self._build(mail, parsed, places)
        with metrics.STEP_SECONDS.labels("store").time():
            await self._octets.insert_missing([part for mail in to_parse for part in mail.parts])
            await self._messages.insert_missing([message for mail in to_parse for message in mail.messages.values()])
            await self._delete_gone(group)
        with metrics.STEP_SECONDS.labels("publish").time():
            await self._announce(group)
        if self._stored is not None:
            for mail in to_parse:
                self._stored(mail.event, mail.octets, list(mail.messages.values()))
        return outcomes

    async def _live(self, group: Iterable[_Mail]) -> dict[str, Inbox]:
        wanted = {inbox_id for mail in group for inbox_id in mail.recipients}
        return await self._inboxes.live_among(sorted(wanted), self._clock())

    async def _places(self, group: list[_Mail]) -> _Places:
        ids = [mail.message_id(inbox_id) for mail in group for inbox_id in mail.recipients]
        live, deleted = await asyncio.gather(self._live(group), self._deletions.among(ids))
        return _Places(live, deleted)

    async def _fetch(self, group: list[_Mail], places: _Places) -> list[Outcome]:
        """Set the octets of each mail that has a place; fetch those behind a claim check. One outcome per mail."""
        claimed: dict[int, Coroutine[None, None, Outcome]] = {}
        for index, mail in enumerate(group):
            wanted = [inbox_id for inbox_id in mail.recipients if places.of(mail, inbox_id)]
            if not wanted:
                metrics.MAILS_GONE.inc()
            elif isinstance(mail.event.octets, facts.ClaimCheck):
                claimed[index] = self._fetch_claimed(mail, mail.event.octets, wanted)
            else:
                mail.octets = mail.event.octets
        outcomes: list[Outcome] = [None] * len(group)
        for index, outcome in zip(claimed, await asyncio.gather(*claimed.values()), strict=True):
            outcomes[index] = outcome
        return outcomes

    async def _fetch_claimed(self, mail: _Mail, claim: facts.ClaimCheck, wanted: list[str]) -> Outcome:
        try:
            mail.octets = await self._claims.get(claim)
        except PermanentFailure as failure:
            ids = [mail.message_id(inbox_id) for inbox_id in wanted]
            # Redelivered after its claim was deleted: the ack was lost, but the message is stored, or deleted since.
            stored = await self._messages.existing(ids)
            return None if stored | await self._deletions.among(ids) == set(ids) else failure
        except Failure as failure:
            return failure
        return None

    def _build(self, mail: _Mail, parsed: Parsed, places: _Places) -> None:
        now = self._clock()
        for inbox_id, recipients in mail.recipients.items():
            inbox = places.of(mail, inbox_id)
            if inbox is None:
                continue
            message = _message(mail, recipients, inbox, parsed, now)
            mail.messages[inbox_id] = message
            mail.parts.append(StoredPart(message.id, inbox_id, RAW, mail.octets))
            mail.parts += [
                StoredPart(message.id, inbox_id, attachment_part(index), octets)
                for index, octets in enumerate(parsed.attachment_octets)
            ]

    async def _delete_gone(self, group: list[_Mail]) -> None:
        """Delete messages in inboxes that are no longer live and those marked as deleted, also of earlier deliveries.

        Attachments that were removed from a message have marks of their own.
        """
        ids = {mail.message_id(inbox_id): (mail, inbox_id) for mail in group for inbox_id in mail.recipients}
        parts = {part_id(part.message_id, part.name): part for mail in group for part in mail.parts if part.name != RAW}
        live, deleted = await asyncio.gather(self._live(group), self._deletions.among([*ids, *parts]))
        gone = [i for i, (_, inbox_id) in ids.items() if inbox_id not in live or i in deleted]
        for mail, inbox_id in map(ids.__getitem__, gone):
            mail.messages.pop(inbox_id, None)
        if gone:
            await self._messages.delete(gone)
            await self._octets.delete_of_messages(gone)
        for part in (parts[i] for i in deleted if i in parts):
            await self._octets.delete_part(part.message_id, part.name)
        # The mail has come again, and may once more: its marks are kept for as long again.
        await self._deletions.mark(sorted(deleted), self._clock())

    async def _announce(self, group: list[_Mail]) -> None:
        """Publish one MessageStored for each message of the group, all in one write to the broker.

        The messages are stored and shown in any case: what the stream does not take, `announce` makes up for later.
        """
        stored = [message for mail in group for message in mail.messages.values()]
        for message in stored:
            tracing.derives(message.event_id, message.id)
        failures = await self._publisher.publish_each([stored_event(message) for message in stored])
        waiting = [message.id for message, failure in zip(stored, failures, strict=True) if failure]
        if waiting:
            await self._messages.mark_unannounced(waiting)
            _log.warning("not_announced", messages=len(waiting), reason=next(filter(None, failures)).reason)
        now = self._clock()
        for message in stored:
            metrics.MESSAGES_STORED.labels(message.parse_status).inc()
            metrics.LAG_SECONDS.observe((now - message.received_at).total_seconds())
            _log.info(
                "message_stored",
                message_id=message.id,
                inbox_id=message.inbox_id,
                event_id=message.event_id,
                raw_size=message.raw_size,
                parse_status=message.parse_status,
                has_otp=message.otp is not None,
            )


def _groups(mails: Iterable[_Mail]) -> list[list[_Mail]]:
    """Groups of at most _GROUP_OCTETS, so that few large mails are in memory at a time."""
    groups: list[list[_Mail]] = []
    room = 0
    for mail in mails:
        if not groups or room < mail.size:
            groups.append([])
            room = _GROUP_OCTETS
        groups[-1].append(mail)
        room -= mail.size
    return groups


def _message(mail: _Mail, recipients: list[facts.Recipient], inbox: Inbox, parsed: Parsed, now: datetime) -> Message:
    envelope = mail.event.envelope
    content = {name: getattr(parsed, name) for name in _CONTENT}
    paths = list(dict.fromkeys(recipient.forward_path for recipient in recipients))
    unnamed = _unnamed(parsed, paths)
    if paths == [inbox.address] and inbox.kind == "space" and envelope.source == "api":
        # Put into the space by API, which names no recipient: the mail says for whom it is.
        paths, unnamed = list(dict.fromkeys([*parsed.to, *parsed.cc])) or paths, []
    content["bcc"] = [*parsed.bcc, *unnamed]
    content["folded"] = structs.replace(
        parsed.folded,
        bcc=fold(" ".join([parsed.folded.bcc, *unnamed])),
        return_path=fold(envelope.reverse_path),
    )
    if any(recipient.tag for recipient in recipients):
        plus = (tag for recipient in recipients for tag in recipient.tag.split("+"))
        content["tags"] = clean_tags([*parsed.tags, *plus])
    return Message(
        id=mail.message_id(inbox.id),
        inbox_id=inbox.id,
        account_id=inbox.account_id,
        address=inbox.address,
        event_id=mail.event.event_id,
        envelope=StoredEnvelope(
            reverse_path=envelope.reverse_path,
            forward_path=recipients[0].forward_path,
            helo=envelope.helo,
            peer_address=envelope.peer_address,
            tls=envelope.tls,
            source=envelope.source,
            login=envelope.login,
        ),
        received_at=mail.event.received_at,
        stored_at=now,
        raw_size=len(mail.octets),
        recipients=paths,
        tag=recipients[0].tag,
        **content,
    )


def _unnamed(parsed: Parsed, forward_paths: list[str]) -> list[str]:
    """The forward-paths that none of To, Cc and Bcc names; none of a mail whose fields are unknown."""
    if parsed.parse_status == "failed":
        return []
    fields = (*parsed.to, *parsed.cc, *parsed.bcc)
    named = {spelling.casefold() for address in fields for spelling in spellings(address)}
    return [path for path in forward_paths if named.isdisjoint(map(str.casefold, spellings(path)))]
