# ruff: noqa: E501 - pieces of mail stay on their lines
"""Generates the three kinds of mail that the benchmarks send: `KINDS`. No two are alike: names, ids and tokens are new.

| kind | what it is |
|---|---|
| `sign-up` | 19.5 kB: a text part, and HTML of tables with inline styles; a code, three links |
| `newsletter` | 85 to 170 kB: 60 to 100 rows of nested tables as MJML writes them, an image and a tracked link in each |
| `attachment` | a note with a PDF or PNG of 200 kB in base64 |
"""

import base64
import binascii
import random
import zlib
from collections.abc import Callable
from urllib.parse import quote

_CELL = (
    '<tr><td style="padding:8px 24px;font-family:Helvetica,Arial,sans-serif;font-size:14px;line-height:22px;color:#333333;'
    'background-color:#ffffff">{words}</td></tr>\n'
)
_WORDS = """
thank you for joining our service we are glad to have you here and hope that everything works well for your team
please have a look at the guide or write to support when anything is unclear we answer within two business days
""".split()  # noqa: SIM905

# A row of a loop inside a column, as mjml 4 writes it: an image and a text, both linked.
_ROW = """\
<tr><td align="left" style="font-size:0px;padding:10px 25px;word-break:break-word;"><table cellpadding="0" cellspacing="0" width="100%" border="0" style="color:#000000;font-family:Ubuntu, Helvetica, Arial, sans-serif;font-size:13px;line-height:22px;table-layout:auto;width:100%;border:none;"><tbody><tr><td style="width:130px;"><a href="{url}" target="_blank"><img alt="{title}" src="{image}" style="border:0;display:block;height:auto;width:100%;" width="130" /></a></td>
<td style="padding-left:16px;"><a href="{url}" style="color:#1a1a1a;text-decoration:none;font-weight:bold;">{title}</a><br />{words}</td></tr></tbody></table></td></tr>
"""
_HEAD = """\
<!doctype html>
<html lang="en" xmlns="http://www.w3.org/1999/xhtml" xmlns:v="urn:schemas-microsoft-com:vml" xmlns:o="urn:schemas-microsoft-com:office:office">
<head><title>{title}</title><!--[if !mso]><!--><meta http-equiv="X-UA-Compatible" content="IE=edge"><!--<![endif]--><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<style type="text/css">#outlook a {{ padding:0; }} body {{ margin:0;padding:0;-webkit-text-size-adjust:100%;-ms-text-size-adjust:100%; }} table, td {{ border-collapse:collapse; }} img {{ border:0;line-height:100%; }} p {{ display:block;margin:13px 0; }}</style>
<style type="text/css">@media only screen and (min-width:480px) {{ .mj-column-per-100 {{ width:100% !important; max-width: 100%; }} }}</style></head>
<body style="word-spacing:normal;background-color:#f4f4f4;"><div style="display:none;font-size:1px;color:#ffffff;line-height:1px;max-height:0px;max-width:0px;opacity:0;overflow:hidden;">{words}{padding}</div><div style="background-color:#f4f4f4;">
<!--[if mso | IE]><table align="center" border="0" cellpadding="0" cellspacing="0" class="" style="width:600px;" width="600" ><tr><td style="line-height:0px;font-size:0px;mso-line-height-rule:exactly;"><![endif]--><div style="margin:0px auto;max-width:600px;"><table align="center" border="0" cellpadding="0" cellspacing="0" role="presentation" style="width:100%;"><tbody><tr><td style="direction:ltr;font-size:0px;padding:20px 0;text-align:center;"><div class="mj-column-per-100 mj-outlook-group-fix" style="font-size:0px;text-align:left;direction:ltr;display:inline-block;vertical-align:top;width:100%;"><table border="0" cellpadding="0" cellspacing="0" role="presentation" style="vertical-align:top;" width="100%"><tbody>
"""
_FOOT = """\
</tbody></table></div></td></tr></tbody></table></div><!--[if mso | IE]></td></tr></table><![endif]-->
<div style="font-family:Ubuntu, Helvetica, Arial, sans-serif;font-size:12px;line-height:1.4;text-align:center;color:#888888;">You receive this because you ordered from Nordhaus. <a href="{unsubscribe}" style="color:#888888;">Unsubscribe</a> or <a href="{view}" style="color:#888888;">view in your browser</a>.<br />Nordhaus GmbH, Speicherstrasse 14, 20457 Hamburg. HRB 148213. Copyright 2026.</div></div><img src="{pixel}" width="1" height="1" alt="" /></body></html>
"""


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


def newsletter(number: int) -> bytes:
    """A digest (even numbers, with a text part) or an order (odd ones): 60 to 100 rows, a tracked link in each."""
    chance = random.Random(number)
    is_order = number % 2 == 1
    reader = f"{chance.getrandbits(64):016x}"
    rows, lines = list[str](), list[str]()
    for row in range(chance.randint(60, 100)):
        title = f"{_name(chance)} {_name(chance)} {_name(chance)}"
        url, image = (
            _tracked(chance, reader, f"/{title.lower().replace(' ', '-')}"),
            f"https://img.nordhaus.example/w260/{chance.getrandbits(48):012x}.jpg",
        )
        words = _item(chance) if is_order else _sentence(chance)
        rows.append(_ROW.format(url=url.replace("&", "&amp;"), image=image, title=title, words=words))
        lines.append(f"{row + 1}. {title}\n{words}\n{url}\n")
    title = (
        f"Your order {chance.randrange(10**9):09}" if is_order else f"{_name(chance)} and {len(rows) - 1} more for you"
    )
    unsubscribe, view, pixel = (_tracked(chance, reader, path) for path in ("/unsubscribe", "/view", "/open.gif"))
    head = _HEAD.format(title=title, words=_sentence(chance), padding="&#847;&zwnj;&nbsp;" * 60)
    foot = _FOOT.format(
        unsubscribe=unsubscribe.replace("&", "&amp;"),
        view=view.replace("&", "&amp;"),
        pixel=pixel.replace("&", "&amp;"),
    )
    html = "".join([head, *rows, foot])
    text = "" if is_order else "\n".join([title, "", *lines, f"Unsubscribe: {unsubscribe}"])
    fields = f"Subject: {title}\nList-Unsubscribe: <{unsubscribe}>, <mailto:u-{reader}@nordhaus.example>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\nFeedback-ID: {reader}:nordhaus:1\n"
    return _alternative("Nordhaus <news@nordhaus.example>", fields, text, html)


def attachment_mail(number: int) -> bytes:
    """A short note with one attachment of 200 kB: a PDF of compressed pages or a PNG, which no compression makes smaller."""
    chance = random.Random(number)
    name, content_type, start = (
        (f"invoice-{number}.pdf", "application/pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"),
        (f"photo-{number}.png", "image/png", b"\x89PNG\r\n\x1a\n"),
    )[number % 2]
    pages = [zlib.compress(chance.randbytes(24_000)) for _ in range(8)]
    content = start + b"\nendstream\nendobj\n7 0 obj\n<< /Filter /FlateDecode /Length 24011 >>\nstream\n".join(pages)
    amount = f"{chance.randrange(1000)}.{chance.randrange(100):02} EUR"
    words = f"Hello {_name(chance)},\n\nplease find the document {number} over {amount} attached. {_sentence(chance)}\n\nRegards\n{_name(chance)}\n"
    encoded = base64.encodebytes(content).decode()
    body = (
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="=_mixed"\n\n'
        f"--=_mixed\nContent-Type: text/plain; charset=utf-8\n\n{words}\n"
        f'--=_mixed\nContent-Type: {content_type}; name="{name}"\nContent-Disposition: attachment; filename="{name}"\n'
        f"Content-Transfer-Encoding: base64\n\n{encoded}--=_mixed--\n"
    )
    fields = f"From: Accounts <accounts@nordhaus.example>\nTo: you@mayfly.test\nSubject: Document {number}\nDate: Sat, 21 Nov 2026 10:00:00 +0000\nMessage-ID: <{chance.getrandbits(64):x}@nordhaus.example>\n"
    return (fields + body).replace("\n", "\r\n").encode()


def mixed(number: int) -> bytes:
    """Of ten mails seven sign-up mails, two newsletters, one attachment."""
    place = number % 10
    return sign_up_mail(number) if place < 7 else newsletter(number) if place < 9 else attachment_mail(number)


KINDS: dict[str, Callable[[int], bytes]] = {
    "sign-up": sign_up_mail,
    "newsletter": newsletter,
    "attachment": attachment_mail,
    "mix": mixed,
}


def _name(chance: random.Random) -> str:
    """A name that hardly ever comes twice."""
    return "".join(
        chance.choice("bdfgklmnprstv") + chance.choice("aeiou") for _ in range(chance.randint(2, 4))
    ).capitalize()


def _item(chance: random.Random) -> str:
    return f"{chance.randint(1, 9)} x {chance.randrange(200)}.{chance.randrange(100):02} EUR, item {chance.randrange(10**7):07}, {_name(chance).lower()}, ships in {chance.randint(2, 9)} days"


def _tracked(chance: random.Random, reader: str, path: str) -> str:
    """A link through the counter of a mailing service: 150 to 300 characters."""
    target = quote(
        f"https://www.nordhaus.example{path}?utm_source=mail&utm_medium=news&utm_campaign={chance.randrange(10**6)}",
        safe="",
    )
    token = base64.urlsafe_b64encode(chance.randbytes(chance.randint(20, 60))).decode().rstrip("=")
    return f"https://click.nordhaus.example/ls/click?u={reader}&to={target}&s={token}"


def _alternative(sender: str, fields: str, text: str, html: str) -> bytes:
    """A mail as mailing services send it: quoted-printable, text and HTML, or HTML alone."""
    parts = [("plain", text)] * bool(text) + [("html", html)]
    encoded = [
        f"Content-Type: text/{kind}; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n\n{binascii.b2a_qp(part.encode(), istext=True).decode()}\n"
        for kind, part in parts
    ]
    head = f"Received: from out.nordhaus.example by mx.mayfly.test; Sat, 21 Nov 2026 10:00:00 +0000\nFrom: {sender}\nTo: you@mayfly.test\n{fields}Date: Sat, 21 Nov 2026 10:00:00 +0000\nMIME-Version: 1.0\n"
    if len(encoded) == 1:
        return (head + encoded[0]).replace("\n", "\r\n").encode()
    body = "".join(f"--=_part\n{part}" for part in encoded)
    return f'{head}Content-Type: multipart/alternative; boundary="=_part"\n\n{body}--=_part--\n'.replace(
        "\n", "\r\n"
    ).encode()


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
