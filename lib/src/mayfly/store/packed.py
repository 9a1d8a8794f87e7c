"""Octets as the store keeps them: compressed with Zstandard (RFC 8878), because mail is mostly markup (ADR 0010).

Used by mayfly.store.octets and mayfly.store.messages; nobody else sees the packed form.
"""

import zstandard

_LEVEL = 1
# Below that a document's own overhead is most of what is written.
_WORTH_OCTETS = 512


class Packer:
    """Packs one octet string after another. Not to be shared by threads: the library's contexts are not."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)

    def pack(self, octets: bytes) -> bytes | None:
        """The packed form; None when keeping the octets as they are costs no more."""
        if len(octets) < _WORTH_OCTETS:
            return None
        packed = self._compressor.compress(octets)
        return packed if len(packed) < len(octets) else None


def unpack(packed: bytes) -> bytes:
    """What `pack` was given. Only for what the store itself has packed: the size is taken from the frame's header."""
    return zstandard.ZstdDecompressor().decompress(packed)
