"""Writes docs/wire-format.md from the topology, the subjects and the facts: what travels over the broker, for people.

python deploy/wire_format_page.py           writes the page
python deploy/wire_format_page.py --check   exit 1 when the page is not what this would write
"""

import sys
from collections.abc import Iterator
from dataclasses import fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, get_args

from mayfly.bus import topology
from mayfly.events import facts, subjects

PAGE = Path(__file__).parents[1] / "docs" / "wire-format.md"
MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
TEXT = """\
# Wire format

What travels over the broker. Made from the code by `make dashboards`; a test compares this page with it. The fields of the
events are in `proto/mayfly/events/v1`.

## Events
Every event is a protobuf message of package `mayfly.events.v1`. Its full type name travels in the header
`Mayfly-Event-Type`, so a reader knows the type before it parses. An unknown type, and one that a consumer does not expect,
becomes a dead letter.

{events}

Octets of a mail above {inline} KiB go to the object store bucket `{bucket}` first, under the event id; the event then holds
the name and the size (claim check) and travels on `{claimed}`. The parser deletes the object once the
message is stored; expiry-reaper removes what a crash leaves behind.

An attempt that is due later waits on `{schedule}`: at `due_at` the
broker publishes it on its subject in the table (JetStream message schedules). Without an inbox, `{no_inbox}` stands for the id.

Ids are UUIDv7 in text form. A message id derives from the event id of its mail and the inbox, so a mail that the broker
delivers twice makes one message. Times are `google.protobuf.Timestamp`, UTC.

## Streams
{streams}

`discard new` refuses new events when the stream is full; `old` would delete the oldest, but no limit is set there. Every
service creates missing streams at start, and refuses to start when a stream of that name has another meaning. Sizes, ages
and replicas of existing streams are the operator's to tune and are not changed. MAIL is swept up to the ack floor of its
consumer (ADR 0011).

## Consumers
{consumers}

## The cursor
The sequence of `EVENTS` is the cursor of every live channel: SSE `id:`, `Last-Event-ID`, `?after=`, `X-Cursor`, webhook
`sequence`. The copy republished on `live.inbox.<inbox id>.<kind>` has it in the header `Nats-Sequence`.

## Headers
{headers}

A dead letter is the unchanged event on `mayfly.dead.<stream>.<sequence>`, or `mayfly.dead.<stream>.<event id>` where octets
are claimed under that id. Of the headers of the event it bears the type and `traceparent` alone.

## Control messages
Core NATS, not stored. Every replica drops what it cached:

{controls}

## Versions
Fields are added, never renumbered and never given another meaning; readers ignore fields they do not know. What a new field
cannot express becomes package `mayfly.events.v2` beside v1. `make proto-check` lints the contracts and proves that the
committed code is what they generate.
"""


def example(kind: type[facts.Fact]) -> facts.Fact:
    """An event whose ids are the names of its fields, as in `<inbox id>`."""
    values: dict[str, Any] = {"octets": b"", "envelope": facts.Envelope("", ()), "attempt": "<attempt>"}
    values |= {f.name: MOMENT for f in fields(kind) if f.name.endswith(("_at", "since", "until"))}
    numbers = {f.name: 0 for f in fields(kind) if f.type in {int, bool}} if kind is not facts.AttemptScheduled else {}
    names = {f.name: f"<{f.name.replace('_', ' ')}>" for f in fields(kind)}
    return kind(**{name: {**names, **numbers, **values}[name] for name in names})


def events() -> Iterator[str]:
    yield "| event | subject | stream | de-duplication id (`Nats-Msg-Id`) | fields |"
    yield "|---|---|---|---|---|"
    for kind in get_args(facts.Fact):
        fact = example(kind)
        subject = subjects.of(fact)
        (stream,) = (s.name for s in topology.STREAMS if subject.startswith(s.subjects[0].removesuffix(">")))
        names = ", ".join(f"`{field.name}`" for field in fields(kind))
        yield f"| `{kind.__name__}` | `{subject}` | `{stream}` | `{subjects.deduplication_id(fact)}` | {names} |"


def streams() -> Iterator[str]:
    yield "| stream | subjects | retention | limit | discard | republished to |"
    yield "|---|---|---|---|---|---|"
    for stream in topology.STREAMS:
        age = f"{stream.max_age / 3600:g} h" if stream.max_age else "no age"
        size = f"{stream.max_bytes / topology.GIB:g} GiB" if stream.max_bytes and stream.max_bytes > 0 else "no size"
        copies = f"`{stream.republish_to}`" if stream.republish_to else ""
        yield (
            f"| `{stream.name}` | `{', '.join(stream.subjects)}` | {stream.retention.value} | {age}, {size} "
            f"| {stream.discard.value} | {copies} |"
        )


def consumers() -> Iterator[str]:
    yield "| consumer | stream | filter | ack wait | expects |"
    yield "|---|---|---|---|---|"
    for consumer in topology.CONSUMERS:
        expected = ", ".join(f"`{kind.__name__}`" for kind in consumer.expects)
        yield (
            f"| `{consumer.name}` | `{consumer.stream}` | `{consumer.filter_subject}` | {consumer.ack_wait:g} s "
            f"| {expected} |"
        )


def table(heading: str, rows: dict[str, str]) -> Iterator[str]:
    yield f"| {heading} | meaning |"
    yield "|---|---|"
    for name, meaning in rows.items():
        yield f"| `{name}` | {meaning} |"


def page() -> str:
    """The whole page."""
    parts = {
        "events": events(),
        "streams": streams(),
        "consumers": consumers(),
        "headers": table("header", subjects.HEADERS),
        "controls": table("subject", subjects.CONTROLS),
    }
    values = {name: "\n".join(lines) for name, lines in parts.items()}
    return TEXT.format(
        **values,
        inline=facts.INLINE_LIMIT_OCTETS // 1024,
        bucket=topology.CLAIMS_BUCKET,
        claimed=subjects.mail_claimed("<event id>"),
        schedule=subjects.delivery_schedule("<inbox id>", "<delivery id>"),
        no_inbox=subjects.NO_INBOX,
    )


def main() -> int:
    """Write the page, or with --check only compare it."""
    fresh = PAGE.exists() and PAGE.read_text() == page()
    if "--check" in sys.argv:
        print("" if fresh else f"{PAGE} is stale: run 'make dashboards'", file=sys.stderr)
        return not fresh
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
