"""Shows a message as a page for a browser: its HTML made safe, with the images of the mail itself in their places."""

import base64
import re
import secrets
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api_gateway.edge.caller import Caller
from api_gateway.edge.turns import Turns
from api_gateway.rendering import pages
from api_gateway.rendering.pages import Theme
from api_gateway.rendering.sanitise import TooComplex, sanitised
from mayfly.children.pool import Pool
from mayfly.records.message import Attachment, Message
from mayfly.records.octets import attachment_part

if TYPE_CHECKING:
    from mayfly.store.octets import Octets

# Types that a browser draws and nothing else; SVG is a document.
_IMAGES = frozenset(f"image/{kind}" for kind in ("png", "gif", "jpeg", "jpg", "webp", "bmp", "avif"))
_MOST_IMAGES = 50
_MOST_OCTETS = 8 * 1024 * 1024
_TOO_COMPLEX = "The HTML of this mail takes too much time or memory to be shown safely. This is its text."


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of a message, and how many places in it had an image of the web and have none."""

    page: str
    blocked_images: int = 0


@dataclass(frozen=True, slots=True)
class ShowMessage:
    """`turns`: pages that are made at the same time; each may hold some megabytes."""

    octets: "Octets"
    processes: Pool
    turns: Turns

    async def html(self, caller: Caller, message: Message) -> str:
        """The page that `shown` makes, without images of the web. Raises TransientFailure."""
        return (await self.shown(caller, message)).page

    async def shown(
        self, caller: Caller, message: Message, *, remote_images: bool = False, theme: Theme | None = None
    ) -> Shown:
        """A page of a message that the caller may read: of its HTML, or of its text. Raises TransientFailure.

        Its images of Content-IDs are written into it: at most 50, and 8 MiB in all places together. Where the HTML is
        too complex, or there is none, it is a page of the text. `remote_images`: the browser loads images of the web.
        """
        if not message.html:
            return Shown(pages.plain_page(message.subject, message.text, theme=theme))
        images = {image.content_id: image for image in message.attachments if _is_shown(image)}
        # What stands for an image until its octets are put in: nobody who writes a mail can know it.
        mark = f"image-{secrets.token_hex(16)}-"
        async with self.turns.turn(caller.subject):
            try:
                wanted = {name: f"{mark}{image.index}." for name, image in images.items() if name}
                safe = await sanitised(self.processes, message.html, wanted, remote_images=remote_images)
            except TooComplex:
                return Shown(pages.plain_page(message.subject, message.text, _TOO_COMPLEX, theme))
            fragment = await self._with_images(message, safe.html, mark)
            return Shown(pages.mail_page(message.subject, fragment, theme), safe.blocked)

    async def _with_images(self, message: Message, fragment: str, mark: str) -> str:
        place = re.compile(rf"{mark}(\d+)\.")
        copies = _copies(message, Counter(map(int, place.findall(fragment))))
        shown = [image for image in message.attachments if copies[image.index]]
        sources = {image.index: await self._source(message, image) for image in shown}

        def put_in(found: re.Match[str]) -> str:
            index = int(found[1])
            copies[index] -= 1
            return sources[index] if copies[index] >= 0 else ""

        return place.sub(put_in, fragment)

    async def _source(self, message: Message, image: Attachment) -> str:
        octets = await self.octets.get(message.id, attachment_part(image.index)) or b""
        return f"data:{image.content_type.lower()};base64,{base64.b64encode(octets).decode()}"


def _is_shown(part: Attachment) -> bool:
    return bool(part.content_id) and part.content_type.lower() in _IMAGES


def _copies(message: Message, places: Counter[int]) -> Counter[int]:
    """How often each image is written into the page, which has so many `places` for it: as often as there is room."""
    copies: Counter[int] = Counter()
    room = _MOST_OCTETS
    for image in message.attachments:
        if len(copies) < _MOST_IMAGES and (fitting := min(places[image.index], room // max(image.size, 1))):
            copies[image.index] = fitting
            room -= fitting * image.size
    return copies
