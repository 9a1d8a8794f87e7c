"""A MIME part (RFC 2046): what `mime` builds and `bodies` sorts, whichever library parsed it."""

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
