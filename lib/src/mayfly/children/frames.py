"""The frame protocol between a service and its child processes, both halves of it.

A frame is a length (4 octets, big-endian) and that many octets. The service writes one frame to a child's stdin and
waits for one frame from its stdout; a child ends when its stdin ends. `pool` holds the service's half of a
conversation, `loop` the child's; what a frame contains is theirs to agree on (MessagePack).
"""

from typing import BinaryIO

_LENGTH_OCTETS = 4


def length_prefix(frame: bytes) -> bytes:
    """What goes before `frame` on a pipe. Written apart from it, so that a large frame is not copied."""
    return len(frame).to_bytes(_LENGTH_OCTETS, "big")


def read_frame(stream: BinaryIO) -> bytes:
    """The child's half: wait for the next frame; b"" at the end of the stream."""
    length = int.from_bytes(stream.read(_LENGTH_OCTETS), "big")
    return stream.read(length) if length else b""


def write_frame(stream: BinaryIO, frame: bytes) -> None:
    stream.write(length_prefix(frame))
    stream.write(frame)
    stream.flush()


class FrameAssembler:
    """The service's half: puts one frame together from the pieces that a pipe delivers.

    asyncio.StreamReader would copy each frame three times more.
    """

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._missing: int | None = None

    def feed(self, piece: bytes) -> bytes | None:
        """The whole frame once `piece` completes it, else None."""
        self._pieces.append(piece)
        if self._missing is not None:
            self._missing -= len(piece)
        else:
            received = b"".join(self._pieces)
            if len(received) < _LENGTH_OCTETS:
                return None
            self._pieces = [received[_LENGTH_OCTETS:]]
            self._missing = int.from_bytes(received[:_LENGTH_OCTETS], "big") - len(self._pieces[0])
        return b"".join(self._pieces) if self._missing <= 0 else None
