"""Parses the arguments of MAIL and RCPT (RFC 5321 section 4.1.2) strictly.

Stricter than the grammar in one point: a quoted local part is accepted only if its content needs no quotes, because
no inbox address needs them.
"""

import re
from dataclasses import dataclass

from smtp_ingest.errors import BadSyntax

MAX_PATH_OCTETS = 256  # RFC 5321 section 4.5.3.1.3
_SOURCE_ROUTE = re.compile(r"@[^:<>@\s]+(?:,@[^:<>@\s]+)*:")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"@')
_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~]+))?")


@dataclass(frozen=True, slots=True)
class PathArgument:
    """`path`: without brackets, source route and quotes; "" for the null path. `parameters`: names in upper case."""

    path: str
    parameters: dict[str, str]


def parse_argument(keyword: str, argument: str) -> PathArgument:
    """`FROM:<path> [NAME=value ...]` for a keyword (`FROM` or `TO`). Raises BadSyntax."""
    head = argument[: len(keyword) + 1]
    if head.upper() != f"{keyword}:":
        raise BadSyntax(f"Syntax: {keyword}:<address>")
    # White space between colon and bracket is not in the grammar, but common.
    rest = argument[len(head) :].lstrip(" ")
    path, rest = _split_path(rest, keyword)
    return PathArgument(_bare(path), _parameters(rest))


def _split_path(text: str, keyword: str) -> tuple[str, str]:
    end = _closing_bracket(text)
    if not text.startswith("<") or end < 0:
        raise BadSyntax(f"Syntax: {keyword}:<address>")
    rest = text[end + 1 :]
    if rest and not rest.startswith(" "):
        raise BadSyntax("A space belongs between address and parameters")
    return text[1:end], rest.strip(" ")


def _closing_bracket(text: str) -> int:
    quoted = _QUOTED.search(text)
    return text.find(">", quoted.end() if quoted else 0)


def _bare(path: str) -> str:
    path = _SOURCE_ROUTE.sub("", path, count=1) if path.startswith("@") else path
    if len(path.encode()) > MAX_PATH_OCTETS:
        raise BadSyntax("Address too long")
    if quoted := _QUOTED.match(path):
        path = re.sub(r"\\(.)", r"\1", quoted[1]) + path[quoted.end() - 1 :]
        if '"' in path or path.startswith("@"):
            raise BadSyntax("No inbox has a name that needs quotes")
    if any(character in '<>()[],;:\\" ' or not character.isprintable() for character in path):
        raise BadSyntax("Malformed address")
    return path


def _parameters(text: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for word in text.split():
        found = _PARAMETER.fullmatch(word)
        if not found or found[1].upper() in parameters:
            raise BadSyntax("Malformed parameter")
        parameters[found[1].upper()] = found[2] or ""
    return parameters
