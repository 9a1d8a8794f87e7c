"""What `search` asks a search process and what that answers; both sides of the pipe import it."""

from enum import StrEnum

from msgspec import Struct


class Kind(StrEnum):
    """How a pattern is read. Substrings match in any case."""

    REGEX = "regex"
    SUBSTRING = "substring"
    ADDRESS = "address"


class Question(Struct, frozen=True, array_like=True):
    """Is `pattern` found in any of the texts? Texts are UTF-8."""

    kind: Kind
    pattern: str
    texts: list[bytes]


class Answer(Struct, frozen=True, array_like=True):
    """`fault`: why the pattern cannot be used; "" if it can. `seconds`: processor time that the search took."""

    found: bool
    seconds: float
    fault: str = ""


def fold(kind: Kind, text: str) -> str:
    """The text in the form in which substrings are compared."""
    # A `+` that a client did not percent-encode arrives as a blank, which addresses do not contain.
    return text.casefold().replace("+", " ") if kind is Kind.ADDRESS else text.casefold()
