"""Compresses stored octets with Zstandard (RFC 8878), because mail is mostly markup (ADR 0010).

Private to mayfly.store.octets and mayfly.store.messages.
"""

import zstandard

_LEVEL = 1
# Below this size a document's own overhead outweighs what compression saves.
_WORTH_OCTETS = 512


class Packer:
    """Compresses octet strings. Not thread-safe, because the library's contexts are not."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)

    def pack(self, octets: bytes) -> bytes | None:
        """The compressed octets; None when compression would not save space."""
        if len(octets) < _WORTH_OCTETS:
            return None
        packed = self._compressor.compress(octets)
        return packed if len(packed) < len(octets) else None


def unpack(packed: bytes) -> bytes:
    """Decompress. Only for the output of `pack`: the size is taken from the frame's header, without a limit."""
    return zstandard.ZstdDecompressor().decompress(packed)
