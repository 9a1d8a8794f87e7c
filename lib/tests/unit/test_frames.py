"""A frame arrives as it was sent, whatever pieces the pipe delivers."""

from io import BytesIO
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from mayfly.children.frames import FrameAssembler, read_frame, write_frame


def written(frame: bytes) -> bytes:
    stream = BytesIO()
    write_frame(stream, frame)
    return stream.getvalue()


@given(st.binary(max_size=300), st.lists(st.integers(0, 310), max_size=8))
def test_a_frame_is_whole_with_its_last_piece_and_not_before(frame, cuts):
    octets = written(frame)
    bounds = sorted({0, len(octets), *(cut for cut in cuts if cut < len(octets))})
    assembler = FrameAssembler()
    *before, last = [assembler.feed(octets[start:end]) for start, end in pairwise(bounds)]
    assert [None] * len(before) == before
    assert frame == last


def test_a_child_reads_one_frame_after_the_other_until_the_stream_ends():
    stream = BytesIO(written(b"one") + written(b"two"))
    assert [b"one", b"two", b""] == [read_frame(stream) for _ in range(3)]
