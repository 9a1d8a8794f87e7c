"""`python -m message_parser.explain [MAIL]`: shows how the one-time code and the links of one mail are judged.

Prints the code, each candidate with its probability and evidence, and each link with its kind. Needs no running Mayfly.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from mayfly.records.message import Link, OtpCandidate
from message_parser.domain.parse import parse


def explain(octets: bytes) -> str:
    """What the parser finds in a raw mail, and why, as lines for a terminal."""
    parsed = parse(octets)
    sections = [
        [f"code: {parsed.otp or 'none'}"],
        [f"warning: {_printable(warning)}" for warning in parsed.warnings],
        [line for candidate in parsed.otp_candidates for line in _of_candidate(candidate)],
        [_of_link(link) for link in parsed.links],
    ]
    return "\n\n".join("\n".join(lines) for lines in sections if lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        prog="python -m message_parser.explain",
        description="Show which one-time code and links are found in a mail, and why: each candidate with its"
        " probability and the features that count for (+) and against (-) it, each link with its kind.",
        epilog="A code is the answer if it is the most probable one with at least 50 %. The features are explained in"
        " docs/extraction.md.",
    )
    parser.add_argument(
        "mail", nargs="?", default="-", help="file with the raw mail (.eml); standard input if absent or -"
    )
    path = parser.parse_args(arguments).mail
    try:
        octets = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        parser.error(f"{path}: {error.strerror}")
    sys.stdout.write(explain(octets))


def _of_candidate(found: OtpCandidate) -> Iterator[str]:
    start, end = found.span
    written = _printable(found.display)
    display = f', written "{written}"' if written not in {"", found.code} else ""
    yield f"candidate: {found.code}  {found.confidence:.1%}  ({found.source}, characters {start} to {end}{display})"
    for feature, weight in found.evidence:
        yield f"  {weight:+6.2f}  {feature}"


def _of_link(link: Link) -> str:
    text = f'  "{_printable(link.text)}"' if link.text else ""
    return f"link: {link.kind:<11}  {_printable(link.url)}{text}"


def _printable(text: str) -> str:
    """The text of a stranger's mail without characters that control a terminal."""
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


if __name__ == "__main__":
    main()
