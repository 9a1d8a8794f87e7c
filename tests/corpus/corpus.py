"""Reads the corpus (README.md beside this file) and makes real octets of each mail."""

import base64
import quopri
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.header import Header
from email.utils import formataddr, parseaddr
from pathlib import Path

MAILS, FREE, TEMPTING = (Path(__file__).parent / name for name in ("mails", "free", "tempting"))


@dataclass(slots=True)
class LabelledMail:
    """`code` None: the mail carries none. `links`: kind and URL, in order; None: not judged by its links."""

    id: str
    language: str
    sender: str
    held_back: bool
    form: str
    subject: str = ""
    code: str | None = None
    links: list[tuple[str, str]] | None = field(default_factory=list)
    charset: str = "utf-8"
    encoding: str = "quoted-printable"
    fields: list[str] = field(default_factory=list)
    text: str = ""
    html: str = ""
    raw: bytes = b""

    def octets(self) -> bytes:
        """The mail as it would come by SMTP: `raw` where that is set."""
        if self.raw:
            return self.raw
        name, address = parseaddr(self.sender)
        head = [
            f"From: {formataddr((name, address), 'utf-8')}",
            "To: you@mayfly.test",
            f"Subject: {Header(self.subject, 'utf-8', 400).encode(linesep='')}",
            "Date: Sat, 21 Nov 2026 10:00:00 +0000",
            f"Message-ID: <{self.id}@corpus.test>",
            "MIME-Version: 1.0",
            *self.fields,
        ]
        parts = [self._part(kind, body) for kind, body in (("plain", self.text), ("html", self.html)) if body]
        if len(parts) == 1:
            return "\r\n".join(head).encode() + b"\r\n" + parts[0]
        head.append('Content-Type: multipart/alternative; boundary="=_b"')
        body = b"".join(b"--=_b\r\n" + part + b"\r\n" for part in parts)
        return "\r\n".join(head).encode() + b"\r\n\r\n" + body + b"--=_b--\r\n"

    def _part(self, kind: str, body: str) -> bytes:
        octets = body.encode(self.charset).replace(b"\n", b"\r\n")
        if self.encoding == "base64":
            octets = base64.encodebytes(octets).replace(b"\n", b"\r\n")
        elif self.encoding == "quoted-printable":
            octets = quopri.encodestring(octets.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
        head = (
            f'Content-Type: text/{kind}; charset="{self.charset}"\r\nContent-Transfer-Encoding: {self.encoding}\r\n\r\n'
        )
        return head.encode() + octets


def read_corpus(folder: Path = MAILS) -> Iterator[LabelledMail]:
    """Every mail of one collection, in the order of its files. Only links of MAILS are labelled."""
    for path in sorted(folder.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("=== ")[1:]:
            mail = _mail(block)
            if folder != MAILS:
                mail.links = None
            yield mail


def _mail(block: str) -> LabelledMail:
    head, *lines = block.rstrip("\n").split("\n")
    identifier, sender, half, form = (item.strip() for item in head.split("|"))
    mail = LabelledMail(identifier, identifier.partition("-")[0], sender, half == "held", form)
    part: list[str] | None = None
    parts: dict[str, list[str]] = {}
    for line in lines:
        key, _, value = line.partition(":")
        if line in ("T:", "H:"):
            part = parts.setdefault(line[0], [])
        elif part is not None:
            part.append(line)
        else:
            _set(mail, key, value.strip())
    mail.text, mail.html = "\n".join(parts.get("T", [])), "\n".join(parts.get("H", []))
    return mail


def _set(mail: LabelledMail, key: str, value: str) -> None:
    match key:
        case "S":
            mail.subject = value
        case "C":
            mail.code = value
        case "L":
            kind, _, url = value.partition(" ")
            mail.links = [*(mail.links or ()), (kind, url)]
        case "E":
            mail.charset, _, mail.encoding = value.partition(" ")
        case "X":
            mail.fields.append(value)
        case _:
            raise ValueError(f"{mail.id}: unknown line {key!r}")
