"""Lets people in by a link that is sent to their address: no passwords. Run it with `uvicorn app:app`."""

import os
import secrets
import smtplib
import time
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Annotated

from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request
from pydantic import BaseModel

LINK_SECONDS = 15 * 60
MAIL = """\
<p>Hello,</p>
<p><a href="{link}">Enter the shop</a></p>
<p>The link works once, within 15 minutes. <a href="{base}/help">Help</a></p>
"""


@dataclass
class Shop:
    """What the application remembers, and where it sends mail."""

    smtp_host: str = os.environ.get("SMTP_HOST", "localhost")
    smtp_port: int = int(os.environ.get("SMTP_PORT", "25"))
    links: dict[str, tuple[str, float]] = field(default_factory=dict)

    def send(self, to: str, link: str, base: str) -> None:
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "Shop <noreply@shop.example>", to, "Your link to enter"
        mail.set_content(f"Enter the shop: {link}\n")
        mail.add_alternative(MAIL.format(link=link, base=base), subtype="html")
        with smtplib.SMTP(self.smtp_host, self.smtp_port, timeout=10) as peer:
            peer.send_message(mail)


class Asked(BaseModel):
    email: str


app = FastAPI()
app.state.shop = Shop()


def the_shop(request: Request) -> Shop:
    return request.app.state.shop


ShopParameter = Annotated[Shop, Depends(the_shop)]


@app.post("/links", status_code=202)
async def ask(asked: Asked, request: Request, work: BackgroundTasks, shop: ShopParameter) -> dict[str, str]:
    """Send a link to an address, after the answer: it takes the same time for every address."""
    token = secrets.token_urlsafe(24)
    shop.links[token] = (asked.email, time.monotonic() + LINK_SECONDS)
    base = str(request.base_url).rstrip("/")
    work.add_task(shop.send, asked.email, f"{base}/enter?token={token}", base)
    return {"status": "sent"}


@app.get("/enter")
async def enter(token: str, shop: ShopParameter) -> dict[str, str]:
    """Let in who has the link; it works once."""
    email, until = shop.links.pop(token, ("", 0.0))
    if time.monotonic() > until:
        raise HTTPException(410, "This link was used, or is too old.")
    return {"welcome": email}
