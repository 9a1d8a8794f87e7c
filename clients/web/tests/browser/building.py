"""The page as it is published, and the libraries for its tests: `clients/web/build.py` builds it unless that is done."""

from __future__ import annotations

import os
import subprocess
import sys
from functools import cache
from pathlib import Path

WEB = Path(__file__).parents[2]


@cache
def built_page() -> Path:
    """Return the folder of the page, built of today's sources. Raises RuntimeError with what the build says."""
    command = [sys.executable, str(WEB / "build.py"), "build", "--tools"]
    done = subprocess.run(command, env={**os.environ}, capture_output=True, text=True, timeout=600, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{done.stdout}{done.stderr}")
    return WEB / "dist"


def libraries() -> Path:
    """Return the folder of npm's packages."""
    built_page()
    return WEB / "node_modules"
