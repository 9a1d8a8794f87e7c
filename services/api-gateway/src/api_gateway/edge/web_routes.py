"""Serves the web page: /ui/... and, to browsers, `/` (edge.status). No credentials, no rate limit.

Every path below /ui/ that is no file is a screen of the page, so it gets the page's document; only a file of an older
build is 404.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from litestar import Request, Response, get
from litestar.params import PathParameter

from api_gateway.edge.hosts import name_in
from api_gateway.edge.parameters import Given
from api_gateway.edge.web_files import ASSETS, Document, Representation, WebFile, WebFiles, root_from
from api_gateway.refusals import NotFound

_POLICY = (
    "default-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'none'; object-src 'none'; "
    "img-src 'self' data: blob:; frame-src 'self'; connect-src 'self'"
)
_NO_FEATURES = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), serial=(), hid=(), display-capture=()"
_IMMUTABLE = "public, max-age=31536000, immutable"
_ASK = "no-cache"


@dataclass(frozen=True, slots=True)
class PageLink:
    """Where browsers find the page from another port of this process. `port` 0: nowhere."""

    public_url: str = ""
    port: int = 0

    def seen_by(self, host: str) -> str:
        """The URL of the page for a client that sent this Host; "" if there is none."""
        if not self.port:
            return ""
        name = name_in(host)
        own = f"http://[{name}]:{self.port}" if ":" in name else f"http://{name}:{self.port}"
        return f"{self.public_url.rstrip('/') or own}/"


@get(["/ui", "/ui/{name:path}"], include_in_schema=False)
async def web_page(
    request: Request[Any, Any, Any],
    web: Given[WebFiles],
    name: Annotated[str, PathParameter(description="A file of the page, or a screen")] = "",
) -> Response[bytes]:
    """Serve a file of the page, or the page itself."""
    path = name.removeprefix("/")
    file = web.files.get(path)
    if file is not None:
        return _answer(request, file, {"Cache-Control": _IMMUTABLE if path.startswith(ASSETS) else _ASK})
    if web.index is None or path.startswith(ASSETS):
        raise NotFound("this path does not exist")
    return page_response(request, web.index)


def page_response(request: Request[Any, Any, Any], document: Document) -> Response[bytes]:
    """A document of the page for the path of this request."""
    headers = {
        "Cache-Control": _ASK,
        "Content-Security-Policy": _POLICY,
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": _NO_FEATURES,
        # Else browsers look up the hosts of links in mail, which tells the sender that it is being read.
        "X-DNS-Prefetch-Control": "off",
    }
    # As the client wrote it: a route has its path without a final slash.
    path = request.scope["raw_path"].decode("latin-1")
    return _answer(request, document.at(root_from(path)), headers, vary="Accept")


def _answer(
    request: Request[Any, Any, Any], file: WebFile, headers: dict[str, str], vary: str = "Accept-Encoding"
) -> Response[bytes]:
    chosen = file.chosen(request.headers.get("accept-encoding", ""))
    given = {**headers, "ETag": chosen.etag, "Vary": vary, "Cross-Origin-Resource-Policy": "same-origin"}
    if chosen.coding:
        given["Content-Encoding"] = chosen.coding
    if _is_held(request, chosen):
        return Response(b"", status_code=304, headers=given, media_type=file.media_type)
    return Response(chosen.octets, headers=given, media_type=file.media_type)


def _is_held(request: Request[Any, Any, Any], chosen: Representation) -> bool:
    """Whether the client has this representation already (RFC 9110 section 13.1.2)."""
    held = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    return chosen.etag in held or held == ["*"]


ROUTES: list[Any] = [web_page]
