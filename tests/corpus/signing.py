"""Signs mails for tests, by the letter of RFC 6376 and RFC 8463, with keys made in this process.

Written apart from the code that verifies them, and slower: canonicalization line by line, as the RFC words it.
"""

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, padding, rsa

PrivateKey = rsa.RSAPrivateKey | ed25519.Ed25519PrivateKey


@cache
def key(kind: str) -> PrivateKey:
    """The key of this kind (`rsa1024`, `rsa2048`, `rsa2048b`, `ed25519`), the same for the whole process."""
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=int(kind[3:7]))


def public(kind: str = "rsa2048") -> str:
    """The value of `p=` in the key record."""
    key_ = key(kind).public_key()
    if isinstance(key_, ed25519.Ed25519PublicKey):
        octets = key_.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    else:
        octets = key_.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(octets).decode()


def record(kind: str = "rsa2048") -> str:
    return f"v=DKIM1; k={'ed25519' if kind == 'ed25519' else 'rsa'}; p={public(kind)}"


@dataclass(frozen=True)
class Signature:
    """What to sign, and how. `extra`: further tags, before `bh`. `tags`: tags to replace; None leaves one out.

    `fields`: the header fields that h= names. `folded`: written over several lines.
    """

    domain: str = "acme.example"
    selector: str = "s1"
    key: str = "rsa2048"
    algorithm: str = ""
    canonical: str = "relaxed/relaxed"
    fields: Sequence[str] = ("from", "to", "subject")
    length: int | None = None
    extra: str = ""
    tags: tuple[tuple[str, str | None], ...] = ()
    folded: bool = False
    name: str = "DKIM-Signature"
    broken: bool = False


def signed(mail: bytes, *signatures: Signature) -> bytes:
    """The mail with these signatures above it, the first one uppermost."""
    for signature in reversed(signatures or (Signature(),)):
        mail = _field(mail, signature) + mail
    return mail


def _field(mail: bytes, signature: Signature) -> bytes:
    head, _, body = mail.partition(b"\r\n\r\n") if not mail.startswith(b"\r\n") else (b"", b"", mail[2:])
    head_way, _, body_way = signature.canonical.partition("/")
    hashed = canonical_body(body, body_way or "simple")
    kind = signature.algorithm or ("ed25519-sha256" if signature.key == "ed25519" else "rsa-sha256")
    digest = hashlib.sha1 if kind.endswith("sha1") else hashlib.sha256
    tags: dict[str, str | None] = {"v": "1", "a": kind, "c": signature.canonical, "d": signature.domain}
    tags |= {"s": signature.selector, "h": ":".join(signature.fields)}
    if signature.length is not None:
        tags["l"] = str(signature.length)
        hashed = hashed[: signature.length]
    tags["bh"] = base64.b64encode(digest(hashed).digest()).decode()
    tags |= dict(signature.tags)
    separator = ";\r\n\t" if signature.folded else "; "
    value = separator.join([f"{tag}={value}" for tag, value in tags.items() if value is not None])
    value = f" {value}{separator}{signature.extra}b="
    data = b"".join(canonical_field(name, text, head_way) for name, text in _chosen(head, signature.fields))
    data += canonical_field(signature.name.encode(), value.encode(), head_way)[:-2]
    signed_ = base64.b64encode(_sign(signature.key, kind, data)).decode()
    if signature.broken:
        signed_ = ("A" if signed_[0] != "A" else "B") + signed_[1:]
    if signature.folded:
        signed_ = "\r\n\t ".join(signed_[start : start + 60] for start in range(0, len(signed_), 60))
    return f"{signature.name}:{value}{signed_}\r\n".encode()


def _sign(name: str, kind: str, data: bytes) -> bytes:
    private = key(name)
    if isinstance(private, ed25519.Ed25519PrivateKey):
        return private.sign(hashlib.sha256(data).digest())
    return private.sign(data, padding.PKCS1v15(), hashes.SHA1() if kind.endswith("sha1") else hashes.SHA256())


def _chosen(head: bytes, names: Sequence[str]) -> list[tuple[bytes, bytes]]:
    """The fields that h= names: each name takes the lowest one that is left (RFC 6376 section 5.4.2)."""
    fields = [tuple(line.split(b":", 1)) for line in re.split(rb"\r\n(?![ \t])", head) if b":" in line]
    chosen = []
    for name in names:
        for index in range(len(fields) - 1, -1, -1):
            if fields[index][0].strip().lower() == name.strip().lower().encode():
                chosen.append(fields.pop(index))
                break
    return chosen  # type: ignore[return-value]


def canonical_field(name: bytes, value: bytes, way: str) -> bytes:
    if way == "simple":
        return name + b":" + value + b"\r\n"
    unfolded = value.replace(b"\r\n", b"")
    return name.strip().lower() + b":" + re.sub(rb"[ \t]+", b" ", unfolded).strip(b" ") + b"\r\n"


def canonical_body(body: bytes, way: str) -> bytes:
    lines = body.split(b"\r\n")
    if lines[-1] == b"":
        lines.pop()
    if way == "relaxed":
        lines = [re.sub(rb"[ \t]+", b" ", line).rstrip(b" ") for line in lines]
    while lines and not lines[-1]:
        lines.pop()
    if not lines and way == "relaxed":
        return b""
    return b"\r\n".join([*lines, b""]) if lines else b"\r\n"
