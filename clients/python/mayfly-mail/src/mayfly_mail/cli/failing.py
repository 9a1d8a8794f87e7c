"""Words for failures: what went wrong, what to do about it, never a traceback and never a key."""

from __future__ import annotations

import os
import sys

import mayfly_mail
from mayfly_mail.cli.exits import Exit, classify, key_source
from mayfly_mail.cli.invocation import Options
from mayfly_mail.cli.output import json_text
from mayfly_mail.cli.text import neutral

NO_KEY = (
    "this needs an API key: export MAYFLY_API_KEY=$(cat .mayfly/api-key), or make an inbox without one: "
    "mayfly inbox new --anonymous"
)
BUG = "something unforeseen went wrong ({kind}: {error}). Run it again with --debug to see where."

SHORTEST_KEY = 8
"""What is shorter is no key, and may be part of any word."""


def describe(error: Exception, common: Options) -> int:
    """Print a failure on stderr, with `--json` as a document; return the exit code."""
    code = classify(error)
    text = _words(error)
    if code is None:
        code, text = Exit.BUG, BUG.format(kind=type(error).__name__, error=error)
    text = without_key(text)
    if common.json:
        facts = {"error": str(getattr(error, "code", "failed")), "message": text, "exit_code": int(code)}
        said = json_text({**facts, **_more(error)}, sys.stderr)
    else:
        said = neutral(f"mayfly: {text}")
    print(said, file=sys.stderr)  # noqa: T201 - words for people
    return code


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    if isinstance(error, mayfly_mail.Unauthorized) and not key_source():
        return NO_KEY
    return str(error)


def without_key(text: str) -> str:
    """Leave the API key out of a text, whoever put it in."""
    key = os.environ.get("MAYFLY_API_KEY", "").strip()
    return text.replace(key, "(the API key)") if len(key) >= SHORTEST_KEY else text


def _more(error: Exception) -> dict[str, object]:
    """What a program can use of a failure: near misses, the cursor to go on from, the request's id."""
    more = {name: getattr(error, name, None) for name in ("status", "request_id", "cursor", "near_misses")}
    return {name: value for name, value in more.items() if value}
