"""A mail as a page for the browser: nothing in it runs, and nothing in it calls home.

The mail's HTML stands in a frame without scripts, forms and same origin (`sandbox`), below a policy that loads nothing
from the network. Pictures that the mail carries are put in; those on the Internet only if they are asked for.
"""

from __future__ import annotations

import base64
import html
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from mayfly_mail.cli.text import neutral, one_line

if TYPE_CHECKING:
    from mayfly_mail import Message

CID = re.compile(r"""(?P<quote>["'])cid:(?P<id>[^"']+)(?P=quote)""", re.IGNORECASE)
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp"}
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="referrer" content="no-referrer">
<title>{subject}</title>
<style>
body {{ margin: 0; display: flex; flex-direction: column; height: 100vh; font: 15px/1.4 system-ui, sans-serif; }}
header {{ padding: 1em; border-bottom: 1px solid #bbb; overflow-wrap: anywhere; }}
h1 {{ font-size: 1.2em; margin: 0 0 .4em; }}
pre {{ margin: 1em; white-space: pre-wrap; overflow-wrap: anywhere; }}
iframe {{ border: 0; flex: 1; background: #fff; }}
</style>
</head>
<body>
<header><h1>{subject}</h1>{fields}</header>
{content}
</body>
</html>
"""
FRAME = '<iframe sandbox="allow-popups allow-popups-to-escape-sandbox" title="The mail" srcdoc="{source}"></iframe>'
BASE = '<base target="_blank"><meta name="referrer" content="no-referrer">'


def page(message: Message, pictures: Mapping[str, str], *, remote: bool = False) -> str:
    """Return the page. `pictures`: `data:` URLs by Content-ID; `remote`: load others, too."""
    images = "data: https: http:" if remote else "data:"
    policy = f"default-src 'none'; style-src 'unsafe-inline'; img-src {images}; font-src data:"
    fields = (("From", message.from_), ("To", ", ".join(message.recipients)), ("Date", str(message.received_at)))
    return PAGE.format(
        policy=policy,
        subject=html.escape(one_line(message.subject)),
        fields="".join(f"<div><b>{name}:</b> {html.escape(one_line(value))}</div>" for name, value in fields),
        content=_content(message, pictures),
    )


def _content(message: Message, pictures: Mapping[str, str]) -> str:
    if not message.html:
        return f"<pre>{html.escape(neutral(message.text))}</pre>"
    source = CID.sub(lambda found: f'"{pictures.get(found["id"], "")}"', message.html)
    return FRAME.format(source=html.escape(BASE + source))


def picture(content_type: str, content: bytes) -> str | None:
    """Return a `data:` URL of a picture; None for anything that is not one that browsers only draw."""
    if content_type.partition(";")[0].strip().lower() not in PICTURES:
        return None
    return f"data:{content_type.partition(';')[0].strip().lower()};base64,{base64.b64encode(content).decode()}"


def save(text: str, name: str) -> Path:
    """Write the page to a file that only this user can read; return its path."""
    folder = Path(tempfile.mkdtemp(prefix="mayfly-page-"))
    path = folder / f"{re.sub(r'[^A-Za-z0-9-]', '_', name)[:60]}.html"
    path.write_text(text, encoding="utf-8", errors="replace")
    return path
