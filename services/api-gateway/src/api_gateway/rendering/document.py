"""The frame of every HTML page that the gateway makes, and the source of its style for a Content-Security-Policy."""

from base64 import b64encode
from hashlib import sha256
from html import escape


def document(title: str, body: str, *, style: str = "", lang: str = "") -> str:
    """An HTML document, which search engines leave out. `body` and `style` are markup, `title` is text.

    `lang` "": unknown, as of mail.
    """
    language = f' lang="{lang}"' if lang else ""
    sheet = f"<style>{style}</style>" if style else ""
    return (
        f'<!doctype html><html{language}><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title>{sheet}</head><body>{body}</body></html>"
    )


def style_source(style: str) -> str:
    """What a policy's `style-src` names, so that this style sheet applies and no other (CSP 3 section 8.4)."""
    return f"'sha256-{b64encode(sha256(style.encode()).digest()).decode()}'"
