"""The clients for Node, built once for a session: their packages, packed and installed as a user installs them.

Needs `node`, `npm`, and the libraries that `.ci/tools` installs where NODE_PATH leads.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CLIENTS = ROOT / "clients"
PACKAGES = ("typescript", "playwright", "cypress")
TOOLS = ("typescript", "@types/node", "@playwright/test", "nodemailer")


class Workspace:
    """`built` has the sources and what tsc made of them; in `installed` the packed packages are installed."""

    def __init__(self, folder: Path) -> None:
        self.built = folder / "clients"
        self.installed = folder / "installed"
        self._libraries = libraries()
        self._build()
        self.packed = [self._pack(name) for name in PACKAGES]
        self._install()

    def node(self, folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run node in a folder; nothing of the caller's environment but PATH goes with it."""
        return run("node", *arguments, folder=folder, **environment)

    def tsc(self, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the compiler in a folder."""
        return self.node(folder, str(self._libraries / "typescript/bin/tsc"), *arguments)

    def _build(self) -> None:
        shutil.copytree(
            CLIENTS, self.built, ignore=shutil.ignore_patterns("python", "generate", "dist", "node_modules")
        )
        self._link(self.built)
        for name in PACKAGES:
            (scope := self.built / "node_modules/@mayfly-mail").mkdir(exist_ok=True)
            (scope / name.replace("typescript", "client")).symlink_to(self.built / name)
        for name in PACKAGES:
            checked(self.tsc(self.built, "-p", name))

    def _pack(self, name: str) -> Path:
        packing = run("npm", "pack", "--ignore-scripts", "--silent", folder=self.built / name)
        return self.built / name / checked(packing).split()[-1]

    def _install(self) -> None:
        self.installed.mkdir()
        (self.installed / "package.json").write_text('{"private": true, "type": "module"}')
        quietly = (
            "--offline",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-package-lock",
            "--legacy-peer-deps",
        )
        checked(run("npm", "install", *quietly, *map(str, self.packed), folder=self.installed))
        self._link(self.installed)

    def _link(self, folder: Path) -> None:
        # ES modules do not look where NODE_PATH leads.
        (modules := folder / "node_modules").mkdir(exist_ok=True)
        for library in self._libraries.iterdir():
            if not library.name.startswith(".") and not (modules / library.name).exists():
                (modules / library.name).symlink_to(library)


def libraries() -> Path:
    """Return the folder of the libraries for Node. Skips, saying why, where a tool is missing."""
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            pytest.skip(f"no {program} here")
    folders = [Path(each) for each in os.environ.get("NODE_PATH", "").split(os.pathsep) if each]
    for folder in folders:
        if all((folder / name).exists() for name in TOOLS):
            return folder
    pytest.skip(f"NODE_PATH leads to no folder with {', '.join(TOOLS)} (`.ci/tools FOLDER` installs them)")


def run(program: str, *arguments: str, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return subprocess.run(
        [program, *arguments],
        cwd=folder,
        env=kept | environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def checked(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a program printed, which must have succeeded."""
    assert 0 == done.returncode, f"{done.args}:\n{done.stdout}\n{done.stderr}"
    return done.stdout
