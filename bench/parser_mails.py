# ruff: noqa: E501 - pieces of mail stay on their lines
"""Generates mails like those of sign-up flows, about 20 kB: a text part, and HTML of tables with inline styles."""

import random

_CELL = (
    '<tr><td style="padding:8px 24px;font-family:Helvetica,Arial,sans-serif;font-size:14px;line-height:22px;color:#333333;'
    'background-color:#ffffff">{words}</td></tr>\n'
)
_WORDS = [
    "thank",
    "you",
    "for",
    "joining",
    "our",
    "service",
    "we",
    "are",
    "glad",
    "to",
    "have",
    "you",
    "here",
    "and",
    "hope",
    "that",
    "everything",
    "works",
    "well",
    "for",
    "your",
    "team",
    "please",
    "have",
    "a",
    "look",
    "at",
    "the",
    "guide",
    "or",
    "write",
    "to",
    "support",
    "when",
    "anything",
    "is",
    "unclear",
    "we",
    "answer",
    "within",
    "two",
    "business",
    "days",
]


def sign_up_mail(number: int, octets: int = 20_000) -> bytes:
    """A multipart/alternative mail with a code, three links, footer numbers and a hidden preheader."""
    chance = random.Random(number)
    code = f"{chance.randrange(10**6):06}"
    link = f"https://app.acme.example/verify?token={chance.getrandbits(128):032x}"
    text = (
        f"Hello,\n\nYour verification code is {code}. It expires in 15 minutes.\n\nOr open {link}\n\n"
        + "\n".join(_sentence(chance) for _ in range(20))
        + "\n\nAcme Inc., 548 Market St 62411, San Francisco, CA 94104, +1 415 555 0134\n"
    )
    head = (
        '<html><head><style>.x{color:#336699}@media only screen{.y{display:none}}</style></head><body bgcolor="#f4f4f4">'
        '<div style="display:none;max-height:0">Your code is inside &zwnj;&nbsp;&zwnj;</div><table width="600" align="center">'
    )
    tail = (
        f'<tr><td>Your verification code is</td></tr><tr><td style="font-size:32px"><b>{code}</b></td></tr>'
        f'<tr><td><a href="{link}" style="background:#0066ff;color:#ffffff">Verify email</a></td></tr>'
        '<tr><td><a href="https://acme.example/help">Help</a> <a href="https://acme.example/unsubscribe?u=1">Unsubscribe</a>'
        "<p>Acme Inc., 548 Market St 62411, San Francisco, CA 94104. Copyright 2026.</p></td></tr></table></body></html>"
    )
    html = [head]
    while sum(map(len, html)) + len(tail) + len(text) < octets - 1500:
        html.append(_CELL.format(words=_sentence(chance)))
    return _message(number, text, "".join([*html, tail]))


def _sentence(chance: random.Random) -> str:
    return " ".join(chance.choices(_WORDS, k=14)).capitalize() + "."


def _message(number: int, text: str, html: str) -> bytes:
    head = (
        f"Received: from mx.acme.example by mx.mayfly.test; Sat, 21 Nov 2026 10:00:00 +0000\nFrom: Acme <no-reply@acme.example>\n"
        f"To: you@mayfly.test\nSubject: Verify your email\nDate: Sat, 21 Nov 2026 10:00:00 +0000\nMessage-ID: <{number}@acme.example>\n"
        "MIME-Version: 1.0\nDKIM-Signature: v=1; a=rsa-sha256; d=acme.example; s=s1; " + "b=" + "A" * 340 + "\n"
        'Content-Type: multipart/alternative; boundary="=_acme"\n\n'
        f"--=_acme\nContent-Type: text/plain; charset=utf-8\n\n{text}\n--=_acme\nContent-Type: text/html; charset=utf-8\n\n{html}\n--=_acme--\n"
    )
    return head.replace("\n", "\r\n").encode()
