"""Reads the fill level of the streams and the lag of the consumers.

Into gauges for mayfly.service.watch, in one service only; the room for mail for mayfly.service.free_space; all of it
for the operator.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from mayfly.bus import metrics
from mayfly.bus.connection import Bus
from mayfly.bus.topology import CLAIMS_BUCKET, CONSUMERS, MAIL, STREAMS
from mayfly.records.backlog import ConsumerDepth, Depths, StreamDepth

WATCHED = (*(stream.name for stream in STREAMS), f"OBJ_{CLAIMS_BUCKET}")


async def read(bus: Bus, now: datetime) -> None:
    """Set every gauge of streams and consumers. Raises TransientFailure."""
    for name in WATCHED:
        _tell_stream(name, await bus.ask(f"STREAM.INFO.{name}"), now)
    for consumer in CONSUMERS:
        info = await bus.ask(f"CONSUMER.INFO.{consumer.stream}.{consumer.name}")
        metrics.CONSUMER_WAITING.labels(consumer.name).set(info["num_pending"])
        metrics.CONSUMER_UNSETTLED.labels(consumer.name).set(info["num_ack_pending"])


async def depths(bus: Bus) -> Depths:
    """All streams and consumers, as the broker knows them now. Raises TransientFailure."""
    return Depths(
        consumers=[
            _consumer_depth(name, stream, await bus.ask(f"CONSUMER.INFO.{stream}.{name}"))
            for stream, name in ((consumer.stream, consumer.name) for consumer in CONSUMERS)
        ],
        streams=[_stream_depth(name, await bus.ask(f"STREAM.INFO.{name}")) for name in WATCHED],
    )


def _consumer_depth(name: str, stream: str, info: Mapping[str, Any]) -> ConsumerDepth:
    last = info["delivered"].get("last_active")
    return ConsumerDepth(
        name=name,
        stream=stream,
        pending=info["num_pending"],
        ack_pending=info["num_ack_pending"],
        redelivered=info["num_redelivered"],
        last_delivered_at=_moment(last) if last else None,
    )


def _stream_depth(name: str, info: Mapping[str, Any]) -> StreamDepth:
    state = info["state"]
    has_any = bool(state["messages"])
    return StreamDepth(
        name=name,
        messages=state["messages"],
        bytes=state["bytes"],
        first_at=_moment(state["first_ts"]) if has_any else None,
        last_at=_moment(state["last_ts"]) if has_any else None,
    )


def _moment(text: str) -> datetime:
    return msgspec.convert(text, datetime)


async def room_for_mail(bus: Bus) -> tuple[int, int] | None:
    """How many octets of mail may still wait, and how many at most; None without a limit. Raises TransientFailure.

    The limit of MAIL is taken for the octets of large mails too, which are in an object store without one.
    """
    mail, claims = [await bus.ask(f"STREAM.INFO.{name}") for name in (MAIL.name, f"OBJ_{CLAIMS_BUCKET}")]
    limit = int(mail["config"]["max_bytes"])
    return (limit - mail["state"]["bytes"] - claims["state"]["bytes"], limit) if limit > 0 else None


def _tell_stream(name: str, info: Mapping[str, Any], now: datetime) -> None:
    state, config = info["state"], info["config"]
    metrics.STREAM_MESSAGES.labels(name).set(state["messages"])
    metrics.STREAM_OCTETS.labels(name).set(state["bytes"])
    metrics.STREAM_LIMIT_OCTETS.labels(name).set(config["max_bytes"])
    metrics.STREAM_OLDEST_SECONDS.labels(name).set(_age(state, now))
    cluster = info.get("cluster") or {}
    current = sum(
        1 for replica in cluster.get("replicas") or () if replica.get("current") and not replica.get("offline")
    )
    metrics.STREAM_COPIES.labels(name).set(current + 1)
    metrics.STREAM_COPIES_WANTED.labels(name).set(config["num_replicas"])


def _age(state: Mapping[str, Any], now: datetime) -> float:
    if not state["messages"]:
        return 0.0
    return max(0.0, (now - datetime.fromisoformat(state["first_ts"])).total_seconds())
