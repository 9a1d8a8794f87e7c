"""A rendering process: each frame holds one `Question`, its reply one `SafeMarkup`.

Started by `sanitise` as `python -m api_gateway.rendering.sanitise_child <processor seconds> <wall seconds>`. A mail
that takes more processor time than that kills the process with SIGPROF, one that takes more memory with SIGABRT.
"""

import os
import sys

import msgspec

from api_gateway.rendering.markup import safe_markup
from api_gateway.rendering.questions import Question
from mayfly.children.loop import serve

_MEMORY_MIB = 384
# Below the gateway, which may share its processor.
_NICENESS = 10

_decoder = msgspec.msgpack.Decoder(Question)
_encoder = msgspec.msgpack.Encoder()


def answer(frame: bytes) -> bytes:
    """The safe HTML of one question."""
    question = _decoder.decode(frame)
    html = question.html.decode(errors="replace")
    return _encoder.encode(safe_markup(html, question.images, remote_images=question.remote_images))


def main() -> None:
    os.nice(_NICENESS)
    serve(answer, float(sys.argv[1]), _MEMORY_MIB, wall_seconds=float(sys.argv[2]))


if __name__ == "__main__":
    main()
