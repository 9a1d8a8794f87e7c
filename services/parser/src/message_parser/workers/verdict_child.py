"""A verdict process: each frame holds one `VerdictRequest`, its reply one `Authentication`.

Started by `verdict_pool` as `python -m message_parser.workers.verdict_child <seconds> <MiB> <resolver>`.
"""

import sys

import msgspec

from mayfly.children.loop import serve
from message_parser.domain.authentication import VerdictRequest
from message_parser.workers import resolver, verdicts

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(VerdictRequest)


def main() -> None:
    lookups = resolver.use_resolver(sys.argv[3])
    serve(
        lambda frame: _encoder.encode(verdicts.authenticate(_decoder.decode(frame), lookups)),
        float(sys.argv[1]),
        int(sys.argv[2]),
        dns_ports=[lookups.port],
    )


if __name__ == "__main__":
    main()
