"""Makes the pictures of the web page in docs/images: `make screenshots`.

Starts all of Mayfly, fills it with mail that is fit to be seen, and takes the pictures in this machine's Chromium. The
same mails, names and window each time; pictures differ where the page does. Exits with 1 where one would be too large.
"""

import base64
import json
import smtplib
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser, Page, sync_playwright

from mayfly_local import browsers
from mayfly_local.stack import Stack

ROOT = Path(__file__).parents[1]
IMAGES = ROOT / "docs" / "images"
LETTERS = Path(__file__).parent / "screenshots.toml"
MOST_OCTETS = 60_000
DESK, PHONE = {"width": 1200, "height": 720}, {"width": 390, "height": 780}
# Chromium takes PNG and JPEG; its canvas writes WebP, which is a fifth of the size.
_TO_WEBP = """async ([picture, quality]) => {
    const image = new Image();
    image.src = 'data:image/png;base64,' + picture;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), {width: image.width, height: image.height});
    canvas.getContext('2d').drawImage(image, 0, 0);
    return canvas.toDataURL('image/webp', quality).split(',')[1];
}"""


def main() -> int:
    program = browsers.chromium()
    if program is None:
        print("No Chromium on this machine", file=sys.stderr)
        return 1
    IMAGES.mkdir(exist_ok=True)
    too_large = []
    with (
        tempfile.TemporaryDirectory() as folder,
        Stack(Path(folder) / "data") as stack,
        sync_playwright() as playwright,
    ):
        account = furnish(stack)
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        for name, picture in pictures(browser, stack.http_url, account):
            octets = webp(browser, picture)
            (IMAGES / f"{name}.webp").write_bytes(octets)
            print(f"docs/images/{name}.webp  {len(octets):>7,} octets")
            if len(octets) > MOST_OCTETS:
                too_large.append(name)
        browser.close()
    if too_large:
        print(f"Larger than {MOST_OCTETS:,} octets: {', '.join(too_large)}", file=sys.stderr)
    return 1 if too_large else 0


def furnish(stack: Stack) -> dict[str, str]:
    """Make an account with inboxes, a webhook and mail; return its `key`, and the ids `inbox` and `message`."""
    operator = {"Authorization": f"Bearer {stack.admin_token}"}
    with httpx.Client(base_url=stack.http_url, trust_env=False, timeout=30) as api:

        def post(path: str, body: dict[str, Any], headers: dict[str, str]) -> dict[str, Any]:
            made: dict[str, Any] = api.post(path, json=body, headers=headers).raise_for_status().json()
            return made

        made = post("/api/v1/admin/accounts", {"email": "ann@example.com", "plan": "team"}, operator)
        key = {"X-API-Key": made["api_key"]}
        inboxes = {
            label: post("/api/v1/inboxes", {"label": label, "local_part": label.lower().replace(" ", "-")}, key)
            for label in ("Newsletter", "Password reset", "Sign-up")
        }
        post("/api/v1/spaces", {"name": "Staging"}, key)
        for label, scopes in (("CI", ["mailboxes:read"]), ("Staging tests", ["mailboxes:read", "mailboxes:write"])):
            post("/api/v1/api-keys", {"label": label, "scopes": scopes}, key)
        inbox = inboxes["Sign-up"]
        send(stack.smtp_port, inbox["address"])
        listed = _listed(api, inbox["id"], key)
        return {"key": made["api_key"], "inbox": inbox["id"], "message": listed[0]["id"]}


def send(port: int, address: str) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=30) as peer:
        for each in tomllib.loads(LETTERS.read_text())["letters"]:
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = each["from"], address, each["subject"]
            mail.set_content(each["text"])
            if "html" in each:
                mail.add_alternative(each["html"], subtype="html")
            for name in each.get("files", ()):
                mail.add_attachment(b"%PDF-1.4\n" * 800, maintype="application", subtype="pdf", filename=name)
            peer.sendmail("bounces@example.com", [address], mail.as_bytes(policy=SMTP))


def pictures(browser: Browser, url: str, account: dict[str, str]) -> Iterator[tuple[str, bytes]]:
    """Names of pictures, and these as PNG."""
    now = time.time()  # for all pictures the same, so that all mail has just come
    inbox, message = f"inbox/{account['inbox']}", f"inbox/{account['inbox']}/{account['message']}"
    for name, path, size, scheme in (
        ("list", inbox, DESK, "light"),
        ("message", message, DESK, "light"),
        ("dark", message, DESK, "dark"),
        ("phone", message, PHONE, "light"),
        ("account", "account/keys", DESK, "light"),
    ):
        context = browser.new_context(
            viewport=size, color_scheme=scheme, reduced_motion="reduce", locale="en-GB", timezone_id="UTC"
        )
        key = json.dumps(account["key"])
        context.add_init_script(f"if (self === top) sessionStorage.setItem('mayfly.key', {key})")
        page = context.new_page()
        page.clock.set_fixed_time(now)
        page.goto(f"{url}/ui/{path}")
        settle(page)
        yield name, page.screenshot(animations="disabled", caret="hide")
        context.close()


def settle(page: Page) -> None:
    """Wait until everything is there: what is read, and the frame of the mail."""
    page.wait_for_function(
        "() => document.querySelector('main h1') && !document.querySelector('main .loading, main [aria-busy=true]')"
    )
    time.sleep(1.5)


def webp(browser: Browser, picture: bytes) -> bytes:
    """The picture as WebP, as well as it fits into what it may have."""
    page = browser.new_page()
    octets = b""
    for quality in (0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3):
        octets = base64.b64decode(page.evaluate(_TO_WEBP, [base64.b64encode(picture).decode(), quality]))
        if len(octets) <= MOST_OCTETS:
            break
    page.close()
    return octets


def _listed(api: httpx.Client, inbox: str, headers: dict[str, str]) -> list[dict[str, Any]]:
    answer = api.get(f"/api/v1/inboxes/{inbox}/messages", params={"consistent": "true"}, headers=headers)
    listed: list[dict[str, Any]] = answer.raise_for_status().json()
    return listed


if __name__ == "__main__":
    sys.exit(main())
