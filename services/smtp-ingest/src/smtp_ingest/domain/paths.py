"""Parses the arguments of MAIL and RCPT (RFC 5321 section 4.1.2).

More lenient than the grammar in one point: the brackets around a path may be missing, as other servers accept it from
old clients and devices.
"""

import re
from dataclasses import dataclass

from smtp_ingest.errors import BadSyntax

MAX_PATH_OCTETS = 256  # RFC 5321 section 4.5.3.1.3
_ROUTE = r"(?:@[^:<>@\s]+(?:,@[^:<>@\s]+)*:)?"
_QUOTED = r'"(?P<quoted>(?:[^"\\]|\\.)*)"'
_PLAIN = r'[^<>()\[\],;:\\"\s]'
_LITERAL = r"\[[^\[\]\\<>\s]+\]"
_MAILBOX = rf"(?:{_QUOTED}(?=@))?(?P<rest>{_PLAIN}*(?:(?<=@){_LITERAL})?)"
_PATH = re.compile(rf"(?P<bracket><)?{_ROUTE}{_MAILBOX}(?(bracket)>)(?= |$)")
_NEEDS_NO_QUOTES = re.compile(rf"(?!\.)(?:(?!\.\.|\.$|@){_PLAIN})+")
_ESCAPED = re.compile(r"\\(.)")
_TO_ESCAPE = re.compile(r'["\\]')
_PARAMETER = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)(?:=([!-<>-~]+))?")


@dataclass(frozen=True, slots=True)
class PathArgument:
    """`path`: without brackets and source route, quoted only if it has to be; "" for the null path.

    `parameters`: names in upper case.
    """

    path: str
    parameters: dict[str, str]


def parse_argument(keyword: str, argument: str) -> PathArgument:
    """`FROM:<path> [NAME=value ...]` for a keyword (`FROM` or `TO`). Raises BadSyntax."""
    head = argument[: len(keyword) + 1]
    # White space between colon and bracket is not in the grammar, but common.
    text = argument[len(head) :].lstrip(" ")
    found = _PATH.match(text)
    if head.upper() != f"{keyword}:" or found is None or not found[0] or not text.isprintable():
        raise BadSyntax(f"Syntax: {keyword}:<address>")
    return PathArgument(_canonical(found["quoted"], found["rest"]), _parameters(text[found.end() :]))


def is_quoted(path: str) -> bool:
    """Whether the local part of a parsed path needs its quotes. No inbox has such a name."""
    return path.startswith('"')


def unquoted(path: str) -> str:
    """A parsed path with the content of its local part in place of the quoted string."""
    if not is_quoted(path):
        return path
    local, _, domain = path.rpartition("@")
    return _ESCAPED.sub(r"\1", local[1:-1]) + f"@{domain}"


def _canonical(quoted: str | None, rest: str) -> str:
    """The shortest way to write the path: with and without quotes it is the same mailbox (RFC 5321 section 4.1.2).

    `quoted`: content of a quoted local part; `rest` is then `@` and the domain, else the whole path.
    """
    path = rest
    if quoted is not None:
        if rest.count("@") != 1 or rest == "@":
            raise BadSyntax("Malformed address")
        content = _ESCAPED.sub(r"\1", quoted)
        if not _NEEDS_NO_QUOTES.fullmatch(content):
            content = '"' + _TO_ESCAPE.sub(r"\\\g<0>", content) + '"'
        path = content + rest
    if len(path.encode()) > MAX_PATH_OCTETS:
        raise BadSyntax("Address too long")
    return path


def _parameters(text: str) -> dict[str, str]:
    parameters: dict[str, str] = {}
    for word in text.split():
        found = _PARAMETER.fullmatch(word)
        if not found or found[1].upper() in parameters:
            raise BadSyntax("Malformed parameter")
        parameters[found[1].upper()] = found[2] or ""
    return parameters
