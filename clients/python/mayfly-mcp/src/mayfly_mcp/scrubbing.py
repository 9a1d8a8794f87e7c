"""Keeps secrets out of everything that leaves this process: answers, errors, progress and log lines."""

from __future__ import annotations

from typing import Any

PLACEHOLDER = "[secret]"
_SHORTEST = 8


class Scrubber:
    """Replaces known secrets in texts. Its repr shows how many it knows and none of them."""

    def __init__(self, *known: str | None) -> None:
        self._known: set[str] = set()
        for secret in known:
            self.add(secret)

    def __repr__(self) -> str:
        return f"Scrubber({len(self._known)} secrets)"

    def add(self, secret: str | None) -> None:
        """Remember a secret. One of fewer than 8 characters is not: it would be found in innocent words."""
        if secret and len(secret) >= _SHORTEST:
            self._known.add(secret)

    def text(self, text: str) -> str:
        """Return the text with every known secret replaced."""
        for secret in sorted(self._known, key=len, reverse=True):
            text = text.replace(secret, PLACEHOLDER)
        return text

    def tree(self, value: Any) -> Any:
        """Return a value made of JSON's types, with secrets replaced in all its texts and names."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {self.tree(name): self.tree(item) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.tree(item) for item in value]
        return value
