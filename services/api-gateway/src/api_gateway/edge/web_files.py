"""Reads the built web page (clients/web) once at start, and decides how each of its files is sent.

Called by app; edge.web_routes serves the result. HTML documents refer to other files relative to themselves, as they
lie below /ui/. Each is sent for paths of several depths, so `Document.at` writes these references anew for the path of
the request. They stay relative: the page then also works behind a proxy that adds a path before it, without a setting.
"""

import mimetypes
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

from mayfly.failures import PermanentFailure

INDEX = "index.html"
DOCS = "docs/index.html"
ASSETS = "assets/"
"""Files below it have their hash in their name."""

_MOST_OCTETS = 32 * 1024 * 1024
_CODINGS = {".br": "br", ".gz": "gzip"}
_PREFERRED = ("br", "gzip")
_TYPES = {".js": "text/javascript", ".webmanifest": "application/manifest+json", ".woff2": "font/woff2"}
# The value of an attribute that begins at the folder of the document, or above it.
_RELATIVE = re.compile(r'(?<==")(?:\.{1,2}/)+')


@dataclass(frozen=True, slots=True)
class Representation:
    """The octets of a file in one content coding; "" for none."""

    octets: bytes
    coding: str
    etag: str


@dataclass(frozen=True, slots=True)
class WebFile:
    """A file as the build made it, with the compressed copies that lay beside it, by content coding."""

    media_type: str
    plain: Representation
    encoded: Mapping[str, Representation] = field(default_factory=dict)

    def chosen(self, accept_encoding: str) -> Representation:
        """The representation for this value of Accept-Encoding (RFC 9110 section 12.5.3)."""
        accepted = _accepted(accept_encoding)
        return next(
            (self.encoded[coding] for coding in _PREFERRED if coding in self.encoded and coding in accepted), self.plain
        )


class Document:
    """An HTML document of the build; `name`: its path there."""

    def __init__(self, name: str, text: str) -> None:
        self._folders = ["ui", *name.split("/")[:-1]]
        self._text = text
        self.at = lru_cache(maxsize=16)(self._at)

    def _at(self, root: str) -> WebFile:
        """The document for a path from which `root` leads to that of the API, such as `../../`."""

        def moved(reference: re.Match[str]) -> str:
            folders = self._folders[: len(self._folders) - reference[0].count("../")]
            return root + "".join(f"{folder}/" for folder in folders) or "./"

        return WebFile("text/html", _representation(_RELATIVE.sub(moved, self._text).encode()))


@dataclass(frozen=True, slots=True)
class WebFiles:
    """The files by their path in the folder of the build. Without a page, none."""

    files: Mapping[str, WebFile] = field(default_factory=dict)
    index: Document | None = None
    docs: Document | None = None


def read_web_files(folder: str) -> WebFiles:
    """Read the page in this folder; "": none. Raises PermanentFailure when there is no page, or no end of it."""
    if not folder:
        return WebFiles()
    base = Path(folder)
    try:
        contents = {path.relative_to(base).as_posix(): path.read_bytes() for path in _regular_files(base)}
    except OSError as error:
        raise PermanentFailure(f"MAYFLY_WEB_DIR: {error}") from None
    if INDEX not in contents:
        raise PermanentFailure(f"MAYFLY_WEB_DIR: {folder} has no {INDEX}: build the page with `make web`")
    return WebFiles(
        {name: _file(name, contents) for name in contents if not name.endswith((".html", *_CODINGS))},
        Document(INDEX, contents[INDEX].decode()),
        Document(DOCS, contents[DOCS].decode()) if DOCS in contents else None,
    )


def root_from(path: str) -> str:
    """What leads from a path to the root of the API: `../` for each segment but the last."""
    return "../" * (path.count("/") - 1)


def _regular_files(base: Path) -> Iterator[Path]:
    """Every file of the page: nothing that begins with a dot, and nothing that leads out of the folder."""
    octets = 0
    for path in sorted(base.rglob("*")):
        is_hidden = any(part.startswith(".") for part in path.relative_to(base).parts)
        if path.is_file() and not path.is_symlink() and not is_hidden:
            octets += path.stat().st_size
            if octets > _MOST_OCTETS:
                raise PermanentFailure(f"MAYFLY_WEB_DIR: more than {_MOST_OCTETS} octets: that is no page of Mayfly")
            yield path


def _file(name: str, contents: Mapping[str, bytes]) -> WebFile:
    kind = _TYPES.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    encoded = {
        coding: _representation(contents[name + suffix], coding)
        for suffix, coding in _CODINGS.items()
        if name + suffix in contents
    }
    return WebFile(kind, _representation(contents[name]), encoded)


def _representation(octets: bytes, coding: str = "") -> Representation:
    return Representation(octets, coding, f'"{sha256(octets).hexdigest()[:32]}"')


def _accepted(accept_encoding: str) -> set[str]:
    """The codings that the client takes, without those of weight 0."""
    accepted = set()
    for item in accept_encoding.lower().split(","):
        coding, _, parameter = item.partition(";")
        weight = parameter.replace(" ", "").removeprefix("q=")
        if weight.strip("0.") or not parameter:
            accepted.add(coding.strip())
    return accepted
