"""What `sanitise` asks a rendering process, and what that replies; both sides of the pipe import it."""

from msgspec import Struct


class Question(Struct, frozen=True, array_like=True):
    """`html`: as in the mail, in UTF-8. `images`: what stands for `cid:` references, by Content-ID.

    `remote_images`: whether images of the web stay.
    """

    html: bytes
    images: dict[str, str]
    remote_images: bool = False


class SafeMarkup(Struct, frozen=True, array_like=True):
    """`html`: a fragment that was made safe. `blocked`: how many places had an image of the web and have none now."""

    html: str
    blocked: int
