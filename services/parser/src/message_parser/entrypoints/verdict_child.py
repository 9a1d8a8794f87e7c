"""The inside of a judging process: a mail in, its authentication verdicts out.

Started by adapters.judges as `python -m message_parser.entrypoints.verdict_child <seconds> <MiB> <resolver>`.
"""

import sys

import msgspec

from message_parser.domain.authentication import Question
from message_parser.entrypoints import verdicts
from message_parser.entrypoints.frames import serve

_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Question)


def main() -> None:
    resolver = verdicts.use_resolver(sys.argv[3])
    serve(
        lambda frame: _encoder.encode(verdicts.judge(_decoder.decode(frame), resolver)),
        float(sys.argv[1]),
        int(sys.argv[2]),
    )


if __name__ == "__main__":
    main()
