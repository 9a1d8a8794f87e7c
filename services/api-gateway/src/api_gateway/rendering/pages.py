"""The pages that show mail, and the headers that they are served with. No page has a script."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import Literal

from api_gateway.rendering.document import document, style_source
from mayfly.records.message import Message

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;margin:0 auto;max-width:60rem;padding:1rem;color:#1b1f24;background:#fff}
h1{font-size:1.3rem;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:auto 1fr;gap:.2rem 1rem}dt{color:#57606a}
dd{margin:0;overflow-wrap:anywhere}pre{white-space:pre-wrap;overflow-wrap:anywhere}li{margin:.5rem 0}
iframe{width:100%;height:75vh;border:1px solid #d0d7de;background:#fff}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}a{color:#58a6ff}dt{color:#8b949e}}
"""
_PLAIN_STYLE = "pre{white-space:pre-wrap;overflow-wrap:anywhere}"
Theme = Literal["light", "dark"]


def mail_headers(*, remote_images: bool = False) -> dict[str, str]:
    """Of a page made of a mail's HTML: it runs nothing, and opens links in windows of their own.

    It loads nothing either, or with `remote_images` images alone.
    """
    images = "data: https: http:" if remote_images else "data:"
    return {
        "content-security-policy": f"default-src 'none'; img-src {images}; style-src 'unsafe-inline'; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
        "x-frame-options": "SAMEORIGIN",
        # Chromium looks up the hosts of links beforehand: their name servers would learn that somebody looks.
        "x-dns-prefetch-control": "off",
    }


MAIL_HEADERS = mail_headers()

PAGE_HEADERS = {
    "content-security-policy": f"default-src 'none'; style-src {style_source(_STYLE)}; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
}
"""Of our own pages, which show a mail in a frame."""

TEXT_HEADERS = {"content-security-policy": "default-src 'none'; frame-ancestors 'self'; sandbox"}

Rows = Sequence[tuple[str, str]]


def mail_page(subject: str, fragment: str, theme: Theme | None = None) -> str:
    """The page of a mail's HTML, which `rendering.sanitise` has made safe.

    `theme`: the colours of the browser where the mail sets none; None: light ones.
    """
    return document(subject, fragment, style=_colours(theme))


def plain_page(subject: str, text: str, note: str = "", theme: Theme | None = None) -> str:
    """A mail's text as a page, for mail whose HTML cannot be shown; `note` says why."""
    said = f"<p><em>{escape(note)}</em></p>" if note else ""
    return document(subject, f"{said}<pre>{escape(text)}</pre>", style=_PLAIN_STYLE + _colours(theme))


def message_page(message: Message, *, frame: str, links: Rows) -> str:
    """A message: its fields, the page of its HTML in a frame (`frame`: its URL) or else its text, and links to more."""
    fields = "".join(f"<dt>{escape(name)}<dd>{escape(value)}" for name, value in _fields(message))
    more = " · ".join(f'<a href="{escape(url)}">{escape(name)}</a>' for name, url in links)
    title = f'title="{escape(message.subject)}" sandbox="allow-popups allow-popups-to-escape-sandbox"'
    shown = f'<iframe {title} src="{escape(frame)}"></iframe>' if message.html else f"<pre>{escape(message.text)}</pre>"
    return _page(message.subject, f"<dl>{fields}</dl><p>{more}</p>{shown}")


def list_page(title: str, entries: Iterable[tuple[str, str, str]], links: Rows = ()) -> str:
    """A list of messages: of each its URL, its subject and a line about it. `links`: names and URLs above the list."""
    items = "".join(
        f'<li><a href="{escape(url)}">{escape(subject) or "(no subject)"}</a><br>{escape(line)}'
        for url, subject, line in entries
    )
    more = "".join(f'<p><a href="{escape(url)}">{escape(name)}</a></p>' for name, url in links)
    return _page(title, more + (f"<ul>{items}</ul>" if items else "<p>No messages.</p>"))


def _colours(theme: Theme | None) -> str:
    return f":root{{color-scheme:{theme}}}" if theme else ""


def _fields(message: Message) -> Rows:
    """The fields of a message with their names; those without a value are left out."""
    sender = f"{message.from_name} <{message.from_address}>" if message.from_name else message.from_address
    rows = (
        ("From", sender),
        ("To", ", ".join(message.to)),
        ("Cc", ", ".join(message.cc)),
        ("Bcc", ", ".join(message.bcc)),
        ("Received", f"{message.received_at:%Y-%m-%d %H:%M:%S} UTC"),
        ("Tags", ", ".join(message.tags)),
        ("Attachments", ", ".join(attachment.filename for attachment in message.attachments)),
    )
    return [(name, value) for name, value in rows if value]


def _page(title: str, body: str) -> str:
    return document(title, f"<h1>{escape(title) or '(no subject)'}</h1>{body}", style=_STYLE, lang="en")
