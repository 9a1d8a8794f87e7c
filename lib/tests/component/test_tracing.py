"""One trace from the first publish to the last consumer, through real NATS headers; nothing at all while it is off."""

import asyncio
from datetime import UTC, datetime

import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from mayfly import tracing
from mayfly.bus import topology
from mayfly.bus.connection import connect
from mayfly.bus.consumer import Consumption
from mayfly.bus.publisher import Publisher
from mayfly.events import facts
from mayfly.failures import PermanentFailure
from mayfly.service.settings import ServiceSettings
from mayfly.service.tracing import OpenTelemetryTracer, make_provider, started
from mayfly.testing.builders import make_mail, make_stored

MOMENT = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
def spans():
    """A function that ends tracing and gives the spans, by name."""
    exporter = InMemorySpanExporter()
    provider = make_provider("test", 1.0, exporter)
    tracing.install(OpenTelemetryTracer(provider))

    def finished():
        provider.force_flush()
        return exporter.get_finished_spans()

    yield finished
    tracing.install(None)
    provider.shutdown()


@pytest.fixture
async def bus(clean_nats):
    async with connect(clean_nats, "test") as connected:
        await topology.ensure(connected)
        yield connected


def mail(event_id):
    return make_mail(event_id=event_id)


def stored(event_id):
    return make_stored("i", event_id=event_id, message_id=event_id)


def attempt(delivery_id):
    return facts.AttemptScheduled("e-" + delivery_id, delivery_id, "i", 1, MOMENT)


async def consume(bus, consumer, handler, count):
    """Run the handler until it has seen `count` events and the stream has settled them."""
    stop, seen = asyncio.Event(), []

    async def counting(events):
        answers = await handler(events)
        seen.extend(events)
        if len(seen) >= count:
            stop.set()
        return answers

    async with asyncio.timeout(10):
        await Consumption(bus, consumer, counting, fetch_seconds=0.1, sweep_seconds=0.1).run(stop)


async def test_two_mails_of_one_batch_stay_two_traces_to_the_end(bus, spans):
    publisher = Publisher(bus)

    async def parse(events):
        for event in events:
            tracing.derives(event.fact.event_id, "s-" + event.fact.event_id)
        for event in events:
            await publisher.publish(stored("s-" + event.fact.event_id))
        return [None] * len(events)

    async def fan_out(events):
        for event in events:
            tracing.derives(event.fact.event_id, "d-" + event.fact.message_id)
        await publisher.publish_all([attempt("d-" + event.fact.message_id) for event in events])
        return [None] * len(events)

    async def call(event):
        await publisher.schedule(attempt(event.fact.delivery_id))

    async def attempts(events):
        return [call(event) for event in events]

    await publisher.publish(mail("one"))
    await publisher.publish(mail("two"))
    await consume(bus, topology.PARSER, parse, 2)
    await consume(bus, topology.DISPATCHER, fan_out, 2)
    await consume(bus, topology.ATTEMPTS, attempts, 2)

    traces = {}
    for span in spans():
        traces.setdefault(span.context.trace_id, []).append(span)
    assert len(traces) == 2
    for trace in traces.values():
        path = [span.name for span in sorted(trace, key=lambda span: span.start_time)]
        assert path[:4] == [
            "publish MailReceived",
            "parser MailReceived",
            "publish MessageStored",
            "dispatcher MessageStored",
        ]
        assert {"publish AttemptScheduled", "attempts AttemptScheduled"} <= set(path[4:])
        ids = {span.context.span_id for span in trace}
        assert [True] == [
            span.parent is None for span in trace if span.parent is None or span.parent.span_id not in ids
        ]


async def test_a_single_event_is_the_cause_of_what_is_published_while_it_is_handled(bus, spans):
    async def parse(events):
        await Publisher(bus).publish(stored("s"))
        return [None] * len(events)

    await Publisher(bus).publish(mail("only"))
    await consume(bus, topology.PARSER, parse, 1)
    assert len({span.context.trace_id for span in spans()}) == 1


async def test_spans_bear_no_address_subject_or_body(bus, spans):
    await Publisher(bus).publish(stored("s"))
    for span in spans():
        assert not {"a@b", "c@d"} & {str(value) for value in span.attributes.values()}


async def test_off_sends_no_header(bus):
    assert not tracing.is_on()
    await Publisher(bus).publish(mail("quiet"))
    message = await bus.jetstream.get_last_msg("MAIL", "mayfly.mail.inline")
    assert tracing.TRACE_HEADER not in message.headers


def test_it_is_off_unless_an_endpoint_is_named():
    with started("test", ServiceSettings()):
        assert not tracing.is_on()


def test_an_endpoint_turns_it_on_and_the_end_turns_it_off():
    with started("test", ServiceSettings(otlp_endpoint="http://127.0.0.1:9/v1/traces")):
        assert tracing.is_on()
    assert not tracing.is_on()


def test_a_missing_package_is_told_by_the_name_of_the_setting(monkeypatch):  # what a machine without the extra has
    monkeypatch.setitem(__import__("sys").modules, "opentelemetry.exporter.otlp.proto.http.trace_exporter", None)
    with (
        pytest.raises(PermanentFailure, match="MAYFLY_OTLP_ENDPOINT"),
        started("t", ServiceSettings(otlp_endpoint="http://x")),
    ):
        pass
