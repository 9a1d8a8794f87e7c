"""Every example's own tests pass against a whole Mayfly: all at the same time, as they would on a busy build machine."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from clients.runs import environment_of_pytest
from mayfly_local.browsers import chromium

EXAMPLES = Path(__file__).resolve().parents[2]
PLUGINS = {
    "django-signup": ["mayfly"],
    "fastapi-magic-link": ["mayfly", "asyncio"],
    "playwright-code": ["mayfly", "playwright"],
    "xdist": ["mayfly", "xdist"],
}
PASSED = {"django-signup": 5, "fastapi-magic-link": 3, "playwright-code": 3, "xdist": 32}


def start(name, stack):
    """Start the tests of an example, with the plugins that its manifest names and no others that are installed here."""
    plugins = [argument for plugin in PLUGINS[name] for argument in ("-p", plugin)]
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "error", "-rs", *plugins],
        cwd=EXAMPLES / name,
        env=environment_of_pytest(MAYFLY_URL=stack.http_url, MAYFLY_API_KEY=stack.api_key),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


@pytest.fixture(scope="module")
def outputs(stack):
    runs = {name: start(name, stack) for name in PLUGINS}
    try:
        return {name: (run.communicate(timeout=120)[0], run.returncode) for name, run in runs.items()}
    finally:
        for run in runs.values():
            run.kill()
            run.wait()


@pytest.mark.parametrize("name", PLUGINS)
def test_the_example_passes(name, outputs):
    output, code = outputs[name]

    if name == "playwright-code" and chromium() is None and "no browser" in output:
        pytest.skip("no Chromium on this machine")
    assert 0 == code, output
    assert f"{PASSED[name]} passed" in output, output


def test_every_example_in_python_is_run():
    assert set(PLUGINS) == {path.parent.name for path in EXAMPLES.glob("*/pyproject.toml")}


def test_every_example_is_in_the_list():
    listed = set(re.findall(r"\]\(([\w-]+)/README\.md\)", (EXAMPLES / "README.md").read_text()))
    assert listed == {path.parent.name for path in EXAMPLES.glob("*/README.md")}
