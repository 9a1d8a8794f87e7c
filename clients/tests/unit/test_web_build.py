"""clients/web/build.py: when it builds, with which Node, and what it says where it cannot."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
NODE = """\
#!/bin/sh
case "$1" in
--version) echo v{version} ;;
*vite.js)
    [ -n "$BROKEN" ] && {{ echo "error during build: no such export"; exit 1; }}
    echo built >> "$CALLS"; mkdir -p "$4"; echo page > "$4/index.html" ;;
esac
"""
NPM = """\
#!/bin/sh
[ -n "$OFFLINE" ] && { echo "npm error code ENOTFOUND" >&2; echo "npm error a long story" >&2; exit 1; }
echo "npm $*" >> "$CALLS"
mkdir -p node_modules
"""


class Workshop:
    """A repository of its own with nothing but the page, and a PATH of its own."""

    def __init__(self, folder: Path) -> None:
        self.root, self.web, self.calls = folder / "repo", folder / "repo/clients/web", folder / "calls"
        self.programs = folder / "bin"
        for name in ("clients/web/build.py", "clients/web/package-lock.json", "requirements/node.lock"):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, self.root / name)
        for name in ("clients/web/src/main.tsx", "clients/typescript/src/index.ts"):
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text("1")
        self.programs.mkdir()
        # Those that the stand-ins need: the folder of the system's own may have a node.
        for name in ("sh", "mkdir"):
            (self.programs / name).symlink_to(shutil.which(name))

    def has_node(self, version: str) -> None:
        for name, text in (("node", NODE.format(version=version)), ("npm", NPM)):
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)

    def build(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        # Without an index, so that no test downloads Node.
        own = {
            "PATH": str(self.programs),
            "CALLS": str(self.calls),
            "PIP_NO_INDEX": "1",
            "PIP_CONFIG_FILE": os.devnull,
        }
        command = [sys.executable, str(self.web / "build.py"), *arguments]
        return subprocess.run(command, env=own | environment, capture_output=True, text=True, check=False)

    @property
    def called(self) -> list[str]:
        return self.calls.read_text().splitlines() if self.calls.exists() else []


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path)


def test_the_page_is_built_when_a_source_has_changed_and_not_otherwise(workshop):
    workshop.has_node("22.12.0")
    assert 0 == workshop.build().returncode
    assert "page\n" == (workshop.web / "dist/index.html").read_text()
    installing, built = workshop.called
    assert "built" == built
    assert {"ci", "--ignore-scripts", "--omit=dev"} <= set(installing.split())
    assert "" == workshop.build().stdout
    for source in ("clients/web/src/new.ts", "clients/typescript/src/index.ts"):
        (workshop.root / source).write_text("2")
        assert 0 == workshop.build().returncode
    assert [installing, "built", "built", "built"] == workshop.called  # the packages are installed once


def test_a_build_that_fails_says_so_in_one_line_and_leaves_the_page_of_before(workshop):
    workshop.has_node("20.19.0")
    workshop.build()
    (workshop.web / "src/main.tsx").write_text("broken")
    failed = workshop.build(BROKEN="1")
    assert (1, "") == (failed.returncode, failed.stdout)
    [line] = failed.stderr.splitlines()
    assert "the build fails (error during build: no such export; all of it: .venv/web.log)." in line
    assert "page\n" == (workshop.web / "dist/index.html").read_text()
    assert 0 == workshop.build().returncode


def test_without_a_registry_one_line_says_so_and_the_rest_goes_on(workshop):
    workshop.has_node("24.0.0")
    done = workshop.build("--optional", OFFLINE="1")
    assert 0 == done.returncode
    [line] = done.stderr.splitlines()
    assert "npm cannot install its packages (ENOTFOUND; all of it: .venv/web.log)" in line
    assert line.endswith("Everything else runs; `make web` tries again.")
    assert (0, "", done.stderr) == ((again := workshop.build("--optional")).returncode, again.stdout, again.stderr)
    assert (0, "") == ((asked := workshop.build()).returncode, asked.stderr)
    assert (0, "") == ((built := workshop.build("--optional")).returncode, built.stderr)


def test_what_failed_is_tried_again_when_a_source_has_changed(workshop):
    workshop.has_node("24.0.0")
    assert workshop.build("--optional", OFFLINE="1").stderr
    (workshop.web / "src/main.tsx").write_text("2")
    assert "" == workshop.build("--optional").stderr


@pytest.mark.parametrize("version", ["18.20.0", "20.18.3", "21.7.0", "22.11.0", None])
def test_without_a_node_that_is_new_enough_the_wheel_is_asked_for(workshop, version):
    if version:
        workshop.has_node(version)
    done = workshop.build("--optional")
    assert 0 == done.returncode
    assert "PATH has no node 20.19 or newer with npm, and its wheel cannot be installed" in done.stderr
    assert 1 == len(done.stderr.splitlines())
    assert [] == workshop.called
