"""Checks that a release may be made of this tree, and prints what a maintainer does next. `make release` calls both.

python deploy/release.py check   exit 1 with every reason: files not committed, no dated section in CHANGELOG.md, tag taken
python deploy/release.py next    the commands that cannot be undone, for a person to run
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from mayfly import __version__

ROOT = Path(__file__).parents[1]
# What both Python packages (PEP 440) and image tags accept.
VERSION = re.compile(r"\d+\.\d+\.\d+((a|b|rc)\d+)?")
NEXT = """\
Everything is checked and the wheels are in dist/. What follows cannot be undone, so it is yours to run:

  git tag -a v{version} -m 'Mayfly {version}'
  git push origin v{version}
  podman build -f deploy/containers/Containerfile -t ghcr.io/mayfly/mayfly:{version} .
  podman push ghcr.io/mayfly/mayfly:{version}

docs/releasing.md says what to check afterwards, and how to go back.
"""


def faults(root: Path, version: str) -> Iterator[str]:
    """Every reason why `version` may not be released from the repository at `root`."""
    if not VERSION.fullmatch(version):
        yield f"{version!r} is no version such as 1.2.3 or 1.2.3rc1"
    if git(root, "status", "--porcelain"):
        yield "the working tree has files that are not committed (git status)"
    if git(root, "tag", "--list", f"v{version}"):
        yield f"the tag v{version} exists already: raise __version__ in lib/src/mayfly/__init__.py"
    yield from changelog_faults((root / "CHANGELOG.md").read_text(), version)


def changelog_faults(text: str, version: str) -> Iterator[str]:
    """What is wrong with the section `## <version> (<date>)`: the date as 2026-01-31, and at least one entry below it."""
    section = re.search(rf"(?ms)^## {re.escape(version)}(?![\w.])(?P<rest>[^\n]*)\n(?P<body>.*?)(?=^## |\Z)", text)
    if not section:
        yield f"CHANGELOG.md has no section '## {version} (<date>)'"
        return
    written = section["rest"].strip().removeprefix("(").removesuffix(")")
    try:
        date.fromisoformat(written)
    except ValueError:
        yield f"CHANGELOG.md: the section {version} has no date, such as (2026-01-31), but {written!r}"
    if not re.search(r"(?m)^- \S", section["body"]):
        yield f"CHANGELOG.md: the section {version} has no entry"


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=True).stdout.strip()


def main() -> int:
    """Run the command that the first argument names."""
    if sys.argv[1:] == ["next"]:
        print(NEXT.format(version=__version__))
        return 0
    found = list(faults(ROOT, __version__))
    print(*(f"No release of {__version__}: {fault}" for fault in found), sep="\n", file=sys.stderr)
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
