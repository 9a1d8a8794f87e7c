"""The package as users get it: built without a network, installed into an empty folder, started from there."""

import os
import subprocess
import sys

from clients.tests.packages import built


def run(*command, **options):
    done = subprocess.run([*map(str, command)], capture_output=True, text=True, check=False, timeout=120, **options)
    assert 0 == done.returncode, done.stderr
    return done.stdout


def test_the_wheel_is_installed_and_starts(tmp_path):
    built("mayfly-mcp", tmp_path)
    (wheel,) = tmp_path.glob("mayfly_mcp-*-py3-none-any.whl")
    site = tmp_path / "installed"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--no-cache-dir")
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", "--no-compile", "--target", site, wheel)
    environment = {**os.environ, "PYTHONPATH": str(site)}
    assert str(site) in run(sys.executable, "-c", "import mayfly_mcp; print(mayfly_mcp.__file__)", env=environment)
    assert "mayfly-mcp 0." in run(site / "bin" / "mayfly-mcp", "--version", env=environment)
