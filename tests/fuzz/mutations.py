"""Damages mails in the ways that senders, gateways and transports do: lines lost, fields swapped, parameters broken.

`mutate` is deterministic for a seed, so that a finding can be repeated.
"""

import random
import re
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]
_FIELD = re.compile(rb"(?im)^(content-[a-z-]+|mime-version)[ \t]*:.*(?:\r?\n[ \t].*)*\r?\n")
_PARAMETER = re.compile(rb"(?i)\b(boundary|charset|name|filename|format)(\*?=)(\"[^\"\r\n]*\"|[^;\s]*)")
_TOKENS = [
    b"text/plain",
    b"text/html",
    b"multipart/mixed",
    b"multipart/alternative",
    b"message/rfc822",
    b"text",
    b"",
    b"x/y",
]
_ENCODINGS = [
    b"base64",
    b"quoted-printable",
    b"7bit",
    b"8bit",
    b"binary",
    b"x-unknown",
    b"BASE64 ",
    b"uuencode",
    b'"base64"',
]
_CHARSETS = [
    b"utf-8",
    b"us-ascii",
    b"iso-8859-1",
    b"utf-16",
    b"shift_jis",
    b"gb2312",
    b"iso-2022-jp",
    b"utf-7",
    b"nonsense",
    b"",
]


def drop_line(octets: bytes, chance: random.Random) -> bytes:
    lines = octets.splitlines(keepends=True)
    del lines[_near_fields(lines, chance)]
    return b"".join(lines)


def double_line(octets: bytes, chance: random.Random) -> bytes:
    lines = octets.splitlines(keepends=True)
    at = _near_fields(lines, chance)
    lines.insert(at, lines[at])
    return b"".join(lines)


def swap_lines(octets: bytes, chance: random.Random) -> bytes:
    lines = octets.splitlines(keepends=True)
    one, other = _near_fields(lines, chance), _near_fields(lines, chance)
    lines[one], lines[other] = lines[other], lines[one]
    return b"".join(lines)


def insert_blank(octets: bytes, chance: random.Random) -> bytes:
    lines = octets.splitlines(keepends=True)
    lines.insert(_near_fields(lines, chance), chance.choice([b"\r\n", b"\n", b"\r", b" \r\n", b"\t\r\n"]))
    return b"".join(lines)


def drop_field(octets: bytes, chance: random.Random) -> bytes:
    return _one(_FIELD, octets, chance, lambda match: b"")


def empty_field(octets: bytes, chance: random.Random) -> bytes:
    return _one(_FIELD, octets, chance, lambda match: match.group(1) + b":\r\n")


def break_parameter(octets: bytes, chance: random.Random) -> bytes:
    def broken(match: "re.Match[bytes]") -> bytes:
        name, equals, value = match.groups()
        bare = value.strip(b'"')
        return chance.choice(
            [b"", name, name + equals, name + b" = " + value, name + equals + b'"' + bare, name + equals + bare + b'"',
             name + equals + bare[:-1], name + equals + b'"' + bare + b' "', name + equals + b"'" + bare + b"'",
             name.upper() + equals + value, name + b"*0=" + value, name + equals + bare + b" (c)", name + equals + bare + b","]
        )  # fmt: skip

    return _one(_PARAMETER, octets, chance, broken)


def change_token(octets: bytes, chance: random.Random) -> bytes:
    name, tokens = chance.choice(
        [(rb"content-type", _TOKENS), (rb"content-transfer-encoding", _ENCODINGS), (rb"charset=[\"]?", _CHARSETS)]
    )
    pattern = re.compile(rb"(?i)(" + name + (rb"" if b"=" in name else rb"[ \t]*:[ \t]*") + rb")([^;\s\"]*)")
    return _one(pattern, octets, chance, lambda match: match.group(1) + chance.choice(tokens))


def drop_semicolon(octets: bytes, chance: random.Random) -> bytes:
    return _one(re.compile(rb";"), octets, chance, lambda match: chance.choice([b"", b" ", b",", b";;", b" ; "]))


def truncate(octets: bytes, chance: random.Random) -> bytes:
    return octets[: chance.randrange(1, len(octets) + 1)]


def other_line_ends(octets: bytes, chance: random.Random) -> bytes:
    ends = [b"\n", b"\r", b"\r\r\n", b"\r\n\r\n", b"\n\r"]
    return octets.replace(b"\r\n", chance.choice(ends))


def mixed_line_ends(octets: bytes, chance: random.Random) -> bytes:
    pieces = octets.split(b"\r\n")
    return b"".join([piece + chance.choice([b"\r\n", b"\r\n", b"\n", b"\r\r\n"]) for piece in pieces])


def flip_octets(octets: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(octets)
    for _ in range(chance.randrange(1, 8)):
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
    return bytes(damaged)


def delete_run(octets: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(octets))
    return octets[:at] + octets[at + chance.randrange(1, 40) :]


def strange_start(octets: bytes, chance: random.Random) -> bytes:
    starts = [
        b"\xef\xbb\xbf",
        b"\r\n",
        b"\r\n\r\n",
        b"From a@b Sat Nov 21 10:00:00 2026\r\n",
        b">From x\r\n",
        b" ",
        b"\0",
        b"--\r\n",
    ]
    return chance.choice(starts) + octets


MUTATIONS: tuple[Mutation, ...] = (
    drop_line, drop_line, double_line, swap_lines, swap_lines, insert_blank, drop_field, empty_field, break_parameter,
    break_parameter, change_token, change_token, drop_semicolon, truncate, other_line_ends, mixed_line_ends, flip_octets,
    delete_run, strange_start,
)  # fmt: skip


def mutate(octets: bytes, seed: int) -> bytes:
    """One to three mutations of a mail; never empty."""
    chance = random.Random(seed)
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        octets = chance.choice(MUTATIONS)(octets, chance) or octets
    return octets


def _near_fields(lines: list[bytes], chance: random.Random) -> int:
    """The number of a line; twice as often one that the structure depends on."""
    structural = [n for n, line in enumerate(lines) if line[:2] == b"--" or b":" in line[:40] or not line.strip()]
    return chance.choice(structural) if structural and chance.random() < 2 / 3 else chance.randrange(len(lines))


def _one(
    pattern: "re.Pattern[bytes]", octets: bytes, chance: random.Random, change: Callable[["re.Match[bytes]"], bytes]
) -> bytes:
    matches = list(pattern.finditer(octets))
    if not matches:
        return octets
    match = chance.choice(matches)
    return octets[: match.start()] + change(match) + octets[match.end() :]
