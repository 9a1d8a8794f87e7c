"""Settings of the server, all from the environment: a key on a command line would be in every list of processes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_URL = "http://127.0.0.1:8080"
_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False, "": False}


class WrongSettings(ValueError):
    """The environment does not say what to do; the message names the variable."""


@dataclass(frozen=True)
class Settings:
    """Without `api_key`, inboxes are anonymous. `any_inbox`: tools may change inboxes that this server did not make."""

    url: str = DEFAULT_URL
    api_key: str | None = field(default=None, repr=False)
    any_inbox: bool = False

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> Settings:
        """Read MAYFLY_URL, MAYFLY_API_KEY or MAYFLY_API_KEY_FILE, and MAYFLY_MCP_ANY_INBOX. Raises WrongSettings."""
        word = environment.get("MAYFLY_MCP_ANY_INBOX", "").strip().lower()
        if word not in _WORDS:
            raise WrongSettings("MAYFLY_MCP_ANY_INBOX: true or false")
        url = environment.get("MAYFLY_URL", "").strip() or DEFAULT_URL
        if not url.startswith(("http://", "https://")):
            raise WrongSettings("MAYFLY_URL: begins with http:// or https://")
        return cls(url=url, api_key=_key(environment), any_inbox=_WORDS[word])


def _key(environment: Mapping[str, str]) -> str | None:
    key = environment.get("MAYFLY_API_KEY", "").strip()
    path = environment.get("MAYFLY_API_KEY_FILE", "").strip()
    # Clients leave the name of a variable that they do not know in the value: "${input:key}", "$MAYFLY_API_KEY".
    if key.startswith("$"):
        raise WrongSettings("MAYFLY_API_KEY: the client did not put the key in the place of the variable")
    if key or not path:
        return key or None
    try:
        key = Path(path).expanduser().read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise WrongSettings(f"MAYFLY_API_KEY_FILE: cannot be read ({type(error).__name__})") from error
    if not key:
        raise WrongSettings("MAYFLY_API_KEY_FILE: the file is empty")
    return key
