"""Streams and consumers as data, created idempotently at start by every service.

If an existing stream lacks what this version relies on, the process refuses to start. What a newer version added (more
subjects, more features) is no reason to: an operator must be able to go back to this version. Sizes, ages and replicas
belong to the operator and are left unchanged.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, get_args

import nats.js.errors
from nats.js.api import (
    AckPolicy,
    ConsumerConfig,
    DiscardPolicy,
    ObjectStoreConfig,
    RePublish,
    RetentionPolicy,
    StorageType,
    StreamConfig,
)

from mayfly.bus.connection import Bus, broker_failures
from mayfly.events import facts, subjects
from mayfly.events.handling import F
from mayfly.failures import PermanentFailure

GIB = 1024**3
# The default limits of the streams are for this rate of mails a second, day and night.
SUSTAINED_MAILS = 100
# One MessageStored in the stream EVENTS, with its headers and what the broker adds (measured: 560 to 640 octets).
ANNOUNCEMENT_OCTETS = 640
CURSOR_SECONDS = 24 * 3600
CLAIMS_BUCKET = "MAIL_OCTETS"
_FORMERLY_PENDING = 5_000


class IncompatibleStream(PermanentFailure):
    """A stream or consumer of that name exists with a different meaning; it is not changed."""


@dataclass(frozen=True)
class Stream:
    """`max_age` and `duplicate_window` in seconds, 0 = none; `max_bytes` in octets, -1 = no limit."""

    name: str
    subjects: tuple[str, ...]
    retention: RetentionPolicy
    discard: DiscardPolicy = DiscardPolicy.NEW
    max_age: float = 0
    max_bytes: int = -1
    duplicate_window: float = 120
    republish_to: str | None = None
    schedules: bool = False
    batches: bool = False
    formerly: RetentionPolicy | None = None  # exists on older installations and works as well

    def config(self, replicas: int) -> StreamConfig:
        return StreamConfig(
            name=self.name,
            subjects=list(self.subjects),
            retention=self.retention,
            discard=self.discard,
            max_age=self.max_age,
            max_bytes=self.max_bytes,
            storage=StorageType.FILE,
            num_replicas=replicas,
            duplicate_window=self.duplicate_window,
            allow_direct=True,
            republish=RePublish(src=self.subjects[0], dest=self.republish_to) if self.republish_to else None,
            allow_msg_schedules=self.schedules or None,
            allow_atomic=self.batches or None,
        )


@dataclass(frozen=True)
class Consumer(Generic[F]):
    """A durable pull consumer. `ack_wait`: seconds until the events of a killed process are redelivered to another one.

    It can be short, because mayfly.bus.consumer extends it three times per `ack_wait` while a batch is handled.
    `max_failures`: unexpected failures of one event in one process until mayfly.bus.outcome writes a dead letter; the
    broker delivers without limit. `expects`: types of the events that its handler accepts; any other becomes a dead
    letter. `sweeps`: it is the only consumer of the stream and removes what it has settled (mayfly.bus.sweep).
    """

    stream: str
    name: str
    filter_subject: str
    expects: tuple[type[F], ...]
    ack_wait: float = 6
    max_failures: int = 10
    max_ack_pending: int = _FORMERLY_PENDING
    sweeps: bool = False

    def config(self) -> ConsumerConfig:
        return ConsumerConfig(
            durable_name=self.name,
            filter_subject=self.filter_subject,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=self.ack_wait,
            max_deliver=-1,
            max_ack_pending=self.max_ack_pending,
        )


def announcements_octets(mails_per_second: float) -> float:
    """What EVENTS holds at this rate, when every event is kept for as long as a cursor is valid."""
    return mails_per_second * CURSOR_SECONDS * ANNOUNCEMENT_OCTETS


def whole_gib(octets: float) -> int:
    return math.ceil(octets / GIB) * GIB


MAIL = Stream(
    "MAIL",
    (subjects.MAIL,),
    RetentionPolicy.LIMITS,
    max_bytes=8 * GIB,
    formerly=RetentionPolicy.WORK_QUEUE,
    batches=True,
)
EVENTS = Stream(
    "EVENTS",
    (subjects.EVENTS,),
    RetentionPolicy.LIMITS,
    max_age=CURSOR_SECONDS,
    max_bytes=whole_gib(announcements_octets(SUSTAINED_MAILS)),
    duplicate_window=3600,
    republish_to=subjects.LIVE,
    batches=True,
)
# The server refuses schedules together with `discard new`; without limits nothing is ever discarded.
DELIVERIES = Stream(
    "DELIVERIES",
    (subjects.DELIVERIES,),
    RetentionPolicy.WORK_QUEUE,
    discard=DiscardPolicy.OLD,
    schedules=True,
    batches=True,
)
DEAD_LETTERS = Stream(
    "DEAD_LETTERS", (subjects.DEAD,), RetentionPolicy.LIMITS, max_age=7 * 24 * 3600, max_bytes=2 * GIB
)
STREAMS = (MAIL, EVENTS, DELIVERIES, DEAD_LETTERS)

PARSER: Consumer[facts.MailReceived] = Consumer(
    "MAIL", "parser", subjects.MAIL, expects=(facts.MailReceived,), sweeps=True
)
# The dispatcher reads ahead, so that a burst of one account delays no other (webhook_dispatcher.handlers.fan_out).
DISPATCHER: Consumer[facts.Announcement] = Consumer(
    "EVENTS", "dispatcher", subjects.EVENTS, expects=get_args(facts.Announcement), max_ack_pending=20_000
)
# Attempts that wait for their endpoint's turn count as pending, and must not block others.
ATTEMPTS: Consumer[facts.AttemptScheduled] = Consumer(
    "DELIVERIES",
    "attempts",
    subjects.DELIVERY_ATTEMPTS,
    expects=(facts.AttemptScheduled,),
    ack_wait=30,
    max_ack_pending=200_000,
)
CONSUMERS: tuple[Consumer[Any], ...] = (PARSER, DISPATCHER, ATTEMPTS)


async def ensure(
    bus: Bus,
    *,
    replicas: int = 1,
    streams: Sequence[Stream] = STREAMS,
    consumers: Sequence[Consumer[Any]] = CONSUMERS,
) -> None:
    """Create what is missing; leave what exists.

    Raises IncompatibleStream for a stream that exists with a different meaning, TransientFailure when the broker is out
    of reach.
    """
    with broker_failures():
        for stream in streams:
            await _ensure_stream(bus, stream, replicas)
        for consumer in consumers:
            await _ensure_consumer(bus, consumer)
        await _ensure_claims(bus, replicas)


async def _ensure_stream(bus: Bus, stream: Stream, replicas: int) -> None:
    wanted = stream.config(replicas)
    try:
        found = (await bus.jetstream.stream_info(stream.name)).config
    except nats.js.errors.NotFoundError:
        await bus.jetstream.add_stream(wanted)
        return
    meant, is_there = _meaning(wanted), _meaning(found)
    if found.retention == stream.formerly:
        meant["retention"] = stream.formerly
    differing = [name for name, value in meant.items() if not _serves(is_there[name], value)]
    if differing:
        raise IncompatibleStream(f"stream {stream.name} exists with another {', '.join(differing)}")
    if stream.batches and not found.allow_atomic:
        await bus.jetstream.update_stream(found, allow_atomic=True)


async def _ensure_consumer(bus: Bus, consumer: Consumer[Any]) -> None:
    try:
        found = (await bus.jetstream.consumer_info(consumer.stream, consumer.name)).config
    except nats.js.errors.NotFoundError:
        await bus.jetstream.add_consumer(consumer.stream, consumer.config())
        return
    if found.filter_subject != consumer.filter_subject or found.ack_policy != AckPolicy.EXPLICIT:
        raise IncompatibleStream(
            f"consumer {consumer.name} on {consumer.stream} exists with another filter or ack policy"
        )
    if found.max_ack_pending == _FORMERLY_PENDING < consumer.max_ack_pending:
        # As an older version made it; other values are the operator's.
        await bus.jetstream.add_consumer(consumer.stream, found.evolve(max_ack_pending=consumer.max_ack_pending))


async def _ensure_claims(bus: Bus, replicas: int) -> None:
    try:
        await bus.jetstream.object_store(CLAIMS_BUCKET)
    except nats.js.errors.NotFoundError:
        await bus.jetstream.create_object_store(
            CLAIMS_BUCKET,
            ObjectStoreConfig(bucket=CLAIMS_BUCKET, replicas=replicas, storage=StorageType.FILE),
        )


def _meaning(config: StreamConfig) -> dict[str, object]:
    return {
        "subjects": frozenset(config.subjects or ()),
        "retention": config.retention,
        "discard policy": config.discard,
        "storage": config.storage,
        "republish": (config.republish.src, config.republish.dest) if config.republish else None,
        "direct get": bool(config.allow_direct),
        "schedules": bool(config.allow_msg_schedules),
    }


def _serves(found: object, meant: object) -> bool:
    """Whether what is there does for what this version means: it is the same, or it has more."""
    if isinstance(found, frozenset) and isinstance(meant, frozenset):
        return found >= meant
    return found == meant or meant is False
