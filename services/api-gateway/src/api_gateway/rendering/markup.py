"""The HTML of mail without scripts, forms, requests and links that are not links. Runs in a child process.

nh3 (the Rust library ammonia) parses it as a browser does and writes out only what is listed here.
"""

import re
from collections.abc import Mapping
from urllib.parse import unquote

import nh3

from api_gateway.rendering.questions import SafeMarkup
from api_gateway.rendering.styles import Sheets

_TAGS = (nh3.ALLOWED_TAGS - {"area", "map"}) | {"address", "big", "font", "main", "nobr", "section", "style", "tfoot"}
# Dropped with all they contain; of other unknown elements the content stays.
_DROPPED = {
    *("script", "title", "template", "iframe", "object", "embed", "applet", "noembed", "noframes", "frameset"),
    *("svg", "math", "audio", "video", "canvas", "select", "textarea", "xmp", "plaintext"),
}
_EVERYWHERE = {
    *("align", "bgcolor", "border", "class", "color", "dir", "height", "id", "lang", "role", "style", "title"),
    *("valign", "width"),
}
_ATTRIBUTES = {
    "*": _EVERYWHERE,
    "a": {"href", "name"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "font": {"face", "size"},
    "img": {"alt", "src", "hspace", "vspace"},
    "li": {"value"},
    "ol": {"start", "type", "reversed"},
    "style": {"media"},
    "table": {"background", "cellpadding", "cellspacing", "summary"},
    "td": {"background", "colspan", "rowspan", "nowrap", "headers"},
    "th": {"background", "colspan", "rowspan", "nowrap", "scope"},
    "time": {"datetime"},
    "ul": {"type"},
}
_LINK = re.compile(r"(?:https?:|mailto:|tel:|#)", re.IGNORECASE)
# Of what nh3 writes, in whose values there is no quotation mark.
_START_OF_LINK = re.compile(r'<a(?: [a-z-]+="[^"]*")*>')
_CONTENT_ID = re.compile(r"cid:(.*)", re.IGNORECASE | re.DOTALL)
_OF_THE_WEB = re.compile(r"(?:https?:)?//[^\s\\]+", re.IGNORECASE)
_OWN_IMAGE = re.compile(r"data:image/(?:png|gif|jpeg|jpg|webp|bmp|avif);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE)


def safe_markup(html: str, images: Mapping[str, str], *, remote_images: bool = False) -> SafeMarkup:
    """A fragment for the body of a page: no scripts, no forms, nothing that a browser fetches by itself.

    `images`: what stands for `cid:` references in `src`, by Content-ID. Images of other sources keep their `alt` and
    size. Links to the web, mail addresses and telephone numbers open in a window of their own, without a referrer;
    those within the mail (`#...`) stay in its page; all others lose their target. `remote_images`: those of the
    web stay, and nothing else that a browser would fetch.
    """
    sheets, blocked = Sheets(remote_images=remote_images), 0

    def of_the_web(value: str) -> str | None:
        nonlocal blocked
        if not _OF_THE_WEB.fullmatch(value):
            return None
        if not remote_images:
            blocked += 1
            return None
        return f"https:{value}" if value.startswith("//") else value

    def keep(tag: str, attribute: str, value: str) -> str | None:
        match tag, attribute:
            case _, "style":
                return sheets.still(value)
            case "a", "href":
                return value.strip() if _LINK.match(value.strip()) else None
            case "img", "src":
                return _source(value.strip(), images) or of_the_web(value.strip())
            case _, "background":
                return of_the_web(value.strip())
        return value

    safe = sheets.still_in(
        nh3.clean(
            html.replace("\0", ""),
            tags=_TAGS,
            clean_content_tags=_DROPPED,
            attributes=_ATTRIBUTES,
            attribute_filter=keep,
            strip_comments=True,
            link_rel="noopener noreferrer nofollow",
            set_tag_attribute_values={"a": {"target": "_blank"}},
            url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        )
    )
    return SafeMarkup(_START_OF_LINK.sub(_in_place, safe), blocked + sheets.blocked)


def _in_place(link: re.Match[str]) -> str:
    return link[0].replace(' target="_blank"', "") if ' href="#' in link[0] else link[0]


def _source(value: str, images: Mapping[str, str]) -> str | None:
    if named := _CONTENT_ID.fullmatch(value):
        return images.get(named[1]) or images.get(unquote(named[1]))
    return value if _OWN_IMAGE.fullmatch(value) else None
