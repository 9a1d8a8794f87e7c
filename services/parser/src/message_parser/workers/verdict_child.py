"""A verdict process: each frame holds a list of `VerdictRequest`, its reply is a `VerdictReply`.

Started by `verdict_pool` as `python -m message_parser.workers.verdict_child <seconds> <MiB> <resolver>`.
"""

import sys
import time
from collections.abc import Callable

import msgspec

from mayfly.children.loop import serve
from message_parser.domain.authentication import VerdictReply, VerdictRequest
from message_parser.workers import verdict_dmarc, verdicts
from message_parser.workers.resolver import Resolver
from message_parser.workers.verdict_dns import Client

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(list[VerdictRequest])
_FRAME_SECONDS = 1.0


class Answerer:
    """Answers frames. A frame that takes longer than a second, because DNS is slow, is answered in part.

    So the time limit of a frame is that of its last mail, and a slow sender's mail does not fail those behind it.
    """

    def __init__(self, resolver: Resolver, now: Callable[[], float] = time.monotonic) -> None:
        self._resolver = resolver
        self._now = now

    def __call__(self, frame: bytes) -> bytes:
        resolver = self._resolver
        resolver.asked = resolver.cached = resolver.failed = 0
        reply = VerdictReply(verdicts=[])
        until = self._now() + _FRAME_SECONDS
        for request in _decoder.decode(frame):
            if reply.verdicts and self._now() > until:
                break
            reply.verdicts.append(verdicts.authenticate(request, resolver))
        reply.is_silent = resolver.is_silent
        reply.asked, reply.cached, reply.failed = resolver.asked, resolver.cached, resolver.failed
        return _encoder.encode(reply)


def main() -> None:
    client = Client(sys.argv[3])
    verdict_dmarc.prepare()
    seconds, memory_mib = float(sys.argv[1]), int(sys.argv[2])
    serve(Answerer(Resolver(client)), seconds, memory_mib, wall_seconds=seconds, dns_ports=[client.port])


if __name__ == "__main__":
    main()
