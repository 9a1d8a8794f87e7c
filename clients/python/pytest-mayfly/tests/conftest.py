"""Runs pytest as users do: in a process of its own, on files of its own, with the plugins that it names."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from clients.runs import environment_of_pytest

PROJECTS = Path(__file__).parent / "system" / "projects"
WITHIN = 90


class UserRun:
    """What a run of pytest came to."""

    def __init__(self, code, output):
        self.code = code
        self.output = output

    def counted(self, outcome):
        """The number of tests with this outcome, from the last line."""
        found = re.search(rf"(\d+) {outcome}", self.output.splitlines()[-1])
        return int(found[1]) if found else 0


def command(folder, *arguments, plugins=()):
    named = [argument for plugin in ("mayfly", *plugins) for argument in ("-p", plugin)]
    return [
        sys.executable,
        "-m",
        "pytest",
        "--rootdir",
        str(folder),
        "-W",
        "error",
        "-p",
        "no:cacheprovider",
        *named,
        *arguments,
    ]


@pytest.fixture(scope="module")
def run_project(tmp_path_factory):
    """A function that runs the tests of a project of `projects`, or of a source, in a new folder; returns a UserRun."""

    def run(name, *arguments, plugins=(), ini="", source=None, **variables):
        folder = tmp_path_factory.mktemp(name)
        if source is None:
            shutil.copy(PROJECTS / f"{name}.py", folder / f"test_{name}.py")
        else:
            (folder / f"test_{name}.py").write_text(source)
        (folder / "pytest.ini").write_text(f"[pytest]\n{ini}\n")
        done = subprocess.run(
            command(folder, *arguments, plugins=plugins),
            cwd=folder,
            env=environment_of_pytest(**variables),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=WITHIN,
            check=False,
        )
        made = UserRun(done.returncode, done.stdout)
        made.folder = folder
        return made

    return run
