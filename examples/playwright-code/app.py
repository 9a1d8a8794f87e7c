"""A page where people sign in with a code that is sent to their address. Run it with `uvicorn app:app`."""

import os
import secrets
import smtplib
from email.message import EmailMessage
from html import escape
from typing import Annotated

from fastapi import FastAPI, Form
from fastapi.responses import HTMLResponse

PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title><main>{}</main></html>'
ASK = """<form method="post" action="/code"><label>Address <input name="email" type="email"></label>
<button>Send code</button></form>"""
CODE = """<p role="alert">{problem}</p>
<form method="post" action="/enter"><input name="email" type="hidden" value="{email}">
<label>Code <input name="code" inputmode="numeric"></label><button>Sign in</button></form>"""
MAIL = '<h1>Your code</h1><p>It is <strong>{code}</strong>.</p><p><a href="{base}/help">I did not ask for it</a></p>'

app = FastAPI()
app.state.smtp = (os.environ.get("SMTP_HOST", "localhost"), int(os.environ.get("SMTP_PORT", "25")))
app.state.base = "http://127.0.0.1:8000"
codes: dict[str, str] = {}


@app.get("/", response_class=HTMLResponse)
def start() -> str:
    return PAGE.format(ASK)


@app.post("/code", response_class=HTMLResponse)
def send_code(email: Annotated[str, Form()]) -> str:
    """Send a new code; an earlier one is worth nothing any more."""
    codes[email] = f"{secrets.randbelow(1_000_000):06}"
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Shop <noreply@shop.example>", email, "Your code for the shop"
    mail.set_content(f"Your code is {codes[email]}\n")
    mail.add_alternative(MAIL.format(code=codes[email], base=app.state.base), subtype="html")
    with smtplib.SMTP(*app.state.smtp, timeout=10) as peer:
        peer.send_message(mail)
    return PAGE.format(CODE.format(email=escape(email), problem=""))


@app.post("/enter", response_class=HTMLResponse)
def enter(email: Annotated[str, Form()], code: Annotated[str, Form()]) -> str:
    if not secrets.compare_digest(codes.get(email, "").encode(), code.strip().encode()):
        return PAGE.format(CODE.format(email=escape(email), problem="This code is wrong."))
    del codes[email]
    return PAGE.format(f"<h1>Welcome, {escape(email)}</h1>")


@app.get("/help", response_class=HTMLResponse)
def explain() -> str:
    return PAGE.format("<h1>Somebody typed your address</h1>")
