"""The command DATA: receives a message within the limits, passes it on, and replies.

Writes one log line and one count per transaction that reached DATA.
"""

from functools import partial
from typing import Protocol

import structlog

from mayfly.events.facts import INLINE_LIMIT_OCTETS, Envelope
from mayfly.failures import Failure
from mayfly.mail.message_id import derive_message_id
from smtp_ingest import metrics
from smtp_ingest.domain import replies
from smtp_ingest.domain.data import DataReader
from smtp_ingest.domain.faults import fault_reply
from smtp_ingest.domain.replies import Rejected, Reply
from smtp_ingest.domain.transaction import Transaction
from smtp_ingest.entrypoints.budget import Share
from smtp_ingest.entrypoints.inbound import Inbound
from smtp_ingest.entrypoints.patience import Patience
from smtp_ingest.entrypoints.services import Services

_log = structlog.get_logger()
_MILLISECONDS = 1000
# A message over the limit is read to its end to send the reply, but not beyond this multiple of the limit.
_DRAIN_FACTOR = 4
_LOGGED_INBOXES = 10
# Smaller mails cannot exceed a quota by much, however many connections send one each after RCPT was answered.
_ROOM_CHECKED_OCTETS = INLINE_LIMIT_OCTETS
_ACCEPTED = 250
_FAULTS = {"too_big": replies.TOO_BIG, "no_room": replies.BUSY}


class Peer(Protocol):
    """The part of a connection that DATA uses."""

    inbound: Inbound
    patience: Patience
    peer: str
    peer_address: str

    def say(self, reply: Reply) -> None: ...
    async def flush(self) -> None: ...
    def cut_off(self, reply: Reply, reason: str) -> None: ...


async def receive(services: Services, peer: Peer, transaction: Transaction, envelope: Envelope, protocol: str) -> Reply:
    """Run DATA from the 354 to the final reply. Raises EOFError when the peer disconnects before the end of DATA."""
    reply = await _take(services, peer, transaction, envelope, protocol)
    if transaction.fault is not None:
        # By now nothing of the message is in memory: a peer that waits costs the others nothing.
        await peer.inbound.pause(transaction.fault.delay_ms / _MILLISECONDS)
    return reply


async def _take(services: Services, peer: Peer, transaction: Transaction, envelope: Envelope, protocol: str) -> Reply:
    """Receive and conclude, in a share of the memory that ends with it."""
    settings = services.settings
    share = services.budget.share(peer.peer, exempt=services.is_exempt(peer.peer_address))
    reader = DataReader(settings.smtp_message_octets)
    try:
        if not await services.budget.wait(share, settings.smtp_wait_seconds):
            metrics.NO_ROOM.labels("refused").inc()
            return replies.BUSY
        share.measure(0)
        share.give_way = partial(reader.discard, "no_room")
        peer.patience.wait_for_data()
        peer.say(replies.START_DATA)
        await peer.flush()
        await peer.inbound.data(reader, partial(_watch, peer, share, settings.smtp_message_octets))
        _book(share, reader)
        share.give_way = None
        peer.patience.suspend()
        return await _conclude(services, transaction, envelope, protocol, reader)
    except EOFError:
        _report("aborted", envelope, octets=reader.received)
        raise
    finally:
        share.give_back()


def _watch(peer: Peer, share: Share, limit: int, reader: DataReader) -> None:
    """Enforce the memory and drain limits; called for every chunk but the last."""
    _book(share, reader)
    if reader.received > limit * _DRAIN_FACTOR:
        peer.cut_off(replies.ENDLESS_DATA, "endless_data")


def _book(share: Share, reader: DataReader) -> None:
    """Book what has come. Without room for it the message is dropped, and the peer hears 451 at the end of DATA."""
    share.measure(reader.received)
    if reader.fault is not None:
        share.give_back()
    elif not share.covers(reader.held):
        metrics.NO_ROOM.labels("refused").inc()
        reader.discard("no_room")
        share.give_back()


async def _conclude(
    services: Services, transaction: Transaction, envelope: Envelope, protocol: str, reader: DataReader
) -> Reply:
    """Accept or reject the message, and report the result."""
    if reader.fault is not None:
        reply = _FAULTS[reader.fault]
    elif services.settings.smtp_stray_octets == "refuse" and reader.has_strays():
        reply = replies.STRAY_OCTETS
    elif transaction.fault is not None and (planned := fault_reply(transaction.fault)):
        reply = planned
    else:
        reply = await _accept(services, transaction, envelope, protocol, reader)
    if reply.code != _ACCEPTED:
        _report(replies.result_of(reply), envelope, octets=reader.received, reply=f"{reply.code} {reply.enhanced}")
    return reply


async def _accept(
    services: Services, transaction: Transaction, envelope: Envelope, protocol: str, reader: DataReader
) -> Reply:
    try:
        if reader.received > _ROOM_CHECKED_OCTETS:
            await services.recipients.check_room(transaction, reader.received)
        accepted = await services.reception.accept(envelope, reader.content(), protocol)
    except Rejected as rejected:
        return rejected.reply
    except Failure as failure:
        _log.warning("mail_not_taken", reason=failure.reason)
        return replies.failed(failure)
    _report(
        "accepted",
        envelope,
        octets=accepted.octets,
        event_id=accepted.event_id,
        ack_ms=round(accepted.ack_seconds * _MILLISECONDS, 1),
    )
    space = transaction.space
    return replies.accepted(accepted.event_id, derive_message_id(accepted.event_id, space.id) if space else "")


def _report(result: str, envelope: Envelope, **details: object) -> None:
    metrics.TRANSACTIONS.labels(result).inc()
    inbox_ids = list(dict.fromkeys(recipient.inbox_id for recipient in envelope.recipients))
    _log.info(
        "transaction",
        result=result,
        inbox_ids=inbox_ids[:_LOGGED_INBOXES],
        recipients=len(envelope.recipients),
        peer=envelope.peer_address,
        tls=envelope.tls,
        **details,
    )
