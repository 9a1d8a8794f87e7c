"""The settings of a run: command line, ini file, environment. Wrong values stop the run with a usage error.

The key comes from the environment alone, and never through here: the SDK reads MAYFLY_API_KEY or MAYFLY_API_KEY_FILE.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from pytest_mayfly.server import SmtpAddress

if TYPE_CHECKING:
    from collections.abc import Mapping

INI = {
    "mayfly_url": (
        "MAYFLY_URL",
        "URL of the Mayfly to test with (default: MAYFLY_URL; without either, an embedded one is started).",
    ),
    "mayfly_smtp": ("MAYFLY_SMTP", "host:port where applications send mail, if it is not what Mayfly says of itself."),
    "mayfly_python": (
        "MAYFLY_PYTHON",
        "A Python that has mayfly-local, which the embedded Mayfly runs with (default: the tests' own).",
    ),
    "mayfly_timeout": ("MAYFLY_TIMEOUT", "How long a wait lasts, and a server may be away, in seconds (default: 30)."),
    "mayfly_ttl": ("MAYFLY_TTL", "How long inboxes and spaces of tests live at most, in seconds (default: 3600)."),
    "mayfly_webhook_host": (
        "MAYFLY_WEBHOOK_HOST",
        "Name at which Mayfly reaches this machine, for mayfly_webhook (default: 127.0.0.1).",
    ),
}
"""Names in the ini file, each with its variable of the environment and what it is for."""


@dataclass(frozen=True)
class Settings:
    url: str | None = None
    smtp: SmtpAddress | None = None
    python: str | None = None
    timeout: float = 30.0
    ttl: int = 3600
    webhook_host: str = "127.0.0.1"
    keep: bool = False
    """Whether inboxes of tests that passed are kept as well."""


def add_options(parser: pytest.Parser) -> None:
    group = parser.getgroup("mayfly", "testing mail with Mayfly")
    group.addoption("--mayfly-url", metavar="URL", help=INI["mayfly_url"][1])
    group.addoption(
        "--mayfly-keep", action="store_true", help="Keep the inboxes of tests that passed, too (until they expire)."
    )
    for name, (_, text) in INI.items():
        parser.addini(name, text, default="")


def read(config: pytest.Config, environment: Mapping[str, str]) -> Settings:
    """Return the settings: an option wins over the environment, that over the ini file. Raises UsageError."""

    def setting(name: str) -> str | None:
        option = config.getoption("mayfly_url") if name == "mayfly_url" else None
        return (option or environment.get(INI[name][0]) or str(config.getini(name))).strip() or None

    return Settings(
        url=_url(setting("mayfly_url")),
        smtp=_smtp(setting("mayfly_smtp")),
        python=setting("mayfly_python"),
        timeout=_number("mayfly_timeout", setting("mayfly_timeout"), 30.0),
        ttl=math.ceil(_number("mayfly_ttl", setting("mayfly_ttl"), 3600)),
        webhook_host=setting("mayfly_webhook_host") or "127.0.0.1",
        keep=bool(config.getoption("mayfly_keep")),
    )


def _url(text: str | None) -> str | None:
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        is_url = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_url = False
    if not is_url:
        raise pytest.UsageError("The URL of Mayfly must look like http://127.0.0.1:8080 (--mayfly-url, mayfly_url)")
    if parts.username is not None or parts.password is not None:
        raise pytest.UsageError("The URL of Mayfly must hold no credentials: set MAYFLY_API_KEY")
    return text.rstrip("/")


def _smtp(text: str | None) -> SmtpAddress | None:
    if text is None:
        return None
    match = re.fullmatch(r"(\[[0-9a-fA-F:.]+\]|[^:\s]+):([0-9]{1,5})", text)
    if match is None or not 0 < int(match[2]) <= 65535:  # noqa: PLR2004
        raise pytest.UsageError(f"mayfly_smtp must be host:port, such as localhost:2525, and not {text!r}")
    return SmtpAddress(match[1].strip("[]"), int(match[2]))


def _number(name: str, text: str | None, default: float) -> float:
    try:
        value = default if text is None else float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 315360000:  # noqa: PLR2004 - the API's most, ten years
        raise pytest.UsageError(f"{name} must be a number of seconds above 0, and not {text!r}")
    return value
