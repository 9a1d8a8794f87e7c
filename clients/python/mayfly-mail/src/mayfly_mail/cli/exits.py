"""Exit codes of the command, and which failure has which.

Failure            ours: a text for a person, an exit code
MayflyError        of the SDK; `classify` sorts its subclasses
"""

from __future__ import annotations

import os
from enum import IntEnum

import mayfly_mail

NOT_FOUND_IN_TIME = ("WaitTimeout", "UnexpectedMessage", "LinkNotFound", "SignatureMismatch")
KEYS = ("MAYFLY_API_KEY", "MAYFLY_API_KEY_FILE")


class Exit(IntEnum):
    """What a script learns from `$?`."""

    OK = 0
    NOT_FOUND = 1
    """It did not come in time, or an expectation failed."""
    USAGE = 2
    """Wrong arguments, or no key where one is needed."""
    REFUSED = 3
    """The server (by HTTP or SMTP) said no."""
    UNREACHABLE = 4
    """The server cannot be reached, or is not able to answer."""
    BUG = 70
    """The command met something that it does not know."""
    INTERRUPTED = 130


class Failure(Exception):
    """A command cannot go on: the text says why and what to do; `code` is a word for programs."""

    def __init__(self, text: str, exit_code: Exit, *, code: str = "failed") -> None:
        super().__init__(text)
        self.exit_code = exit_code
        self.code = code


def key_source() -> str | None:
    """Return the variable that the API key comes from; None where there is no key."""
    return next((name for name in KEYS if os.environ.get(name)), None)


def classify(error: Exception) -> Exit | None:
    """Return the exit code of a failure that users are expected to meet; None for a bug of ours."""
    if isinstance(error, Failure):
        return error.exit_code
    if isinstance(error, mayfly_mail.MayflyError):
        return _of_api(error)
    if isinstance(error, ValueError):  # the SDK says so of arguments that it cannot use
        return Exit.USAGE
    if isinstance(error, OSError):
        return Exit.UNREACHABLE if isinstance(error, (ConnectionError, TimeoutError)) else Exit.USAGE
    return None


def _of_api(error: mayfly_mail.MayflyError) -> Exit:
    if isinstance(error, tuple(getattr(mayfly_mail, name) for name in NOT_FOUND_IN_TIME)):
        return Exit.NOT_FOUND
    if isinstance(error, mayfly_mail.Unavailable):
        return Exit.UNREACHABLE
    if isinstance(error, mayfly_mail.Unauthorized) and not key_source():
        return Exit.USAGE
    if not error.status:  # it was found before anything was sent
        return Exit.USAGE
    return Exit.UNREACHABLE if error.status >= 500 else Exit.REFUSED  # noqa: PLR2004 - HTTP's own class
