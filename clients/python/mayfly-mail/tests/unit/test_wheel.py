"""The wheel as users get it: in each Python that it is for and that this machine has."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from clients.tests.packages import built

VERSIONS = ("3.10", "3.11", "3.12", "3.13")
SMOKE = """
import asyncio, sys
import mayfly_mail
from mayfly_mail import *
assert sys.path[0] in mayfly_mail.__file__, mayfly_mail.__file__
from mayfly_mail import operations, models
for name in dir(operations) + dir(models):
    getattr(operations if hasattr(operations, name) else models, name)
with Mayfly("http://127.0.0.1:1", retry_for=0) as mayfly:
    try:
        mayfly.inbox()
    except Unavailable as error:
        print(error)
async def main():
    async with AsyncMayfly("http://127.0.0.1:1", retry_for=0) as mayfly:
        try:
            await mayfly.inbox()
        except Unavailable as error:
            print(error)
asyncio.run(main())
assert "ssl" not in sys.modules or "asyncio" in sys.modules
"""


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built("mayfly-mail", tmp_path_factory.mktemp("wheel"))[1]


def interpreter(version: str) -> Path | None:
    """This version of Python, if the machine has it: on the path, or where version managers put it."""
    if found := shutil.which(f"python{version}"):
        works = subprocess.run([found, "-c", "pass"], capture_output=True, check=False).returncode == 0
        if works:
            return Path(found)
    return next(iter(sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))), None)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_wheel_works_alone_in_each_python(version: str, unpacked: Path) -> None:
    if (python := interpreter(version)) is None:
        pytest.skip(f"this machine has no Python {version}")
    environment = {"PYTHONPATH": str(unpacked), "PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [str(python), "-W", "error", "-c", SMOKE.replace("sys.path[0]", repr(str(unpacked)))],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    assert ["no answer from http://127.0.0.1:1: Connection refused"] * 2 == done.stdout.splitlines()


def test_the_wheel_has_no_dependencies(unpacked: Path) -> None:
    [metadata] = unpacked.glob("*.dist-info/METADATA")
    required = [line for line in metadata.read_text().splitlines() if line.startswith("Requires-Dist:")]
    assert [] == [line for line in required if "extra ==" not in line]
