"""DKIM (RFC 6376, RFC 8301, RFC 8463) of one mail, in one pass. Called by `verdicts` (ADR 0018).

Header fields are read once, each canonical form of the body is made once, and hashed once for each length. Keys stay
loaded over mails. Nothing takes more than linear time.
"""

import base64
import binascii
import hashlib
import re
from functools import lru_cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from message_parser.workers.resolver import Resolver
from message_parser.workers.verdict_dns import LookupFailed, ascii_name

_MAX_SIGNATURES = 4
_KEY_BITS = range(1024, 8193)  # RFC 8301 section 3.2; above, the cost of one signature is that of a mail
_CLOCK_SECONDS = 36_000  # by how much a signer's clock may be wrong, as in OpenDKIM's and dkimpy's defaults
_BLANKS = b" \t\r\n"
_FIELD = re.compile(rb"([!-9;-~]+)[ \t]*:")  # RFC 5322 section 4.5.8: blanks before the colon are obsolete, not wrong
_TAG = re.compile(rb"[A-Za-z][A-Za-z0-9_]*")
_RUN = re.compile(rb"[ \t]+")
_ALGORITHMS = {b"rsa-sha256": b"rsa", b"ed25519-sha256": b"ed25519"}
_WAYS = (b"simple", b"relaxed")
_REQUIRED = (b"v", b"a", b"b", b"bh", b"d", b"h", b"s")
_DIGITS = re.compile(rb"[0-9]{1,76}")


class Unusable(Exception):
    """The mail, the signature or its key is not as the standards have it: `permerror`."""


class Mismatch(Exception):
    """The signature is not, or no longer, that of this mail: `fail`."""


class Mail:
    """Header fields and body, as signers canonicalize them. Raises Unusable for a line that is no field."""

    def __init__(self, octets: bytes) -> None:
        if octets.count(b"\n") != octets.count(b"\r\n"):
            octets = octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        if octets.startswith(b"\r\n"):
            head, self._body = b"", octets[2:]
        else:
            head, _, self._body = octets.partition(b"\r\n\r\n")
        self.fields: list[tuple[bytes, bytes]] = []
        self._places: dict[bytes, list[int]] = {}
        self._bodies: dict[bytes, bytes] = {}
        self._hashes: dict[tuple[bytes, int | None], bytes] = {}
        self._read(head)

    def _read(self, head: bytes) -> None:
        lines = head.removesuffix(b"\r\n").split(b"\r\n") if head else []
        if lines and lines[0].startswith(b"From ") and not _FIELD.match(lines[0]):
            del lines[0]  # of a mailbox file
        start = 0
        for end in range(1, len(lines) + 1):
            if end == len(lines) or lines[end][:1] not in (b" ", b"\t"):
                self._add(b"\r\n".join(lines[start:end]))
                start = end

    def _add(self, field: bytes) -> None:
        found = _FIELD.match(field)
        if not found:
            raise Unusable("a line of the header section is no field")
        self._places.setdefault(found[1].lower(), []).append(len(self.fields))
        self.fields.append((field[: found.end() - 1], field[found.end() :]))

    def values(self, name: bytes) -> list[bytes]:
        """The values of all fields of this name (in lower case), from top to bottom."""
        return [self.fields[place][1] for place in self._places.get(name, ())]

    def signed(self, names: list[bytes], way: bytes) -> bytes:
        """The canonical fields that h= names: the lowest of each name first (RFC 6376 section 5.4.2)."""
        left = {name: list(self._places.get(name, ())) for name in set(names)}
        return b"".join([canonical(*self.fields[left[name].pop()], way) for name in names if left[name]])

    def hash(self, way: bytes, length: int | None) -> bytes:
        """SHA-256 of the canonical body, or of its first `length` octets. Raises Unusable if it has fewer."""
        if (way, length) not in self._hashes:
            if way not in self._bodies:
                self._bodies[way] = canonical_body(self._body, way)
            body = memoryview(self._bodies[way])
            if length is not None and length > len(body):
                raise Unusable("l= is larger than the body")
            self._hashes[way, length] = hashlib.sha256(body if length is None else body[:length]).digest()
        return self._hashes[way, length]


def canonical(name: bytes, value: bytes, way: bytes) -> bytes:
    """One header field (RFC 6376 sections 3.4.1 and 3.4.2)."""
    if way == b"simple":
        return name + b":" + value + b"\r\n"
    return name.rstrip(b" \t").lower() + b":" + _RUN.sub(b" ", value.replace(b"\r\n", b"")).strip(b" ") + b"\r\n"


def canonical_body(body: bytes, way: bytes) -> bytes:
    """RFC 6376 sections 3.4.3 and 3.4.4, by searches for fixed octets only: no run of blanks makes it slow."""
    if not body.endswith(b"\r\n"):
        body += b"\r\n"
    if way == b"relaxed":
        body = body.replace(b"\t", b" ")
        while b"  " in body:
            body = body.replace(b"  ", b" ")
        body = body.replace(b" \r\n", b"\r\n")
    end = _end_of_text(body)
    if end:
        # Most bodies end in one line end, so nothing is copied.
        return body if len(body) == end + 2 else body[: end + 2]
    return b"\r\n" if way == b"simple" else b""


def _end_of_text(body: bytes) -> int:
    """Where the line ends begin that the body ends in; 0: there is nothing before them."""
    text = len(body.rstrip(b"\r\n"))
    # A CR that no LF follows is no line end, so only what comes after the last one is.
    return text + body[text:].rfind(b"\r\r") + 1


def check(octets: bytes, resolver: Resolver, now: float) -> tuple[str, list[tuple[str, str]], list[bytes]]:
    """The best verdict over the first signatures, each one's domain and verdict, and the values of the From fields.

    `now`: seconds since 1970.
    """
    try:
        mail = Mail(octets)
    except Unusable:
        return "permerror", [], []
    signers = [_judge(mail, value, resolver, now) for value in mail.values(b"dkim-signature")[:_MAX_SIGNATURES]]
    verdicts = {verdict for _, verdict in signers}
    best = next((verdict for verdict in ("pass", "fail", "temperror", "permerror") if verdict in verdicts), "none")
    return best, signers, mail.values(b"from")


def _judge(mail: Mail, value: bytes, resolver: Resolver, now: float) -> tuple[str, str]:
    domain = ""
    try:
        signature = Signature(value)
        domain = signature.domain
        signature.check_times(now)
        signature.verify(mail, signature.key(resolver))
    except Unusable:
        return domain, "permerror"
    except Mismatch:
        return domain, "fail"
    except LookupFailed:
        return domain, "temperror"
    return domain, "pass"


class Signature:
    """One DKIM-Signature field (RFC 6376 sections 3.5 and 6.1.1). Raises Unusable."""

    def __init__(self, value: bytes) -> None:
        self._value = value
        tags = self._tags = tag_list(value)
        if missing := [tag for tag in _REQUIRED if not tags.get(tag)]:
            raise Unusable(f"missing {missing[0]!r}")
        if tags[b"v"] != b"1":
            raise Unusable("another version")
        self.kind = _ALGORITHMS.get(tags[b"a"].lower(), b"")
        if not self.kind:
            raise Unusable("unknown or historic algorithm")
        self.domain = ascii_name(tags[b"d"].decode(errors="replace"))
        if not self.domain or re.search(r"[\s<>()\[\]:;@\\,]", self.domain):
            raise Unusable("d= is no domain")
        self._head_way, self._body_way = _ways(tags.get(b"c", b"simple/simple").lower())
        self._names = [name.strip(_BLANKS).lower() for name in tags[b"h"].split(b":")]
        if b"from" not in self._names:
            raise Unusable("From is not signed")
        self._identity = ascii_name(tags.get(b"i", b"@" + tags[b"d"]).rpartition(b"@")[2].decode(errors="replace"))
        if self._identity != self.domain and not self._identity.endswith(f".{self.domain}"):
            raise Unusable("i= is not of d=")
        self._length = _number(tags, b"l")
        if b"dns/txt" not in [method.strip(_BLANKS) for method in tags.get(b"q", b"dns/txt").split(b":")]:
            raise Unusable("no known way to the key")
        self._octets, self._hash = _base64(tags[b"b"]), _base64(tags[b"bh"])

    def check_times(self, now: float) -> None:
        """Raises Mismatch for a signature from the future or past its expiration."""
        made, expires = _number(self._tags, b"t"), _number(self._tags, b"x")
        if made is not None and expires is not None and expires < made:
            raise Unusable("x= is before t=")
        if (made or 0) > now + _CLOCK_SECONDS or (expires is not None and expires < now - _CLOCK_SECONDS):
            raise Mismatch("not valid at this time")

    def key(self, resolver: Resolver) -> RSAPublicKey | Ed25519PublicKey:
        """The key from DNS (RFC 6376 section 6.1.2). Raises Unusable, LookupFailed."""
        selector = self._tags[b"s"].decode(errors="replace")
        records = resolver.lookup(f"{selector}._domainkey.{self.domain}", "TXT")
        # A name with several TXT records is undefined; the first one that looks like a key counts.
        record = next((record for record in records if b"p=" in re.sub(rb"\s", b"", record)), None)
        if record is None:
            raise Unusable("no key")
        tags = tag_list(record)
        if b"v" in tags and (tags[b"v"] != b"DKIM1" or next(iter(tags)) != b"v"):
            raise Unusable("v= of the key")
        if tags.get(b"k", b"rsa") != self.kind or not _lists(tags, b"h", b"sha256"):
            raise Unusable("a key of another kind")
        if not _lists(tags, b"s", b"email", b"*"):
            raise Unusable("a key for another service")
        if b"s" in tags.get(b"t", b"").split(b":") and self._identity != self.domain:
            raise Unusable("a key that forbids subdomains in i=")
        return _load(self.kind, _base64(tags.get(b"p", b"")))

    def verify(self, mail: Mail, key: RSAPublicKey | Ed25519PublicKey) -> None:
        """RFC 6376 section 6.1.3. Raises Mismatch, Unusable."""
        if mail.hash(self._body_way, self._length) != self._hash:
            raise Mismatch("body hash")
        # One From more than signed, if there is one: a reader sees the first (RFC 6376 section 8.15).
        data = mail.signed([*self._names, b"from"], self._head_way)
        data += canonical(*_own_field(mail, self._value), self._head_way).removesuffix(b"\r\n")
        try:
            if isinstance(key, RSAPublicKey):
                key.verify(self._octets, data, PKCS1v15(), SHA256())
            else:
                key.verify(self._octets, hashlib.sha256(data).digest())
        except (InvalidSignature, ValueError) as error:
            raise Mismatch("signature") from error


def _own_field(mail: Mail, value: bytes) -> tuple[bytes, bytes]:
    """The signature's own field, without the value of b= (RFC 6376 section 3.7)."""
    name = next(name for name, other in mail.fields if other is value)
    specs = value.split(b";")
    return name, b";".join([spec[: spec.index(b"=") + 1] if _name_of(spec) == b"b" else spec for spec in specs])


def _name_of(spec: bytes) -> bytes:
    return spec.partition(b"=")[0].strip(_BLANKS)


def tag_list(text: bytes) -> dict[bytes, bytes]:
    """RFC 6376 section 3.2. Raises Unusable for what is no tag, and for a tag that comes twice."""
    tags: dict[bytes, bytes] = {}
    specs = text.split(b";")
    if not specs[-1].strip(_BLANKS):
        specs.pop()
    for spec in specs:
        name, equals, value = spec.partition(b"=")
        name = name.strip(_BLANKS)
        if not equals or not _TAG.fullmatch(name) or name in tags:
            raise Unusable("not a list of tags")
        tags[name] = value.strip(_BLANKS)
    return tags


def _ways(text: bytes) -> tuple[bytes, bytes]:
    head, _, body = text.partition(b"/")
    if head not in _WAYS or (body or b"simple") not in _WAYS:
        raise Unusable("unknown canonicalization")
    return head, body or b"simple"


def _number(tags: dict[bytes, bytes], tag: bytes) -> int | None:
    if tag not in tags:
        return None
    if not _DIGITS.fullmatch(tags[tag]):
        raise Unusable("not a number")
    return int(tags[tag])


def _lists(tags: dict[bytes, bytes], tag: bytes, *wanted: bytes) -> bool:
    """Whether the list of a key record has one of these; a tag that is missing allows all."""
    return tag not in tags or any(entry.strip(_BLANKS) in wanted for entry in tags[tag].split(b":"))


def _base64(text: bytes) -> bytes:
    try:
        return base64.b64decode(text.translate(None, _BLANKS), validate=True)
    except binascii.Error as error:
        raise Unusable("not base64") from error


@lru_cache(maxsize=256)
def _load(kind: bytes, octets: bytes) -> RSAPublicKey | Ed25519PublicKey:
    """A public key; none for `p=` without a value, which revokes it. Raises Unusable."""
    try:
        if kind == b"ed25519":
            return Ed25519PublicKey.from_public_bytes(octets)
        key = load_der_public_key(octets)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise Unusable("not a key") from error
    if not isinstance(key, RSAPublicKey) or key.key_size not in _KEY_BITS:
        raise Unusable("a key of another kind or size")
    return key
