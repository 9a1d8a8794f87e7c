"""Which Mayfly the tests use: the fixtures `mayfly_server` and `mayfly_smtp` return these values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pathlib import Path


class SmtpAddress(NamedTuple):
    """Host and port where an application sends its mail: `host, port = mayfly_smtp`."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"


@dataclass(frozen=True)
class Server:
    """A Mayfly: one that runs anyway, or the embedded one of this test run.

    `smtp` is None where it is not known before the server is asked; `mayfly_smtp` asks.
    """

    url: str
    smtp: SmtpAddress | None = None
    key_file: Path | None = None
    """The file with the API key; None: MAYFLY_API_KEY or MAYFLY_API_KEY_FILE."""

    @property
    def is_embedded(self) -> bool:
        return self.key_file is not None
