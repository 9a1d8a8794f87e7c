"""The letters of tests/corpus/mailers: what the API should show of each, and what it shows."""

import base64
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

from tests.system.conversation import Caller

FOLDER = Path(__file__).parents[2] / "corpus" / "mailers"
LETTERS: dict[str, Any] = json.loads((FOLDER / "letters.json").read_text(encoding="utf-8"))

NODEMAILER = str(FOLDER / "make" / "nodemailer.js")
NODE_PATH = os.environ.get("NODE_PATH", "")


def has_nodemailer() -> bool:
    asked = ["node", "-e", 'require("nodemailer")']
    return shutil.which("node") is not None and not subprocess.run(asked, capture_output=True, check=False).returncode


def inboxes(caller: Caller, name: str) -> dict[str, str]:
    """The address of a new inbox for each recipient of the letter `name`, by the local part that stands there."""
    people = [*LETTERS[name]["to"], *LETTERS[name]["cc"]]
    return {person["address"].partition("@")[0]: caller.inbox()["address"] for person in people}


def addressed(name: str, addresses: dict[str, str]) -> dict[str, Any]:
    """The letter `name`, with `addresses` in the place of its recipients' (by their local parts)."""
    letter = {**LETTERS[name]}
    for field in ("to", "cc"):
        letter[field] = [{**p, "address": addresses[p["address"].partition("@")[0]]} for p in letter[field]]
    return letter


def octets(file: dict[str, str]) -> bytes:
    return base64.b64decode(file["base64"])


def meant(letter: dict[str, Any]) -> dict[str, Any]:
    """What the API should show, in the form of `shown`."""
    files = [_file(file["name"], file["type"], octets(file)) for file in letter["attachments"]]
    html = letter["html"]
    if image := letter["inline"]:
        files.append(_file(image["name"], image["type"], octets(image), inline=True))
        html = html.replace(image["cid"], image["name"])
    if calendar := letter.get("calendar"):
        files.append(_file("attachment-0.ics", "text/calendar", calendar.encode()))
    return {
        "warned": False,
        "from": (letter["from"]["name"], letter["from"]["address"]),
        **{field: [person["address"] for person in letter[field]] for field in ("to", "cc", "reply_to")},
        "names": [person["name"] for field in ("to", "cc", "reply_to") for person in letter[field]],
        "subject": letter["subject"],
        "text": letter["text"].rstrip("\n") or None,
        "html": html.rstrip("\n"),
        "attachments": sorted(files),
        "code": letter["code"],
        "link": ("verify", letter["link"]),
    }


def arrived(caller: Caller, address: str) -> Any:
    """The message that came into a new inbox."""
    return caller.get(f"/api/v1/inboxes/{address}/messages/wait?timeout=30")


def files_of(caller: Caller, message: Any) -> list[tuple[Any, bytes]]:
    """Each attachment as it is listed, and as it is downloaded."""
    path = f"/api/v1/messages/{message['id']}/attachments"
    return [(file, caller.http.get(f"{path}/{file['index']}").content) for file in message["attachments"]]


def shown(caller: Caller, address: str, letter: dict[str, Any]) -> dict[str, Any]:
    """What the API shows of the message in the inbox.

    `names`: the display names of `letter` that its header fields hold. `text`: None where the letter has none. In the
    HTML, `cid:` and the Content-ID of an attachment become `cid:` and its file name, because some mailers make the
    Content-ID themselves. `warned`: of anything but a long line, which some mailers write. Text attachments lose the kind of their line ends, which some mailers change.
    """
    message = arrived(caller, address)
    html, files = message["body_html"].rstrip("\n"), []
    for file, content in files_of(caller, message):
        reference = f"cid:{file['content_id']}"
        files.append(_file(file["filename"], file["content_type"], content, inline=reference in html))
        html = html.replace(reference, f"cid:{file['filename']}")
    fields = {name.lower(): " ".join(value.replace("\\", "").split()) for name, value in message["headers"].items()}
    return {
        "warned": any(not warning.startswith("long line") for warning in message["warnings"]),
        "from": (message["from_name"], message["from_address"]),
        **{field: message[field] for field in ("to", "cc", "reply_to")},
        "names": [
            person["name"]
            for field in ("to", "cc", "reply_to")
            for person in letter[field]
            if person["name"] in fields[field.replace("_", "-")]
        ],
        "subject": message["subject"],
        "text": message["body_text"].rstrip("\n") if letter["text"] else None,
        "html": html,
        "attachments": sorted(files),
        "code": message["otp_detected"],
        "link": next(((link["kind"], link["url"]) for link in message["links"]), None),
    }


def _file(name: str, kind: str, content: bytes, *, inline: bool = False) -> tuple[str, str, bool, bytes]:
    if kind.startswith("text/"):
        content = re.sub(rb"\r*\n", b"\n", content).rstrip(b"\n")
    return (name, kind, inline, content)
