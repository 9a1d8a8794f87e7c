"""Writes the generated files of all clients; with `--check`, proves that they are what docs/openapi.json generates."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from clients.generate import python, typescript
from clients.generate.reading import read

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs/openapi.json"
PYTHON = ROOT / "clients/python/mayfly-mail/src/mayfly_mail"
TYPESCRIPT = ROOT / "clients/typescript/src"
# All of a directory is generated, so a file there that is not made any more is removed.
OWNED = {PYTHON / "models": "*.py", PYTHON / "operations": "*.py", TYPESCRIPT / "generated": "*.ts"}


def main() -> int:
    """Write or check; the exit status is 1 if a file is stale."""
    options = argparse.ArgumentParser(prog="python -m clients.generate", description=__doc__)
    options.add_argument("--check", action="store_true", help="write nothing; say which files are stale")
    generated = generate()
    stale = differing(generated)
    if not options.parse_args().check:
        write(generated, stale)
        return 0
    for path in stale:
        print(f"{path.relative_to(ROOT)} is stale: run 'make clients'", file=sys.stderr)
    return 1 if stale else 0


def generate() -> dict[Path, str]:
    """Return the text of every generated file."""
    api = read(json.loads(DOCUMENT.read_bytes()))
    written = {PYTHON / name: text for name, text in formatted(python.files(api)).items()}
    return written | {TYPESCRIPT / name: text for name, text in typescript.files(api).items()}


def formatted(texts: Mapping[str, str]) -> dict[str, str]:
    """Return Python files without their unused imports, and as the formatter writes them."""
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory)
        for name, text in texts.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        settings = ["--quiet", "--no-cache", "--config", str(ROOT / "clients/python/mayfly-mail/pyproject.toml")]
        for command in (["check", "--select", "F401,I", "--fix"], ["format"]):
            subprocess.run([sys.executable, "-m", "ruff", *command, *settings, directory], check=True)
        return {name: (root / name).read_text() for name in texts}


def differing(generated: Mapping[Path, str]) -> list[Path]:
    """Return the files that are absent, have another text, or are not generated any more."""
    changed = [path for path, text in generated.items() if not path.exists() or path.read_text() != text]
    there = [path for directory, pattern in OWNED.items() for path in directory.glob(pattern)]
    left = [path for path in there if path not in generated]
    return changed + left


def write(generated: Mapping[Path, str], stale: list[Path]) -> None:
    """Write the files that are stale, and remove those that are not generated any more."""
    for path in stale:
        if path in generated:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(generated[path])
        else:
            path.unlink()


if __name__ == "__main__":
    sys.exit(main())
