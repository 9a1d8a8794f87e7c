r"""What `mayfly listen` remembers between runs: one secret, and how far it has come in each inbox.

It lies in the user's state directory, readable by this user alone: $XDG_STATE_HOME/mayfly, ~/.local/state/mayfly where
that is not set, %LOCALAPPDATA%\mayfly on Windows; MAYFLY_STATE_DIR overrides all.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile

PREFIX = "whsec_"
SECRET_OCTETS = 32
KEPT_SECONDS = 30 * 86400


def directory() -> Path:
    """Return where state belongs on this system."""
    if chosen := os.environ.get("MAYFLY_STATE_DIR"):
        return Path(chosen)
    if sys.platform == "win32" and (local := os.environ.get("LOCALAPPDATA")):
        return Path(local) / "mayfly"
    base = os.environ.get("XDG_STATE_HOME")
    return (Path(base) if base and Path(base).is_absolute() else Path.home() / ".local" / "state") / "mayfly"


class State:
    """The files of one user."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or directory()

    def secret(self) -> str:
        """Return the secret that `listen` signs with; the first call makes it."""
        known = self.known_secret()
        if known is None:
            self._make_folder()
            fresh = PREFIX + base64.b64encode(secrets.token_bytes(SECRET_OCTETS)).decode()
            with suppress(FileExistsError):  # another run was faster: its secret counts
                self._create(self._folder / "webhook-secret", fresh)
            known = self.known_secret() or fresh
        return known

    def known_secret(self) -> str | None:
        """Return the secret if there is one."""
        try:
            text = (self._folder / "webhook-secret").read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        return text or None

    def cursor(self, url: str, inbox: str, target: str) -> int | None:
        """Return how far events of an inbox were posted to a target; None if none ever was, or the file is broken."""
        try:
            return int(json.loads(self._cursor_file(url, inbox, target).read_text(encoding="utf-8"))["cursor"])
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def keep_cursor(self, url: str, inbox: str, target: str, cursor: int) -> None:
        """Remember how far; a crash leaves the old or the new file, never half of one."""
        self._make_folder()
        content = {"url": url, "inbox": inbox, "target": target, "cursor": cursor}
        path = self._cursor_file(url, inbox, target)
        with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="utf-8") as file:
            json.dump(content, file)
        Path(file.name).replace(path)

    @contextmanager
    def alone(self, url: str, inbox: str, target: str) -> Iterator[bool]:
        """Yield whether no other run posts the same events to the same target; while the block runs, none else does.

        Where files cannot be locked (Windows) nobody is found.
        """
        try:
            import fcntl
        except ImportError:
            yield True
            return
        self._make_folder()
        with self._cursor_file(url, inbox, target).with_suffix(".lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield False
            else:
                yield True

    def forget_old(self) -> None:
        """Remove what is left of inboxes that nobody has listened to for long."""
        for path in self._folder.glob("cursor-*"):
            with suppress(OSError):
                if path.stat().st_mtime < time.time() - KEPT_SECONDS:
                    path.unlink()

    def _cursor_file(self, url: str, inbox: str, target: str) -> Path:
        key = hashlib.sha256(json.dumps([url, inbox, target]).encode()).hexdigest()[:24]
        return self._folder / f"cursor-{key}.json"

    def _make_folder(self) -> None:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _create(self, path: Path, text: str) -> None:
        """Write a file that appears whole, for this user alone. Raises FileExistsError."""
        with NamedTemporaryFile("w", dir=path.parent, delete=False, encoding="ascii") as file:  # made with mode 0600
            file.write(text + "\n")
        try:
            os.link(file.name, path)
        finally:
            Path(file.name).unlink()
