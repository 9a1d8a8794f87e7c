"""The application under test: it sends codes, a receipt to the buyer, and a copy of that to the seller."""

import secrets
import smtplib
from email.message import EmailMessage


def send_code(smtp: tuple[str, int], to: str) -> str:
    """Send a new code to an address; return it."""
    code = f"{secrets.randbelow(1_000_000):06}"
    _send(smtp, [to], "Your code", f"Your code is {code}\n")
    return code


def sell(smtp: tuple[str, int], buyer: str, seller: str, what: str) -> None:
    _send(smtp, [buyer, seller], f"Receipt: {what}", f"{buyer} bought {what}.\n")


def _send(smtp: tuple[str, int], to: list[str], subject: str, text: str) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Shop <noreply@shop.example>", ", ".join(to), subject
    mail.set_content(text)
    with smtplib.SMTP(*smtp, timeout=10) as peer:
        peer.send_message(mail)
