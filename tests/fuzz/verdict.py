"""Judges what our parser made of a damaged mail, by what two other parsers find in it."""

from collections.abc import Iterator
from pathlib import Path

import msgspec

from message_parser.domain.header_section import read_header_section
from message_parser.domain.parsed import Parsed
from tests.corpus.corpus import read_corpus
from tests.fuzz.other_parsers import by_fast_mail_parser, by_stdlib, words

_REPORTS = Path(__file__).parents[1] / "reports" / "mails"


def named_mails() -> Iterator[tuple[str, bytes]]:
    """The mails of the corpus and of the bug reports, with their names."""
    for mail in read_corpus():
        yield mail.id, mail.octets()
    for path in sorted(_REPORTS.glob("*.eml")):
        yield path.name, path.read_bytes()


def known_mails() -> list[bytes]:
    return [octets for _, octets in named_mails()]


def fault(octets: bytes, parsed: Parsed) -> str:
    """What is wrong with the result, "" if nothing is."""
    try:
        msgspec.msgpack.encode(parsed)
    except UnicodeEncodeError:
        return "cannot be stored"
    if parsed.parse_status == "failed":
        return f"failed: {parsed.parse_reason}"
    seen = parsed.text + parsed.html
    if seen.strip():
        return ""
    for found in (by_stdlib(octets), by_fast_mail_parser(octets)):
        if found is not None and found.words() - _header_words(octets):
            return "empty with a warning" if parsed.warnings else "empty without a warning"
    return ""


def _header_words(octets: bytes) -> set[str]:
    """What stands in the header: other parsers take a part of a damaged header for the body."""
    return words(octets[: read_header_section(octets).body_start].decode("latin-1"))
