"""Everything that the client raises of its own.

MayflyError             code · status · request_id
├── BadRequest          the request is malformed: the text begins with the field at fault
├── Unauthorized        credentials are missing or wrong
├── Forbidden           valid credentials that do not allow this
├── NotFound            it does not exist, or belongs to somebody else
├── Conflict            in use, or in a state that does not allow this
├── Gone                it existed and has ended; or a cursor that is too old
├── RateLimited         too many calls: retry_after
│   └── QuotaExceeded   the plan allows no more
├── Unavailable         no answer, or 5xx, for longer than the client tries
├── WaitTimeout         (TimeoutError) no matching mail came: cursor · near_misses · criteria · waited
├── UnexpectedMessage   (AssertionError) a mail came where none was expected: message · cursor
├── LinkNotFound        (LookupError) not exactly one link matches: links
└── SignatureMismatch   (ValueError) a webhook that Mayfly did not sign
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from mayfly_mail.operation import Response

if TYPE_CHECKING:
    from mayfly_mail.message import Link, Message

E = TypeVar("E", bound="MayflyError")

_LONGEST_TEXT = 500


class MayflyError(Exception):
    """Mayfly refused a call, or did not answer. `code` is for programs, the text for people."""

    code: str = "error"

    def __init__(
        self, text: str, *, code: str | None = None, status: int | None = None, request_id: str | None = None
    ) -> None:
        super().__init__(text)
        self.code = code or self.code
        self.status = status
        self.request_id = request_id

    def __reduce__(self) -> tuple[Any, ...]:
        """Let errors pass between processes, as concurrent.futures and pytest-xdist pass them."""
        return _restored, (type(self), self.args, self.__dict__)


class BadRequest(MayflyError):
    """The request is malformed. The text begins with the name of the field at fault."""

    code = "bad_request"


class Unauthorized(MayflyError):
    """Credentials are missing, wrong or revoked."""

    code = "unauthorized"


class Forbidden(MayflyError):
    """The credentials are valid but do not allow this."""

    code = "forbidden"


class NotFound(MayflyError):
    """It does not exist, or belongs to somebody else."""

    code = "not_found"


class Conflict(MayflyError):
    """A name is in use, or the object is in a state that does not allow this."""

    code = "conflict"


class Gone(MayflyError):
    """It existed and has ended, such as an inbox that expired during a wait; or a cursor is too old to go on from."""

    code = "gone"


class RateLimited(MayflyError):
    """Too many calls. `retry_after`: the seconds after which Mayfly takes the next one, if it said so."""

    code = "rate_limit_exceeded"
    retry_after: float | None = None


class QuotaExceeded(RateLimited):
    """The plan allows no more of this."""

    code = "quota_exceeded"


class Unavailable(MayflyError):
    """Mayfly did not answer, or with 5xx, for as long as the client tries. A call may have been carried out."""

    code = "service_unavailable"


class NearMiss:
    """A mail that came and did not match: `failed` names the criteria that it failed."""

    __slots__ = ("failed", "id", "subject")

    def __init__(self, id: str, subject: str, failed: Sequence[str]) -> None:  # noqa: A002 - the API's name
        self.id = id
        self.subject = subject
        self.failed = tuple(failed)

    def __str__(self) -> str:
        return f"came: {quoted(self.subject)} (failed: {', '.join(map(escaped, self.failed))})"

    def __repr__(self) -> str:
        return f"NearMiss(id={self.id!r}, subject={self.subject!r}, failed={list(self.failed)!r})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, NearMiss):
            return NotImplemented
        return (self.id, self.subject, self.failed) == (other.id, other.subject, other.failed)

    def __hash__(self) -> int:
        return hash(self.id)


class WaitTimeout(MayflyError, TimeoutError):
    """No matching mail came in time. Its text lists the mails that came instead, and which criterion each failed.

    `cursor`: where a next wait goes on. `criteria`: what was waited for. `waited`: seconds. `found`: of several mails
    that were waited for, those that came.
    """

    code = "wait_timeout"
    cursor: int | None = None
    near_misses: list[NearMiss]
    found: list[Message]
    criteria: Mapping[str, object]
    waited: float = 0.0

    @classmethod
    def of(
        cls,
        address: str,
        criteria: Mapping[str, object],
        *,
        cursor: int | None,
        near_misses: Sequence[NearMiss],
        waited: float,
        found: Sequence[Message] = (),
    ) -> WaitTimeout:
        """Make the error, with its text, from what the wait knows."""
        wanted = ", ".join(f"{name}={_shown(value)}" for name, value in criteria.items()) or "any mail"
        came = [*(f"came: {quoted(message.subject)} (matches)" for message in found), *map(str, near_misses)]
        lines = [f"waited {waited:g} s for {wanted} at {address}", *(came or ["no mail came"])]
        error = cls("\n  ".join(lines), status=408)
        error.cursor, error.criteria, error.waited = cursor, dict(criteria), waited
        error.near_misses, error.found = list(near_misses), list(found)
        return error


class UnexpectedMessage(MayflyError, AssertionError):
    """A matching mail came where none was expected. `message` is that mail, `cursor` its place."""

    code = "unexpected_message"
    message: Message
    cursor: int | None = None

    @classmethod
    def of(cls, address: str, message: Message, cursor: int | None) -> UnexpectedMessage:
        """Make the error, with its text, from the mail that came."""
        sender = escaped(message.from_)
        error = cls(f"a mail came to {address}: {quoted(message.subject)} from {sender}", status=409)
        error.message, error.cursor = message, cursor
        return error


class LinkNotFound(MayflyError, LookupError):
    """Not exactly one link of a message matches. The text lists all of its links, and so does `links`."""

    code = "link_not_found"
    links: list[Link]

    @classmethod
    def of(cls, wanted: str, matching: int, links: Sequence[Link]) -> LinkNotFound:
        """Make the error, with its text, from the links there are."""
        first = f"{matching} links match {wanted}" if matching else f"no link matches {wanted}"
        lines = [f"{quoted(link.text)} ({link.kind}): {escaped(link)}" for link in links] or [
            "the message has no links"
        ]
        error = cls("\n  ".join([first, *lines]))
        error.links = list(links)
        return error


class SignatureMismatch(MayflyError, ValueError):
    """The request is not a webhook that Mayfly signed with this secret, or it is too old."""

    code = "signature_mismatch"


def error_of(response: Response) -> MayflyError:
    """Return the error that an answer which is no success stands for."""
    body = _json(response)
    code, text = body.get("error"), body.get("message")
    kind = _CLASSES.get(code) if isinstance(code, str) else None
    if kind is None:
        kind = _BY_STATUS.get(response.status, Unavailable if response.status >= _SERVER else BadRequest)
        code = code if isinstance(code, str) else None
    if _REDIRECTION <= response.status < _REFUSAL:
        return _redirected(response)
    words = escaped(text)[:_LONGEST_TEXT] if isinstance(text, str) else _strange(response.status)
    error = kind(words, code=code, status=response.status, request_id=response.headers.get("x-request-id"))
    if isinstance(error, RateLimited):
        error.retry_after = retry_after(response)
    return error


def _strange(status: int) -> str:
    doubt = ", and not as Mayfly does: is this the address of its API?" if status < _SERVER else ""
    return f"the server answered {status}{doubt}"


def _redirected(response: Response) -> MayflyError:
    """A redirection is not followed: the API key would go with it."""
    from urllib.parse import urlsplit

    try:
        to = urlsplit(response.headers.get("location", ""))
    except ValueError:
        to = urlsplit("")
    where = f" to {escaped(to.scheme)}://{escaped(to.netloc.rpartition('@')[2])}" if to.netloc else ""
    text = f"the server redirects{where}, which is not followed: pass the URL where Mayfly itself answers"
    return BadRequest(text, code="redirected", status=response.status)


def retry_after(response: Response) -> float | None:
    """Return the seconds of Retry-After; None without one, or with a date."""
    text = response.headers.get("retry-after", "")
    return float(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 - no overflow


def quoted(text: str) -> str:
    """Return a text of a mail in quotes, on one line."""
    return f"'{escaped(text)}'"


def escaped(text: str) -> str:
    """Return somebody else's text with everything escaped that could change its line or the terminal."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def _shown(value: object) -> str:
    return quoted(value) if isinstance(value, str) else escaped(str(value))


def _json(response: Response) -> Mapping[str, Any]:
    try:
        body = json.loads(response.body)
    except (ValueError, RecursionError):
        return {}
    return body if isinstance(body, dict) else {}


def _restored(kind: type[E], args: tuple[Any, ...], state: dict[str, Any]) -> E:
    error = kind(*args)
    error.__dict__.update(state)
    return error


_REDIRECTION, _REFUSAL, _SERVER = 300, 400, 500
_BY_STATUS: dict[int, type[MayflyError]] = {
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    408: Unavailable,
    409: Conflict,
    410: Gone,
    429: RateLimited,
}
_CLASSES: dict[str, type[MayflyError]] = {
    "reserved": Conflict,
    **{
        kind.code: kind
        for kind in (
            BadRequest,
            Unauthorized,
            Forbidden,
            NotFound,
            Conflict,
            Gone,
            RateLimited,
            QuotaExceeded,
            Unavailable,
        )
    },
}
