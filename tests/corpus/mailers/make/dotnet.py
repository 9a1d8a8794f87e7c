"""Writes letters in the shapes of two .NET mailers, without .NET: python dotnet.py LETTERS.json FOLDER

After public descriptions of their output. MimeKit (MailKit sends it): tabs fold, ISO-8859-1 is taken where it is enough,
file names are RFC 2231 continuations, some of them encoded and some not. System.Net.Mail: unquoted boundaries that begin
with dashes, a date without its weekday, file names as encoded words folded inside a quoted `name` and nowhere else.
"""

import base64
import json
import quopri
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import quote

Letter = dict[str, Any]
CHUNK = 14


def charset_of(text: str) -> str:
    try:
        text.encode("iso-8859-1")
    except UnicodeEncodeError:
        return "utf-8"
    return "iso-8859-1"


def words(text: str, charset: str, letter: str, fold: str) -> str:
    """Encoded words of a few characters each, base64 whatever `letter` is: `b` or `B`."""
    chunks = (text[start : start + CHUNK] for start in range(0, len(text), CHUNK))
    return fold.join(f"=?{charset}?{letter}?{base64.b64encode(chunk.encode(charset)).decode()}?=" for chunk in chunks)


def lines(octets: bytes) -> str:
    return base64.encodebytes(octets).decode().replace("\n", "\r\n")


def text_part(kind: str, content: str, encoding: str) -> str:
    octets = content.replace("\r\n", "\n").encode()
    written = quopri.encodestring(octets).decode().replace("\n", "\r\n") if encoding != "base64" else lines(octets)
    return f"Content-Type: {kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{written}"


def container(subtype: str, parts: list[str], boundary: str, declared: str) -> str:
    inside = "".join(f"--{boundary}\r\n{part}\r\n" for part in parts)
    return f"Content-Type: multipart/{subtype}; {declared}\r\n\r\n{inside}--{boundary}--\r\n"


def tree(letter: Letter, box: Callable[[str, list[str]], str], file: Callable[[Any, str], str], encoding: str) -> str:
    bodies = [text_part("text/plain", letter["text"], encoding)] if letter["text"] else []
    if letter["html"]:
        html = text_part("text/html", letter["html"], encoding)
        bodies.append(box("related", [html, file(letter["inline"], "inline")]) if letter["inline"] else html)
    if "calendar" in letter:
        bodies.append(text_part("text/calendar; method=REQUEST", letter["calendar"], encoding))
    body = box("alternative", bodies) if len(bodies) > 1 else bodies[0]
    files = [file(attachment, "attachment") for attachment in letter["attachments"]]
    return box("mixed", [body, *files]) if files else body


def mimekit(letter: Letter) -> str:
    count = iter("ABCDEFGH")

    def box(subtype: str, parts: list[str]) -> str:
        boundary = f"=-{next(count)}o3Xc+uZ0/k5VnQw1Yh2Dg=="
        return container(subtype, parts, boundary, f'boundary="{boundary}"')

    def file(attachment: Letter, disposition: str) -> str:
        name, cid = attachment["name"], attachment.get("cid")
        head = [
            f"Content-Type: {attachment['type']}{continued('name', name)}",
            f"Content-Disposition: {disposition}{continued('filename', name)}",
            "Content-Transfer-Encoding: base64",
            *([f"Content-Id: <{cid}>"] if cid else []),
        ]
        return "\r\n".join(head) + "\r\n\r\n" + lines(base64.b64decode(attachment["base64"]))

    def person(entry: Letter) -> str:
        name = entry["name"]
        if not name:
            return str(entry["address"])
        return f"{quoted(name) if name.isascii() else words(name, charset_of(name), 'b', chr(9))} <{entry['address']}>"

    def people(entries: Iterable[Letter]) -> str:
        return ",\r\n\t".join(map(person, entries))

    subject = letter["subject"]
    head = [
        f"From: {person(letter['from'])}",
        "Date: Sun, 29 Nov 2026 16:00:00 +0100",
        f"Subject: {subject if subject.isascii() else words(subject, charset_of(subject), 'b', chr(13) + chr(10) + chr(9))}",
        "Message-Id: <ZQ8K2M7XC5V4.1R0T6Y3U9I0P1@app>",
        f"To: {people(letter['to'])}",
        *([f"Cc: {people(letter['cc'])}"] if letter["cc"] else []),
        *([f"Reply-To: {people(letter['reply_to'])}"] if letter["reply_to"] else []),
        "MIME-Version: 1.0",
    ]
    return "\r\n".join(head) + "\r\n" + tree(letter, box, file, "quoted-printable")


def continued(parameter: str, value: str) -> str:
    """RFC 2231 continuations of a few characters each; a chunk of token characters is left unencoded."""
    if value.isascii():
        return f"; {parameter}={value if value.replace('.', '').isalnum() else quoted(value)}"
    charset = charset_of(value)
    written = ""
    for number, start in enumerate(range(0, len(value), 6)):
        chunk = value[start : start + 6]
        if number and chunk.isascii() and chunk.replace(".", "").isalnum():
            written += f";\r\n\t{parameter}*{number}={chunk}"
        else:
            declared = "" if number else f"{charset}''"
            written += f";\r\n\t{parameter}*{number}*={declared}{quote(chunk.encode(charset), safe='')}"
    return written


def system_net_mail(letter: Letter) -> str:
    count = iter(range(10))

    def box(subtype: str, parts: list[str]) -> str:
        boundary = f"--boundary_{next(count)}_6f0e2c11-4a83-4a9a-9c7e-56e793067c76"
        return container(subtype, parts, boundary, f"\r\n boundary={boundary}\r\n")

    def file(attachment: Letter, disposition: str) -> str:
        name, cid = attachment["name"], attachment.get("cid")
        shown = quoted(name) if name.isascii() else f'"{words(name, "utf-8", "B", chr(13) + chr(10) + " ")}"'
        head = [
            f"Content-Type: {attachment['type']};\r\n name={shown}",
            "Content-Transfer-Encoding: base64",
            *([f"Content-ID: <{cid}>"] if cid else []),
            f"Content-Disposition: {disposition}",
        ]
        return "\r\n".join(head) + "\r\n\r\n" + lines(base64.b64decode(attachment["base64"]))

    def person(entry: Letter) -> str:
        name = entry["name"]
        if not name:
            return str(entry["address"])
        return f"{quoted(name) if name.isascii() else words(name, 'utf-8', 'B', chr(13) + chr(10) + ' ')} <{entry['address']}>"

    subject = letter["subject"]
    head = [
        "MIME-Version: 1.0",
        f"From: {person(letter['from'])}",
        f"To: {', '.join(map(person, letter['to']))}",
        *([f"Cc: {', '.join(map(person, letter['cc']))}"] if letter["cc"] else []),
        *([f"Reply-To: {', '.join(map(person, letter['reply_to']))}"] if letter["reply_to"] else []),
        "Date: 29 Nov 2026 16:00:00 +0100",
        f"Subject: {subject if subject.isascii() else words(subject, 'utf-8', 'B', chr(13) + chr(10) + ' ')}",
    ]
    return "\r\n".join(head) + "\r\n" + tree(letter, box, file, "base64")


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def main(letters: str, folder: str) -> None:
    for name, letter in json.loads(Path(letters).read_text(encoding="utf-8")).items():
        if "charset" not in letter:
            for mailer in (mimekit, system_net_mail):
                target = Path(folder) / f"{mailer.__name__.replace('_', '-')}-{name}.eml"
                target.write_bytes(mailer(letter).encode("ascii"))


main(*sys.argv[1:])
