"""Asks a rendering process for the safe HTML of a mail, within limits of time and memory. Called by messages.show."""

from collections.abc import Mapping

import msgspec

from api_gateway.rendering.questions import Question, SafeMarkup
from mayfly.children.pool import ChildDied, Pool

PROGRAM = "api_gateway.rendering.sanitise_child"
_SECONDS = 1.0
# Of a process that has less than a tenth of a processor for itself.
_WALL_SECONDS = 20.0
_IDLE_SECONDS = 60.0
_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(SafeMarkup)


class TooComplex(Exception):
    """The HTML takes too much time or memory to be made safe."""


def pool() -> Pool:
    """The rendering process, which is started when it is needed first."""
    return Pool(
        "rendering", ["-m", PROGRAM, str(_SECONDS), str(_WALL_SECONDS)], count=1, at_once=0, idle_seconds=_IDLE_SECONDS
    )


async def sanitised(
    processes: Pool, html: str, images: Mapping[str, str], *, remote_images: bool = False
) -> SafeMarkup:
    """What `markup.safe_markup` makes of the HTML. Raises TooComplex, TransientFailure."""
    question = Question(html.encode(errors="replace"), dict(images), remote_images)
    try:
        reply = await processes.exchange(_encoder.encode(question), _WALL_SECONDS)
    except ChildDied as death:
        raise TooComplex from death
    return _decoder.decode(reply)
