"""The wheel as users get it."""

import configparser
import subprocess
import sys
from email.parser import Parser

import pytest
from clients.tests.packages import built


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    return built("pytest-mayfly", tmp_path_factory.mktemp("wheel"))[1]


def test_it_has_all_that_the_embedded_server_needs(unpacked):
    files = {path.name for path in (unpacked / "pytest_mayfly").iterdir()}

    assert {"keeper.py", "plans.toml", "plugin.py"} <= files


def test_pytest_finds_the_plugin_in_it(unpacked):
    [entry_points] = unpacked.glob("*.dist-info/entry_points.txt")
    parser = configparser.ConfigParser()
    parser.read(entry_points)

    assert {"mayfly": "pytest_mayfly.plugin"} == dict(parser["pytest11"])


def test_it_needs_the_client_and_pytest_and_nothing_else(unpacked):
    [metadata] = unpacked.glob("*.dist-info/METADATA")

    assert ["mayfly-mail", "pytest>=8"] == Parser().parsestr(metadata.read_text()).get_all("Requires-Dist")


def test_loading_it_loads_neither_the_client_nor_what_it_reports_to(unpacked):
    code = "import sys, pytest_mayfly.plugin as plugin; print(plugin.__file__, *sorted(sys.modules))"
    environment = {"PYTHONPATH": str(unpacked), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    place, *modules = run.stdout.split()

    assert str(unpacked / "pytest_mayfly" / "plugin.py") == place
    assert set() == set(modules) & {"mayfly_mail.client", "asyncio", "ssl", "django", "allure", "http.server"}
