"""One mail, one trace: what a collector receives from a running stack, from SMTP's publish to the webhook's attempt."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.system.conversation import Caller, mail, send, until


class Collector:
    """Takes OTLP over HTTP at /v1/traces, and webhooks everywhere else."""

    def __init__(self):
        outer = self
        self.spans = []
        self.webhooks = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.take(body) if self.path == "/v1/traces" else outer.webhooks.append(dict(self.headers))
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def take(self, body):
        """Keep (service, span) of each span; gzip or not."""
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
            [service] = [a.value.string_value for a in resource.resource.attributes if a.key == "service.name"]
            self.spans += [(service, span) for scope in resource.scope_spans for span in scope.spans]

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


def test_a_mail_is_one_trace_from_smtp_to_its_webhook(make_stack):
    with Collector() as collector:
        stack = make_stack(
            env={"MAYFLY_OTLP_ENDPOINT": f"{collector.url}/v1/traces", "OTEL_BSP_SCHEDULE_DELAY": "100"}
        ).start()
        with Caller(stack, stack.api_key) as caller:
            address = caller.inbox()["address"]
            caller.post("/api/v1/webhooks", {"url": f"{collector.url}/hook"}, expect=201)
        send(stack, mail(address), address)
        until(lambda: collector.webhooks, seconds=20)
        assert stack.stop() == 0
    [trace] = {span.trace_id for _, span in collector.spans if span.name == "publish MailReceived"}
    path = {(service, span.name) for service, span in collector.spans if span.trace_id == trace}
    assert path >= {
        ("smtp-ingest", "publish MailReceived"),
        ("parser", "parser MailReceived"),
        ("parser", "publish MessageStored"),
        ("webhook-dispatcher", "dispatcher MessageStored"),
    }
    assert len(collector.webhooks) == 1
    assert "traceparent" not in {name.lower() for name in collector.webhooks[0]}
    assert not [span for _, span in collector.spans if address in str(span)]
