"""Facts to protobuf bytes and back: the only module that uses the generated code.

The type travels beside the bytes (header `Mayfly-Event-Type`, the full protobuf name), so a reader knows the type
before it parses. An unknown type is a permanent failure.
"""

from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from google.protobuf.message import DecodeError, Message
from google.protobuf.timestamp_pb2 import Timestamp

from mayfly.events import facts
from mayfly.events.v1 import delivery_pb2, inbox_pb2, mail_pb2, message_pb2
from mayfly.failures import PermanentFailure

_FLAT: dict[type[facts.Fact], type[Message]] = {
    facts.MessageStored: message_pb2.MessageStored,
    facts.InboxExpired: inbox_pb2.InboxExpired,
    facts.InboxDeleted: inbox_pb2.InboxDeleted,
    facts.AttemptScheduled: delivery_pb2.AttemptScheduled,
    facts.EndpointDisabled: delivery_pb2.EndpointDisabled,
    facts.EndpointTestRequested: delivery_pb2.EndpointTestRequested,
    facts.RedeliveryRequested: delivery_pb2.RedeliveryRequested,
}

_NAMES = {fact: tuple(field.name for field in fields(fact)) for fact in _FLAT}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def encode(fact: facts.Fact) -> tuple[str, bytes]:
    """The fact's full protobuf type name and its bytes."""
    message = _mail_to_proto(fact) if isinstance(fact, facts.MailReceived) else _flat_to_proto(fact)
    return message.DESCRIPTOR.full_name, message.SerializeToString()


def decode(type_name: str, payload: bytes) -> facts.Fact:
    """The fact in `payload`.

    Raises PermanentFailure for an unknown type and for bytes that are not of that type.
    """
    decoder = _DECODERS.get(type_name)
    if decoder is None:
        raise PermanentFailure(f"unknown event type {type_name[:100]!r}")
    try:
        return decoder(payload)
    except (DecodeError, ValueError, OverflowError) as error:
        raise PermanentFailure(f"malformed {type_name}: {type(error).__name__}") from error


def _timestamp(moment: datetime) -> Timestamp:
    since = moment - _EPOCH
    return Timestamp(seconds=since.days * 86_400 + since.seconds, nanos=since.microseconds * 1_000)


def _flat_to_proto(fact: facts.Fact) -> Message:
    kind = type(fact)
    values = {name: getattr(fact, name) for name in _NAMES[kind]}
    for name, value in values.items():
        if isinstance(value, datetime):
            values[name] = _timestamp(value)
    return _FLAT[kind](**values)


def _flat_decoder(fact: type[facts.Fact], proto: type[Message]) -> Callable[[bytes], facts.Fact]:
    names = _NAMES[fact]

    def decoder(payload: bytes) -> facts.Fact:
        message = proto.FromString(payload)
        values: dict[str, Any] = {name: getattr(message, name) for name in names}
        for name, value in values.items():
            if isinstance(value, Timestamp):
                values[name] = value.ToDatetime(tzinfo=UTC)
        return fact(**values)

    return decoder


def _mail_to_proto(fact: facts.MailReceived) -> mail_pb2.MailReceived:
    envelope = fact.envelope
    message = mail_pb2.MailReceived(
        event_id=fact.event_id,
        received_at=_timestamp(fact.received_at),
        envelope=mail_pb2.Envelope(
            reverse_path=envelope.reverse_path,
            recipients=[
                mail_pb2.Recipient(forward_path=r.forward_path, inbox_id=r.inbox_id, tag=r.tag)
                for r in envelope.recipients
            ],
            helo=envelope.helo,
            peer_address=envelope.peer_address,
            tls=envelope.tls,
            source=envelope.source,
            login=envelope.login,
        ),
    )
    if isinstance(fact.octets, bytes):
        message.inline = fact.octets
    else:
        message.claim.object_name = fact.octets.object_name
        message.claim.size = fact.octets.size
    return message


def _mail_from_proto(payload: bytes) -> facts.MailReceived:
    message = mail_pb2.MailReceived.FromString(payload)
    envelope = message.envelope
    claimed = message.WhichOneof("octets") == "claim"
    return facts.MailReceived(
        event_id=message.event_id,
        received_at=message.received_at.ToDatetime(tzinfo=UTC),
        envelope=facts.Envelope(
            reverse_path=envelope.reverse_path,
            recipients=tuple(facts.Recipient(r.forward_path, r.inbox_id, r.tag) for r in envelope.recipients),
            helo=envelope.helo,
            peer_address=envelope.peer_address,
            tls=envelope.tls,
            source=envelope.source,
            login=envelope.login,
        ),
        octets=facts.ClaimCheck(message.claim.object_name, message.claim.size) if claimed else message.inline,
    )


_DECODERS: dict[str, Callable[[bytes], facts.Fact]] = {
    mail_pb2.MailReceived.DESCRIPTOR.full_name: _mail_from_proto,
    **{proto.DESCRIPTOR.full_name: _flat_decoder(fact, proto) for fact, proto in _FLAT.items()},
}
