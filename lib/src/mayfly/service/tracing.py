"""Optional tracing with OpenTelemetry: needs `mayfly[tracing]` and MAYFLY_OTLP_ENDPOINT; else nothing is imported.

One trace per mail: publish MailReceived, parser, publish MessageStored, dispatcher, publish AttemptScheduled, attempts.
Spans hold event ids and types; never an address, a subject, a token or a body.
"""

from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mayfly import tracing
from mayfly.failures import PermanentFailure
from mayfly.service.settings import ServiceSettings

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

_SECONDS = 3.0  # for one export including retries, so that an unreachable collector delays a stop no longer than this


@contextmanager
def started(service: str, settings: ServiceSettings) -> Iterator[None]:
    """Trace while the context lasts, if the settings name an endpoint; send remaining spans at its end.

    Raises PermanentFailure when the packages are not installed.
    """
    if not settings.otlp_endpoint:
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError as error:
        raise PermanentFailure("MAYFLY_OTLP_ENDPOINT is set, but mayfly[tracing] is not installed") from error
    provider = make_provider(
        service, settings.trace_ratio, OTLPSpanExporter(endpoint=settings.otlp_endpoint, timeout=_SECONDS)
    )
    tracing.install(OpenTelemetryTracer(provider))
    try:
        yield
    finally:
        tracing.install(None)
        provider.shutdown()


def make_provider(service: str, ratio: float, exporter: "SpanExporter") -> "TracerProvider":
    """A provider that sends the spans of one service in batches from a thread. `ratio`: share of its traces to keep."""
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor
    from opentelemetry.sdk.trace.sampling import ParentBasedTraceIdRatio

    resource = Resource.create({"service.name": service, "service.namespace": "mayfly"})
    provider = TracerProvider(resource=resource, sampler=ParentBasedTraceIdRatio(ratio), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider


@dataclass(slots=True)
class _Batch:
    """Contexts of the events being handled: by event id, and by the id of what derives from them."""

    contexts: "dict[str, Context]" = field(default_factory=dict)
    derived: "dict[str, Context]" = field(default_factory=dict)

    def parent(self, about: str) -> "Context | None":
        if len(self.contexts) == 1:
            return next(iter(self.contexts.values()))
        return self.derived.get(about)


class OpenTelemetryTracer:
    """A mayfly.tracing.Tracer that uses an OpenTelemetry provider."""

    def __init__(self, provider: "TracerProvider") -> None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._tracer = provider.get_tracer("mayfly")
        self._propagator = TraceContextTextMapPropagator()
        self._batch: ContextVar[_Batch | None] = ContextVar("batch", default=None)

    @contextmanager
    def publishing(self, type_name: str, about: str, headers: MutableMapping[str, str]) -> Iterator[None]:
        """Open a producer span; its parent is the event that `about` derives from, or the only event being handled."""
        from opentelemetry.context import Context
        from opentelemetry.trace import SpanKind, set_span_in_context

        batch = self._batch.get()
        parent = batch.parent(about) if batch else None
        # An empty context starts a new trace.
        with self._tracer.start_as_current_span(
            f"publish {_short(type_name)}", context=parent or Context(), kind=SpanKind.PRODUCER
        ) as span:
            self._propagator.inject(headers, set_span_in_context(span))
            yield

    @contextmanager
    def handling(self, consumer: str, events: Sequence[tracing.Handled]) -> Iterator[None]:
        """Open a consumer span for each event."""
        from opentelemetry.trace import SpanKind, set_span_in_context

        batch = _Batch()
        with ExitStack() as stack:
            for event in events:
                span = self._tracer.start_span(
                    f"{consumer} {_short(event.type_name)}",
                    context=self._propagator.extract(event.headers),
                    kind=SpanKind.CONSUMER,
                    attributes={"mayfly.event_id": event.event_id, "messaging.batch.message_count": len(events)},
                )
                stack.callback(span.end)
                batch.contexts[event.event_id] = set_span_in_context(span)
            token = self._batch.set(batch)
            try:
                yield
            finally:
                self._batch.reset(token)

    def derives(self, event_id: str, derived_id: str) -> None:
        """Remember, until the batch is handled, which event `derived_id` comes from."""
        batch = self._batch.get()
        if batch and event_id in batch.contexts:
            batch.derived[derived_id] = batch.contexts[event_id]


def _short(type_name: str) -> str:
    return type_name.rpartition(".")[2]
