"""The environment of programs that tests run as users do: the same on every machine, whatever the caller's own says.

Much of an environment changes what a program prints: pytest prints messages whole where `CI` or `BUILD_NUMBER` is set,
and cuts them at the terminal's width elsewhere; `FORCE_COLOR`, `PYTEST_ADDOPTS`, `LANG` and `TZ` have effects too.
"""

import os

INHERITED = ("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH", "CHROMIUM", "PLAYWRIGHT_BROWSERS_PATH")
"""Where programs, libraries and caches are, and nothing else."""
FIXED = {"LANG": "C.UTF-8", "TZ": "UTC", "TERM": "dumb", "COLUMNS": "200", "PYTHONDONTWRITEBYTECODE": "1"}


def environment(**variables: str) -> dict[str, str]:
    """Return an environment of these variables, the fixed ones and those inherited."""
    return {name: os.environ[name] for name in INHERITED if name in os.environ} | FIXED | variables


def environment_of_pytest(**variables: str) -> dict[str, str]:
    """Return an environment for pytest, in which a run loads the plugins that it names and no others."""
    return environment(PYTEST_DISABLE_PLUGIN_AUTOLOAD="1", **variables)
