"""The Python packages of the clients, built as they are published: a source distribution, and a wheel out of that."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]


def built(name: str, folder: Path) -> tuple[Path, Path]:
    """Build a package; return the folders with what is in its source distribution and in its wheel."""
    _hatchling(ROOT / "clients/python" / name, folder, "sdist")
    [archive] = folder.glob("*.tar.gz")
    with tarfile.open(archive) as source:
        source.extractall(folder, filter="data")
    source_folder = folder / archive.name.removesuffix(".tar.gz")
    _hatchling(source_folder, folder, "wheel")
    [wheel] = folder.glob("*-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as contents:
        contents.extractall(folder / "site")
    return source_folder, folder / "site"


def _hatchling(package: Path, folder: Path, target: str) -> None:
    """Build without pip, which takes ten times as long."""
    build = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder), "--target", target]
    done = subprocess.run(build, cwd=package, capture_output=True, text=True, check=False)
    assert 0 == done.returncode, done.stderr
