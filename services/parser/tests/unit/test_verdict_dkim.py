"""DKIM by our own verifier: canonical forms, and hostile signatures and bodies."""

import base64
import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from message_parser.workers import verdict_dkim
from message_parser.workers.resolver import Resolver
from message_parser.workers.verdict_dkim import Mail, Unusable, canonical_body, check, tag_list
from message_parser.workers.verdict_dns import Answer, LookupFailed
from tests.corpus import signing
from tests.corpus.signing import Signature, signed

pytestmark = pytest.mark.unit
MAIL = b"From: Acme <no-reply@acme.example>\r\nTo: you@mayfly.test\r\nSubject: Hello\r\n\r\nYour code is 482193\r\n"
NOW = 1_700_000_000.0


class Keys:
    """A DNS with one key."""

    def __init__(self, record: str = "") -> None:
        self.record = (record or signing.record()).encode()
        self.asked = 0

    def ask(self, name, kind, seconds):
        self.asked += 1
        if name.startswith("gone."):
            raise LookupFailed
        return Answer([self.record], 300.0)


def judge(octets: bytes, keys: Keys | None = None) -> tuple[str, list[tuple[str, str]]]:
    resolver = Resolver(keys or Keys())
    resolver.begin()
    return check(octets, resolver, NOW)[:2]


@given(st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"\r", b"\r\n\r\n", b"  "]), max_size=30).map(b"".join))
def test_bodies_are_canonical_as_the_standard_words_it(body):
    for way in ("simple", "relaxed"):
        assert signing.canonical_body(body, way) == canonical_body(body, way.encode())


@pytest.mark.parametrize(("way", "digest"), [("simple", "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY="), ("relaxed", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")])  # fmt: skip
def test_the_hash_of_an_empty_body_is_that_of_the_standard(way, digest):
    assert digest == base64.b64encode(hashlib.sha256(canonical_body(b"", way.encode())).digest()).decode()


def test_the_example_of_the_standard_is_canonical_as_it_shows():
    head, body = [(b"A", b" X"), (b"B ", b" Y\t\r\n\tZ  ")], b" C \r\nD \t E\r\n\r\n\r\n"
    assert b"a:X\r\nb:Y Z\r\n" == b"".join(verdict_dkim.canonical(*field, b"relaxed") for field in head)
    assert b" C\r\nD E\r\n" == canonical_body(body, b"relaxed")
    assert b" C \r\nD \t E\r\n" == canonical_body(body, b"simple")


@pytest.mark.parametrize("run", [b" ", b"\t", b"\r", b"\r\n", b" \t", b"\r\r\n", b"\n"])
def test_long_runs_of_blanks_and_line_ends_take_linear_time(run):
    body = b"x" + run * (1_000_000 // len(run)) + b"y" + run * (1_000_000 // len(run))
    for way in ("simple", "relaxed"):
        octets = signed(MAIL, Signature(canonical=f"relaxed/{way}", length=0)) + body
        assert "pass" == judge(octets)[0]


def test_one_body_is_hashed_once_for_all_signatures_that_share_its_form():
    way = Signature(canonical="relaxed/simple")
    mail = Mail(signed(MAIL, way, way, Signature(canonical="relaxed/simple", length=10), way))
    for value in mail.values(b"dkim-signature"):
        verdict_dkim.Signature(value).verify(mail, signing.key("rsa2048").public_key())
    assert ([b"simple"], 2) == (list(mail._bodies), len(mail._hashes))


def test_of_thousands_of_signatures_four_are_judged():
    keys = Keys()
    octets = signed(MAIL, Signature(broken=True)).split(b"\r\nFrom:")[0] + b"\r\n"
    verdict, signers = judge(octets * 5_000 + MAIL, keys)
    assert ("fail", 4, 1) == (verdict, len(signers), keys.asked)


def test_a_hundred_thousand_names_in_one_signature_are_read_in_linear_time():
    names = ":".join(["from"] * 50_000 + [f"x{n}" for n in range(50_000)])
    octets = signed(MAIL).replace(b"h=from:to:subject", b"h=" + names.encode())
    assert "fail" == judge(octets)[0]


@pytest.mark.parametrize("length", ["-1", "1e3", "+5", " ", "9" * 77, "0x10", "٣"])
def test_a_length_that_is_no_number_makes_the_signature_unusable(length):
    assert "permerror" == judge(signed(MAIL).replace(b"bh=", f"l={length}; bh=".encode()))[0]


def test_a_key_that_does_not_come_is_a_temporary_error():
    assert ("temperror", [("acme.example", "temperror")]) == judge(signed(MAIL, Signature(selector="gone")))


@pytest.mark.parametrize("bits", [16_384, 8_193, 1_023])
def test_keys_of_other_sizes_are_not_used(bits):
    modulus = (1 << (bits - 1)) + 12_345
    der = der_of(modulus)
    assert "permerror" == judge(signed(MAIL), Keys(f"v=DKIM1; p={base64.b64encode(der).decode()}"))[0]


def der_of(modulus: int) -> bytes:
    def element(tag: int, content: bytes) -> bytes:
        length = len(content)
        size = bytes([length]) if length < 128 else bytes([0x82, length >> 8, length & 255])
        return bytes([tag]) + size + content

    numbers = element(2, b"\0" + modulus.to_bytes(-(-modulus.bit_length() // 8), "big")) + element(2, b"\x01\x00\x01")
    return element(0x30, numbers)


@pytest.mark.parametrize("text", [b"a", b"=b", b"a=b;;c=d", b"1a=b", b"a=b; a=c", b"a b=c", b"\xff=a", b";"])
def test_what_is_no_list_of_tags_is_refused(text):
    with pytest.raises(Unusable):
        tag_list(text)


@given(st.binary(max_size=300))
def test_no_signature_and_no_key_record_breaks_the_verifier(noise):
    for octets in (b"DKIM-Signature: " + noise + b"\r\n" + MAIL, noise + b"\r\n" + signed(MAIL), noise):
        assert judge(octets)[0] in {"pass", "fail", "permerror", "none"}
    record = signing.record().encode()
    resolver = Resolver(Keys())
    resolver._asker.record = record[: len(noise)] + noise + record[len(noise) :]
    resolver.begin()
    assert check(signed(MAIL), resolver, NOW)[0] in {"pass", "fail", "permerror"}


def test_the_fields_of_a_mail_are_read_with_their_folds():
    mail = Mail(b"A: 1\r\n 2\r\nB : 3\r\nA:4\r\n\r\nbody")
    assert ([b" 1\r\n 2", b"4"], [b" 3"]) == (mail.values(b"a"), mail.values(b"b"))
    assert b"a:4\r\na:1 2\r\n" == mail.signed([b"a", b"a", b"a"], b"relaxed")
    assert re.match(rb"B : 3", mail.signed([b"b"], b"simple"))
