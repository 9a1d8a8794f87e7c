"""A MIME part (RFC 2046): what `mime` builds and `bodies` sorts, whichever library parsed it."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Part:
    """`octets`: after transfer decoding; None for a container. `content_type` and `disposition` are lower case.

    `parameters`: of Content-Type. `filename`: as declared, not yet cleaned. A message/rfc822 part is a leaf.
    """

    content_type: str
    parameters: dict[str, str]
    disposition: str = ""
    filename: str = ""
    content_id: str | None = None
    octets: bytes | None = None
    children: list["Part"] = field(default_factory=list)


def numbered(root: Part) -> Iterator[tuple[str, Part]]:
    """Every part with its place: `0` is `root`, `2` the second in it, `1.2` the second in its first."""
    yield "0", root
    yield from _numbered(root, "")


def _numbered(part: Part, prefix: str) -> Iterator[tuple[str, Part]]:
    for number, child in enumerate(part.children, 1):
        place = f"{prefix}{number}"
        yield place, child
        yield from _numbered(child, f"{place}.")
