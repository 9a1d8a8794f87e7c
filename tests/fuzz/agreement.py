"""Compares bodies and attachments with what two other parsers find in undamaged and reported mails.

    python -m tests.fuzz.agreement

Prints every mail on which one of them differs: in the words of the bodies (ASCII), or in the octets of the attachments.
"""

from collections import Counter

from message_parser.domain.parse import parse
from message_parser.domain.parsed import Parsed
from tests.fuzz.other_parsers import Found, by_fast_mail_parser, by_stdlib, words
from tests.fuzz.verdict import named_mails


def differences(parsed: Parsed, found: Found) -> list[str]:
    """Kinds of difference, none when both agree."""
    kinds = []
    ours = words(_ascii(parsed.text + "\n" + parsed.html))
    theirs = words(_ascii("\n".join(found.texts)))
    if theirs - ours:
        kinds.append("words only they show")
    if ours - theirs:
        kinds.append("words only we show")
    if Counter(map(_digest, parsed.attachment_octets)) != Counter(map(_digest, found.attachments)):
        kinds.append(f"attachments: {len(parsed.attachment_octets)} here, {len(found.attachments)} there")
    return kinds


def _ascii(text: str) -> str:
    return "".join([character if character.isascii() else " " for character in text])


def _digest(octets: bytes) -> bytes:
    """Attachments compared without regard to line ends."""
    return b"".join(octets.split())


def main() -> None:
    totals: Counter[str] = Counter()
    for name, octets in named_mails():
        parsed = parse(octets)
        for parser, found in (("email", by_stdlib(octets)), ("fast-mail-parser", by_fast_mail_parser(octets))):
            if found is None:
                totals[f"{parser}: rejected"] += 1
                continue
            kinds = differences(parsed, found)
            totals[f"{parser}: {'differs' if kinds else 'agrees'}"] += 1
            if kinds:
                print(f"{name}: {parser}: {'; '.join(kinds)}")
    print(dict(totals))


if __name__ == "__main__":
    main()
