"""Mails with the SPF, DKIM and DMARC verdicts that the standards give them, and the DNS zone that they refer to.

`cases()` makes them with the keys of this process. `source`: the section of the standard, or the report of a user of a
near product (dkimpy, authheaders, pyspf, OpenDKIM, OpenDMARC, rspamd, mailauth, MimeKit, dkim_verifier) that it tries.
Read by services/parser/tests/component/test_verdict_corpus.py and bench/verdicts.py.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from ipaddress import ip_address

from message_parser.domain.authentication import VerdictRequest
from message_parser.domain.parse import parse
from tests.corpus.name_server import LOOP, REFUSED, SERVFAIL, Zone, texts
from tests.corpus.signing import Signature, public, record, signed

BODY = b"Your code is 482193.\r\n\r\nIt is valid  for 10 minutes. \r\n\r\n\r\n"
HEAD = b"From: Acme <no-reply@acme.example>\r\nTo: you@mayfly.test\r\nSubject: Your  code\r\n"
MAIL = HEAD + b"\r\n" + BODY
OLD_KEY = (
    "MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwE"
    "CAwEAAQ=="
)  # 512 bits
CHAIN = {(f"chain{n}.example", "TXT"): texts(f"v=spf1 include:chain{n + 1}.example ?all") for n in range(12)}
CHAIN["chain12.example", "TXT"] = texts("v=spf1 ?all")


@dataclass(frozen=True)
class Case:
    """`expected`: SPF, DKIM and DMARC. `sender`: the reverse-path. `peer`, `helo`: of the SMTP session."""

    name: str
    expected: tuple[str, str, str]
    octets: bytes
    source: str = ""
    sender: str = "bounce@sender.example"
    peer: str = "192.0.2.10"
    helo: str = "mx.sender.example"


def request_of(case: Case) -> VerdictRequest:
    """What the parser asks for when this mail comes in."""
    parsed = parse(case.octets)
    fields = sum(name.lower() == "from" for name, _ in parsed.headers)
    author = parsed.from_address if fields <= 1 else ""
    return VerdictRequest(
        octets=case.octets, peer_address=case.peer, helo=case.helo, reverse_path=case.sender, from_address=author
    )


def zone() -> Zone:
    """The DNS of the corpus."""
    key = record()
    small = f"v=DKIM1; k=rsa; p={OLD_KEY}"
    mx = [f"{n} mx{n}.many.example." for n in range(11)]
    return {
        ("sender.example", "TXT"): texts("v=spf1 ip4:192.0.2.0/24 -all"),
        ("s1._domainkey.acme.example", "TXT"): texts(key),
        ("_dmarc.acme.example", "TXT"): texts("v=DMARC1; p=reject"),
        **_keys(key, small),
        **_policies(key),
        **_senders(mx),
        **CHAIN,
    }


def _keys(key: str, small: str) -> Zone:
    p = public()
    records = {
        "rsa1024": record("rsa1024"), "ed": record("ed25519"), "other": record("rsa1024"), "revoked": "v=DKIM1; p=", "small": small,
        "bare": f"p={p}", "spaced": f" v = DKIM1 ;  k=rsa ; t=y;  p = {p[:40]} {p[40:]} ; ", "notes": f"v=DKIM1; n=a=b; x=unknown; p={p};",
        "sha1only": f"v=DKIM1; h=sha1; p={p}", "sha256": f"v=DKIM1; h=sha1:sha256; p={p}", "tls": f"v=DKIM1; s=tlsrpt; p={p}",
        "star": f"v=DKIM1; s=*; p={p}", "others": f"v=DKIM1; s=other:email; p={p}", "strict": f"v=DKIM1; t=y:s; p={p}",
        "v2": f"v=DKIM2; p={p}", "twice": f"v=DKIM1; p={p}; p={p}", "junk": "not a key at all", "kdsa": f"v=DKIM1; k=dsa; p={p}",
        "base64": "v=DKIM1; p=%%%%", "short": "v=DKIM1; p=" + p[:80], "late": f"k=rsa; v=DKIM1; p={p}",
    }  # fmt: skip
    found: dict[tuple[str, str], list[str] | str] = {
        (f"{name}._domainkey.acme.example", "TXT"): texts(text) for name, text in records.items()
    }
    found[("pair._domainkey.acme.example", "TXT")] = texts("google-site-verification=abc", key)
    found[("broken._domainkey.acme.example", "TXT")] = SERVFAIL
    found[("alias._domainkey.acme.example", "CNAME")] = ["s1._domainkey.esp.example."]
    found[("s1._domainkey.esp.example", "TXT")] = texts(key)
    found[("loop._domainkey.acme.example", "TXT")] = LOOP
    found[("cut._domainkey.acme.example", "TXT")] = texts(key + ";" + " " * 1800)
    found[("odd._domainkey.acme.example", "TXT")] = [
        '"v=DKIM1; p=" ' + " ".join(f'"{p[n : n + 7]}"' for n in range(0, len(p), 7))
    ]
    return found


def _policies(key: str) -> Zone:
    keyed = [
        "mail.acme.example", "strict.example", "spfstrict.example", "acme.co.uk", "news.acme.co.uk", "shop.unlisted", "a.shop.unlisted",
        "esp.example", "broken.example", "two.example", "three.example", "xn--bcher-kva.example", "one.github.io", "two.github.io", "acme.test", "co.uk",
        "nopolicy.example", "reports.example", "a.two.example", "refused.example", "ACME.example",
    ]  # fmt: skip
    found: dict[tuple[str, str], list[str] | str] = {
        (f"s1._domainkey.{domain.lower()}", "TXT"): texts(key) for domain in keyed
    }
    policies = {
        "strict.example": "v=DMARC1; p=reject; adkim=s; aspf=s", "spfstrict.example": "v=DMARC1; p=none; aspf=s",
        "acme.co.uk": "v=DMARC1; p=none; sp=reject", "shop.unlisted": "v=DMARC1; p=quarantine", "acme.test": "v=DMARC1; p=none",
        "xn--bcher-kva.example": "v=DMARC1; p=reject", "one.github.io": "v=DMARC1;p=reject", "three.example": "v=DMARC1; p=reject; ; pct=20;",
        "reports.example": "v=DMARC1; p=nonsense; rua=mailto:a@reports.example", "nopolicy.example": "v=DMARC1; rua=none",
        "blanks.example": "v = DMARC1 ; p = reject ; adkim = s", "later.example": "p=reject; v=DMARC1", "v10.example": "v=DMARC10; p=reject",
        "badsp.example": "v=DMARC1; p=reject; sp=nonsense", "upper.example": "V=DMARC1; P=REJECT", "colon.example": "v=DMARC1; p:none; p=reject",
    }  # fmt: skip
    found |= {(f"_dmarc.{domain}", "TXT"): texts(text) for domain, text in policies.items()}
    found[("_dmarc.two.example", "TXT")] = texts("v=DMARC1; p=reject", "v=DMARC1; p=none")
    found[("_dmarc.a.two.example", "TXT")] = texts("v=DMARC1; p=reject", "v=DMARC1; p=none")
    found[("_dmarc.more.example", "TXT")] = texts("v=spf1 -all", "v=DMARC1; p=reject")
    found[("_dmarc.split.example", "TXT")] = ['"v=DMARC1;" "p=rej" "ect; adkim" "=s;" "" ""']
    found[("_dmarc.broken.example", "TXT")] = SERVFAIL
    found[("_dmarc.refused.example", "TXT")] = REFUSED
    found[("_dmarc.alias.example", "CNAME")] = ["_dmarc.strict.example."]
    found[("_dmarc.loop.example", "TXT")] = LOOP
    for domain in ("split.example", "blanks.example", "sub.split.example", "sub.blanks.example"):
        found[(f"s1._domainkey.{domain}", "TXT")] = texts(key)
    return found


def _senders(mx: list[str]) -> Zone:
    records = {
        "soft.example": "v=spf1 ~all", "open.example": "v=spf1 ?all", "plus.example": "v=spf1 all", "upper.example": "V=SPF1 IP4:192.0.2.10 -ALL",
        "include.example": "v=spf1 include:sender.example -all", "includenone.example": "v=spf1 include:missing.example -all",
        "includefail.example": "v=spf1 include:never.example ip4:192.0.2.10 -all", "never.example": "v=spf1 -all",
        "redirect.example": "v=spf1 redirect=sender.example", "redirectnone.example": "v=spf1 redirect=missing.example",
        "redirectall.example": "v=spf1 -all redirect=sender.example", "mx.example": "v=spf1 mx -all", "a.example": "v=spf1 a -all",
        "acidr.example": "v=spf1 a:a.example/24 -all", "exists.example": "v=spf1 exists:%{i}._spf.%{d} -all", "many.example": "v=spf1 mx -all",
        "macro.example": "v=spf1 exists:%{l1r-}.%{d2}.u.example -all", "badmacro.example": "v=spf1 exists:%{z}.u.example -all",
        "typo.example": "v=spf1 ipv4:192.0.2.10 -all", "badcidr.example": "v=spf1 ip4:192.0.2.10/33 -all", "modifier.example": "v=spf1 moo=1 ip4:192.0.2.10 -all",
        "loop.example": "v=spf1 include:loop.example -all", "ring1.example": "v=spf1 include:ring2.example -all", "ring2.example": "v=spf1 include:ring1.example -all",
        "void.example": "v=spf1 a:n1.example a:n2.example a:n3.example ip4:192.0.2.10 -all", "voids2.example": "v=spf1 a:n1.example a:n2.example ip4:192.0.2.10 -all",
        "v6.example": "v=spf1 ip6:2001:db8::/32 -all", "mx6.example": "v=spf1 mx ip6:2001:db8::/32 -all", "ptr.example": "v=spf1 ptr:mx.sender.example -all",
        "acme.example": "v=spf1 ip4:192.0.2.10 -all", "bounce.acme.example": "v=spf1 ip4:192.0.2.10 -all", "spfstrict.example": "v=spf1 ip4:192.0.2.10 -all",
        "b.spfstrict.example": "v=spf1 ip4:192.0.2.10 -all", "helo.acme.example": "v=spf1 ip4:192.0.2.10 -all", "exp.example": "v=spf1 exp=gone.example -all",
        "incerr.example": "v=spf1 include:servfail.example -all", "comma.example": "v=spf1 ip4:192.0.2.10, -all", "alldomain.example": "v=spf1 all:x.example",
        "parallel.example": "v=spf1 include:alias1.example include:never.example ip4:192.0.2.10 -all", "long.example": "v=spf1 " + "ip4:198.51.100.1 " * 30 + "ip4:192.0.2.10 -all",
        "huge.example": "v=spf1 " + "ip4:198.51.100.1 " * 3000 + "-all", "prefix.example": "v=spf10 +all", "aplus.example": "v=spf1 +a:localhost.localdomain ip4:192.0.2.10 -all",
        "control.example": "v=spf1 ip4:192.0.2.10\x08 -all", "xn--bcher-kva.example": "v=spf1 ip4:192.0.2.10 -all",
    }  # fmt: skip
    found: dict[tuple[str, str], list[str] | str] = {(name, "TXT"): texts(text) for name, text in records.items()}
    nibbles = ip_address("2001:db8::1").reverse_pointer.removesuffix(".ip6.arpa")
    found |= {
        ("all4.example", "TXT"): texts("v=spf1 ip4:0.0.0.0/0 -all"),
        ("half.example", "TXT"): texts("v=spf1 ip4:192.0.2.128/25 ip4:192.0.2.10/32 -all"),
        ("otherhalf.example", "TXT"): texts("v=spf1 ip4:192.0.2.128/25 -all"),
        ("all6.example", "TXT"): texts("v=spf1 ip6:::/0 -all"),
        ("some6.example", "TXT"): texts("v=spf1 ip6:2001:db8:8000::/33 -all"),
        ("a6.example", "TXT"): texts("v=spf1 a//64 -all"),
        ("a6.example", "AAAA"): ["2001:db8::ffff"],
        ("exists6.example", "TXT"): texts("v=spf1 exists:%{ir}.ip.%{d} -all"),
        (f"{nibbles}.ip.exists6.example", "A"): ["127.0.0.2"],
        ("two-spf.example", "TXT"): texts("v=spf1 ip4:192.0.2.10 -all", "v=spf1 -all"),
        ("mixed.example", "TXT"): texts("google-site-verification=x", "v=spf1 ip4:192.0.2.10 -all", b"\xff\xfe"),
        ("nonascii.example", "TXT"): texts(b"v=spf1 ip4:192.0.2.10 \xc3\xa9 -all"),
        ("split.example", "TXT"): ['"v=spf1 ip4:192.0." "2.10 -all"'],
        ("servfail.example", "TXT"): SERVFAIL,
        ("cnameloop.example", "TXT"): LOOP,
        ("alias1.example", "CNAME"): ["never.example."],
        ("a.example", "A"): ["192.0.2.10"],
        ("mx.example", "MX"): ["10 mx.sender.example."],
        ("mx.sender.example", "A"): ["192.0.2.10"],
        ("mx6.example", "MX"): [f"{n} mx{n}.many.example." for n in range(4)],
        ("many.example", "MX"): mx,
        ("192.0.2.10._spf.exists.example", "A"): ["127.0.0.2"],
        ("bounce.macro.example.u.example", "A"): ["127.0.0.2"],
        ("10.2.0.192.in-addr.arpa", "PTR"): ["mx.sender.example."],
        ("localhost.localdomain", "A"): ["192.0.2.10"],
    }
    found |= {(f"mx{n}.many.example", "A"): ["192.0.2.10"] for n in range(11)}
    return found


def cases() -> list[Case]:
    """All cases. Signatures with a time are relative to the present one."""
    return [*_canonical(), *_signatures(), *_key_records(), *_headers(), *_dmarc(), *_dmarc_records(), *_spf()]


PASS, FAIL, NONE, PERM, TEMP = "pass", "fail", "none", "permerror", "temperror"


def _mail(domain: str, body: bytes = BODY) -> bytes:
    return MAIL.replace(b"acme.example", domain.encode()).replace(BODY, body)


def _dkim(name: str, verdict: str, octets: bytes, source: str = "", dmarc: str = "") -> Case:
    return Case(name, (PASS, verdict, dmarc or (PASS if verdict == PASS else FAIL)), octets, source)


def _canonical() -> Iterator[Case]:
    for head in ("relaxed", "simple"):
        for body in ("relaxed", "simple"):
            for kind, selector in (("rsa2048", "s1"), ("rsa1024", "rsa1024"), ("ed25519", "ed")):
                way = Signature(canonical=f"{head}/{body}", key=kind, selector=selector)
                yield _dkim(f"{kind} {head}/{body}", PASS, signed(MAIL, way), "RFC 6376 section 3.4, RFC 8463")
                yield _dkim(f"{kind} {head}/{body}, broken body", FAIL, signed(MAIL, way).replace(b"482193", b"482194"))
    bodies = {
        "empty body": b"", "body of blank lines": b"\r\n\r\n\r\n", "body of blanks": b" \t \r\n  \r\n", "no CRLF at the end": b"Hello\r\nyou",
        "last line of blanks": b"Hello!\r\n  \r\n\r\n", "blanks at the end without CRLF": b"Hello!\r\n \t", "tabs": b"a\t\tb \tc\r\n\td\r\n",
        "lone CR": b"a\rb\r\n\r\r\n\r\n", "dots and NUL": b".\r\n..\r\n\x00\r\n", "8 bit": "grüße\r\n".encode(), "long run": b"x" + b" " * 20_000 + b"y\r\n",
    }  # fmt: skip
    sources = "MimeKit #172, #187; KumoMTA #575; swiftmailer #877; rspamd #5590; internet-identity #3977"
    for name, body in bodies.items():
        for way in ("relaxed", "simple"):
            if name == "blanks at the end without CRLF" and way == "simple":
                continue
            octets = signed(HEAD + b"\r\n" + body, Signature(canonical=f"relaxed/{way}"))
            yield _dkim(f"{name}, {way}", PASS, octets, sources)
    reflowed = (
        signed(MAIL).replace(b"Subject: Your  code", b"Subject:\tYour\r\n code").replace(b"valid  for", b"valid\tfor")
    )
    yield _dkim("relaxed survives other blanks", PASS, reflowed, "RFC 6376 section 3.4.2")
    yield _dkim(
        "simple does not", FAIL, signed(MAIL, Signature(canonical="simple/simple")).replace(b"Your  code", b"Your code")
    )
    yield _dkim("c= with one word", PASS, signed(MAIL, Signature(canonical="relaxed")), "RFC 6376 section 3.5, c=")
    yield _dkim("c= missing", PASS, signed(MAIL, Signature(canonical="simple/simple", tags=(("c", None),))))
    yield _dkim("c= unknown", PERM, signed(MAIL, Signature(tags=(("c", "loose/relaxed"),))))
    yield _dkim("bare LF", PASS, signed(MAIL).replace(b"\r\n", b"\n"), "dkimpy reads it so")


def _signatures() -> Iterator[Case]:
    now = int(time.time())
    day = 86_400
    one = Signature()
    tagged = {
        "expired": (FAIL, one.extra + f"t={now - 9 * day}; x={now - 2 * day}; "), "not expired": (PASS, f"t={now}; x={now + day}; "),
        "x before t": (PERM, f"t={now}; x={now - 60}; "), "in the future": (FAIL, f"t={now + 2 * day}; "), "i= of a subdomain": (PASS, "i=a@news.acme.example; "),
        "i= elsewhere": (PERM, "i=@evil.example; "), "i= with a longer name": (PERM, "i=@notacme.example; "), "q= dns/txt": (PASS, "q=dns/txt; "),
        "q= unknown": (PERM, "q=http; "), "q= one of two": (PASS, "q=http:dns/txt; "), "unknown tag": (PASS, "zz=what; "), "tag twice": (PERM, "s=s1; "),
        "x= no number": (PERM, "x=tomorrow; "), "no = in a tag": (PERM, "what; "), "l= no number": (PERM, "l=many; "), "t= too long": (PERM, "t=" + "9" * 80 + "; "),
    }  # fmt: skip
    for name, (verdict, extra) in tagged.items():
        yield _dkim(name, verdict, signed(MAIL, replace(one, extra=extra)), "RFC 6376 sections 3.5 and 6.1.1")
    wrong = {
        "v=2": ("v", "2"), "v= missing": ("v", None), "d= missing": ("d", None), "s= missing": ("s", None), "bh= missing": ("bh", None),
        "h= empty": ("h", ""), "h= missing": ("h", None), "bh= no base64": ("bh", "%%%"), "a= unknown": ("a", "rsa-md5"), "a= of another key": ("a", "ed25519-sha256"),
        "d= empty": ("d", ""), "d= with brackets": ("d", "<acme.example>"),
    }  # fmt: skip
    for name, tag in wrong.items():
        yield _dkim(name, PERM, signed(MAIL, replace(one, tags=(tag,))), "RFC 6376 section 6.1.1")
    yield _dkim(
        "a= in capitals",
        PASS,
        signed(MAIL, replace(one, tags=(("a", "RSA-SHA256"),))),
        "RFC 6376 section 3.5: literals of ABNF",
    )
    yield _dkim("d= in capitals", PASS, signed(MAIL, replace(one, domain="ACME.Example")))
    yield _dkim(
        "rsa-sha1", PERM, signed(MAIL, replace(one, algorithm="rsa-sha1")), "RFC 8301 section 3.1; MimeKit, DKIM.Net #4"
    )
    yield _dkim("folded", PASS, signed(MAIL, replace(one, folded=True)), "RFC 6376 section 3.2")
    yield _dkim("folded, simple", PASS, signed(MAIL, replace(one, folded=True, canonical="simple/simple")))
    yield _dkim(
        "b= inside another tag",
        PASS,
        signed(MAIL, replace(one, extra="z=From: b=abc|To: b=x; ")),
        "RFC 6376 section 3.7",
    )
    yield _dkim("broken b=", FAIL, signed(MAIL, replace(one, broken=True)))
    yield _dkim("field name in capitals", PASS, signed(MAIL, replace(one, name="DKIM-SIGNATURE")))
    yield _dkim(
        "From not signed",
        PERM,
        signed(MAIL, replace(one, fields=("to", "subject"))),
        "RFC 6376 section 6.1.1; MimeKit #167",
    )
    yield _dkim(
        "From signed twice",
        PASS,
        signed(MAIL, replace(one, fields=("from", "From", "subject", "subject"))),
        "aboutmyemail #26",
    )
    yield _dkim(
        "fields that are missing", PASS, signed(MAIL, replace(one, fields=("from", "cc", "cc", "date", "subject")))
    )
    yield _dkim(
        "a signed field is added",
        FAIL,
        b"Subject: x\r\n" + signed(MAIL, replace(one, fields=("from", "subject", "subject"))),
    )
    yield _dkim(
        "blanks in h=",
        PASS,
        signed(MAIL, replace(one, fields=("from ", " To", "\tsubject"))),
        "RFC 6376 section 3.5, h=",
    )
    yield _dkim("other fields are added", PASS, b"Received: from a by b\r\n" + signed(MAIL))
    yield _dkim(
        "thousand names in h=",
        PASS,
        signed(MAIL, replace(one, fields=("from", *(f"x-{n}" for n in range(1000)), "to"))),
    )
    body = len(b"Your code is 482193.\r\n")
    yield _dkim(
        "l= of a part", PASS, signed(MAIL, replace(one, length=body)) + b"A footer\r\n", "RFC 6376 section 3.5, l="
    )
    yield _dkim("l=0", PASS, signed(MAIL, replace(one, length=0)))
    yield _dkim("l= within a broken part", FAIL, signed(MAIL, replace(one, length=body)).replace(b"482193", b"482194"))
    yield _dkim(
        "l= beyond the body", PERM, signed(MAIL, replace(one, length=100_000)), "RFC 6376 section 3.5, l=; rspamd #4975"
    )
    other, broken = replace(one, domain="esp.example"), replace(one, broken=True)
    yield _dkim("two signatures", PASS, signed(MAIL, other, one), "dkim_verifier #48, #124, #527")
    yield _dkim("first broken", PASS, signed(MAIL, broken, replace(one, canonical="simple/simple")))
    yield _dkim("second broken", PASS, signed(MAIL, one, broken))
    yield _dkim(
        "RSA and Ed25519", PASS, signed(MAIL, replace(one, key="ed25519", selector="ed"), one), "RFC 8463 section 4"
    )
    yield _dkim("four with one body", PASS, signed(MAIL, broken, broken, replace(one, canonical="simple/relaxed"), one))
    yield _dkim("of another domain", PASS, signed(MAIL, other), "RFC 7489 section 3.1.1", dmarc=FAIL)
    yield _dkim("no signature", NONE, MAIL)
    yield _dkim("a thousand signatures", PERM, b"DKIM-Signature: v=1; a=rsa-sha256\r\n" * 1000 + MAIL, "", PERM)


def _key_records() -> Iterator[Case]:
    one = Signature()
    verdicts = {
        "none": PERM, "revoked": PERM, "small": PERM, "bare": PASS, "spaced": PASS, "notes": PASS, "sha1only": PERM, "sha256": PASS, "tls": PERM,
        "star": PASS, "others": PASS, "strict": PASS, "v2": PERM, "twice": PERM, "junk": PERM, "kdsa": PERM, "base64": PERM, "short": PERM, "late": PERM,
        "pair": PASS, "broken": TEMP, "alias": PASS, "loop": TEMP, "cut": PASS, "odd": PASS, "other": FAIL,
    }  # fmt: skip
    sources = "RFC 6376 section 3.6.1; dkim_verifier #134, #195; mailcow #2787; rspamd #5957; OpenDKIM #156; forwardemail #316"
    for selector, verdict in verdicts.items():
        dmarc = TEMP if verdict == TEMP else ""
        yield _dkim(f"key record: {selector}", verdict, signed(MAIL, replace(one, selector=selector)), sources, dmarc)
    strict = replace(one, selector="strict", extra="i=@news.acme.example; ")
    yield _dkim("key with t=s and i= of a subdomain", PERM, signed(MAIL, strict), "RFC 6376 section 3.6.1, t=s")
    yield _dkim("key of the other kind", PERM, signed(MAIL, replace(one, selector="ed")), "RFC 6376 section 3.6.1, k=")


def _headers() -> Iterator[Case]:
    one = signed(MAIL)
    yield _dkim(
        "second From above",
        FAIL,
        b"From: Boss <boss@acme.example>\r\n" + one,
        "OpenDKIM #157; dkim_verifier #102",
        PERM,
    )
    yield _dkim(
        "second From below", FAIL, one.replace(b"To: you", b"From: Boss <boss@acme.example>\r\nTo: you"), "", PERM
    )
    yield _dkim(
        "From with a blank before the colon",
        FAIL,
        b"From : Boss <boss@acme.example>\r\n" + one,
        "RFC 5322 section 4.5.2",
        PERM,
    )
    yield _dkim("a line without a colon", PERM, b"no field\r\n" + one, "", "")
    yield _dkim("the same, not signed", NONE, b"no field\r\n" + MAIL)
    yield _dkim("mbox line", PASS, b"From someone Sat Jan  1 00:00:00 2000\r\n" + one)
    yield _dkim("From with umlauts", PASS, signed(MAIL.replace(b"Acme <", "Ächme <".encode())), "dkim_verifier #389")
    yield _dkim("From in capitals", PASS, signed(MAIL.replace(b"@acme", b"@ACME")))
    yield _dkim("two authors", PASS, signed(MAIL.replace(b"From: Acme <", b"From: boss@acme.example, Acme <")))
    yield _dkim("no From", PERM, signed(MAIL.replace(b"From: ", b"X-From: "), Signature(fields=("to",))), "", PERM)
    yield _dkim("continued at once", PERM, b" continued\r\n" + one, "", "")
    yield _dkim("signature in the body", NONE, MAIL + one)


def _dmarc() -> Iterator[Case]:
    def case(name: str, verdict: str, author: str, signer: str, source: str = "") -> Case:
        return Case(name, (PASS, PASS, verdict), signed(_mail(author), Signature(domain=signer)), source)

    rfc = "RFC 7489 sections 3.1 and 3.2"
    yield case("signed by a subdomain, relaxed", PASS, "acme.example", "mail.acme.example", rfc)
    yield case(
        "author in a subdomain, relaxed", PASS, "mail.acme.example", "acme.example", "OpenDMARC #54; mailauth #74"
    )
    yield case("signed by a subdomain, strict", FAIL, "strict.example", "mail.acme.example", rfc)
    yield case("strict and equal", PASS, "strict.example", "strict.example", rfc)
    yield case("author in a subdomain, strict", FAIL, "sub.strict.example", "strict.example", rfc)
    yield case("co.uk: sp=, relaxed", PASS, "news.acme.co.uk", "acme.co.uk", "ScubaGear #89; canada-ca/tracker #6678")
    yield case("co.uk: another organization", NONE, "other.co.uk", "acme.co.uk", rfc)
    yield case("signed by a public suffix", FAIL, "acme.co.uk", "co.uk", "publicsuffix/list #2716")
    yield case("unlisted suffix", PASS, "shop.unlisted", "shop.unlisted", "RFC 7489 section 3.2")
    yield case(
        "unlisted suffix, author in a subdomain",
        PASS,
        "a.shop.unlisted",
        "shop.unlisted",
        "RFC 7489 section 3.2: the list's rule is *",
    )
    yield case("reserved suffix, author in a subdomain", PASS, "mail.acme.test", "acme.test", "the same")
    yield case("private suffix: another customer", FAIL, "one.github.io", "two.github.io", "RFC 7489 section 3.2")
    yield case("IDN, author in A-labels", PASS, "xn--bcher-kva.example", "xn--bcher-kva.example", "RFC 8616")
    yield case(
        "IDN, author in U-labels",
        PASS,
        "bücher.example",
        "xn--bcher-kva.example",
        "RFC 7489 section 3.1: compare A-labels; RFC 8616",
    )
    yield case("capitals", PASS, "AcMe.Example", "acme.example")
    spf = "RFC 7489 section 3.1.2"
    yield Case("aligned SPF", (PASS, NONE, PASS), MAIL, spf, sender="b@acme.example")
    yield Case("aligned SPF of a subdomain", (PASS, NONE, PASS), MAIL, spf, sender="b@bounce.acme.example")
    yield Case("aligned SPF of HELO", (PASS, NONE, PASS), MAIL, spf, sender="", helo="helo.acme.example")
    yield Case(
        "aspf=s and a subdomain", (PASS, NONE, FAIL), _mail("spfstrict.example"), spf, sender="a@b.spfstrict.example"
    )
    yield Case("aspf=s and equal", (PASS, NONE, PASS), _mail("spfstrict.example"), spf, sender="a@spfstrict.example")
    yield Case(
        "reverse-path in U-labels",
        (PASS, NONE, PASS),
        _mail("xn--bcher-kva.example"),
        "RFC 8616 section 4",
        sender="a@bücher.example",
    )
    yield Case(
        "aligned SPF without an answer", (TEMP, NONE, NONE), _mail("servfail.example"), "", sender="a@servfail.example"
    )
    yield Case("by the API", (NONE, PASS, PASS), signed(MAIL), peer="", helo="", sender="")


def _dmarc_records() -> Iterator[Case]:
    def case(name: str, verdict: str, author: str, source: str = "", signer: str = "") -> Case:
        signature = Signature(domain=signer) if signer else Signature(domain="esp.example")
        return Case(name, (PASS, PASS, verdict), signed(_mail(author), signature), source)

    rfc = "RFC 7489 section 6.6.3"
    yield case("no record", NONE, "esp.example", rfc, "esp.example")
    yield case("two records", NONE, "two.example", f"{rfc}, step 5; trustymail #49; ScubaGear #1882")
    yield case("two records in a subdomain", NONE, "a.two.example", f"{rfc}, step 5")
    yield case("other records beside", FAIL, "more.example", rfc)
    yield case("empty tags", FAIL, "three.example", "RFC 7489 section 6.3; authentication-headers #26")
    yield case("split strings", FAIL, "split.example", "RFC 7489 section 6.1; trustymail #69", "sub.split.example")
    yield case(
        "blanks around =",
        FAIL,
        "blanks.example",
        "RFC 7489 section 6.4; Internet.nl #1114; rspamd #5139",
        "sub.blanks.example",
    )
    yield case("v= is not first", NONE, "later.example", "RFC 7489 section 6.3")
    yield case("v=DMARC10", NONE, "v10.example", "RFC 7489 section 6.3")
    yield case("p= invalid, with rua=", FAIL, "reports.example", f"{rfc}, step 6: as p=none")
    yield case("no p= and no rua=", NONE, "nopolicy.example", f"{rfc}, step 6")
    yield case("sp= invalid, no rua=", NONE, "badsp.example", f"{rfc}, step 6")
    yield case("a colon instead of =", FAIL, "colon.example", "mail-dmarc #39: what is no tag is ignored")
    yield case("SERVFAIL", TEMP, "broken.example", f"{rfc}; checkdmarc #195")
    yield case("REFUSED", TEMP, "refused.example")
    yield case("an alias", FAIL, "alias.example")
    yield case("a loop of aliases", TEMP, "loop.example")


def _spf() -> Iterator[Case]:
    def case(name: str, verdict: str, sender: str, source: str = "", peer: str = "192.0.2.10") -> Case:
        address = sender if "@" in sender or not sender else f"bounce@{sender}"
        return Case(f"SPF: {name}", (verdict, NONE, NONE), _mail("nobody.example"), source, sender=address, peer=peer)

    simple = {
        "soft.example": "softfail", "open.example": "neutral", "plus.example": PASS, "upper.example": PASS, "include.example": PASS,
        "includenone.example": PERM, "includefail.example": PASS, "redirect.example": PASS, "redirectnone.example": PERM, "redirectall.example": FAIL,
        "mx.example": PASS, "a.example": PASS, "acidr.example": PASS, "exists.example": PASS, "many.example": PERM, "macro.example": PASS,
        "badmacro.example": PERM, "typo.example": PERM, "badcidr.example": PERM, "modifier.example": PASS, "loop.example": PERM, "ring1.example": PERM,
        "void.example": PERM, "voids2.example": PASS, "two-spf.example": PERM, "mixed.example": PASS, "nonascii.example": PERM, "split.example": PASS,
        "servfail.example": TEMP, "cnameloop.example": TEMP, "missing.example": NONE, "ptr.example": PASS, "exp.example": FAIL, "chain0.example": PERM,
        "chain1.example": PERM, "incerr.example": TEMP, "comma.example": PERM, "alldomain.example": PERM, "parallel.example": PASS,
        "long.example": PASS, "prefix.example": NONE, "aplus.example": PASS, "control.example": PERM,
    }  # fmt: skip
    sources = "RFC 7208 sections 4 to 7; pyspf #10, #15, #31; rspamd #978, #3177; hardenize #19; checkdmarc #18"
    for domain, verdict in simple.items():
        yield case(domain, verdict, domain, sources)
    yield case("chain of 10 includes", "neutral", "chain2.example", "RFC 7208 section 4.6.4")
    yield case("IPv6", PASS, "v6.example", "", "2001:db8::1")
    yield case("IPv6 against ip4", FAIL, "sender.example", "", "2001:db8::1")
    yield case("IPv4 in IPv6", PASS, "sender.example", "", "::ffff:192.0.2.10")
    yield case(
        "IPv6 and MX hosts without AAAA",
        PASS,
        "mx6.example",
        "RFC 7208 section 4.6.4; pyspf #40, #44; mailauth #104",
        "2001:db8::1",
    )
    yield case("IPv6 in exists", PASS, "exists6.example", "RFC 7208 section 7.3; rspamd #3625", "2001:db8::1")
    yield case("IPv6 and a//64", PASS, "a6.example", "RFC 7208 section 5.3", "2001:db8::1")
    yield case("IPv6 outside the prefix", FAIL, "some6.example", "", "2001:db8::1")
    yield case("IPv6, all of it", PASS, "all6.example", "", "2001:db8::1")
    yield case("IPv4, all of it", PASS, "all4.example")
    yield case("IPv4 of the other half", FAIL, "otherhalf.example")
    yield case("IPv4 alone beside the other half", PASS, "half.example")
    yield case("by HELO", NONE, "")
    yield case("of another address", FAIL, "sender.example", "", "198.51.100.7")
    yield case("loopback", FAIL, "sender.example", "", "127.0.0.1")
