"""Every variable that is named anywhere is one that a service or the launcher reads."""

import re
from importlib import import_module

import msgspec

from tests.architecture.repository import OURS, ROOT, files, name

# Two or more words; `MAYFLY_SMTP_*` and other beginnings of names are no names.
VARIABLE = re.compile(r"\bMAYFLY_[A-Z0-9]+(?:_[A-Z0-9]+)*(?![A-Z0-9_])")
IN_QUOTES = re.compile(r"""["'](MAYFLY_[A-Z0-9_]+|mayfly_[a-z0-9_]+)["']""")
LAUNCHER = ROOT / "local" / "src" / "mayfly_local" / "settings.py"
SUFFIXES = {".py", ".md", ".yaml", ".toml", ".json", ".conf"}
PLAIN = {"Makefile", "Containerfile", "run", "tools"}
OF_THE_TESTS = {"MAYFLY_REQUIRE_BROWSER", "MAYFLY_TEST_WORKERS", "MAYFLY_WHOLE_IMAGE"}
SERVICES = sorted(OURS - {"mayfly", "mayfly_local"})


def read_by_services():
    fields = {
        field.name
        for service in SERVICES
        for field in msgspec.structs.fields(import_module(f"{service}.settings").Settings)
    }
    names = {f"MAYFLY_{field.upper()}" for field in fields}
    return names | {f"{name}_FILE" for name in names}


def read_by_the_launcher():
    return set(VARIABLE.findall(LAUNCHER.read_text()))


def read_by_the_clients():
    """What stands in quotes in their source is read, as it is or as an option of pytest's settings of the same name."""
    sources = [path for path in files() if path.suffix in {".py", ".ts"} and ROOT / "clients" in path.parents]
    return {variable.upper() for path in sources for variable in IN_QUOTES.findall(path.read_text())}


def named():
    """Each file outside the tests that names a variable, with its variables."""
    texts = [path for path in files() if path.suffix in SUFFIXES or path.name in PLAIN]
    outside = [path for path in texts if "tests" not in path.relative_to(ROOT).parts]
    return {name(path): set(VARIABLE.findall(path.read_text())) for path in outside}


def test_no_variable_is_named_that_nothing_reads():
    known = read_by_services() | read_by_the_launcher() | read_by_the_clients() | OF_THE_TESTS
    assert {} == {path: unknown for path, variables in named().items() if (unknown := variables - known)}


def test_every_variable_of_a_service_is_on_the_page_of_settings():
    page = set(VARIABLE.findall((ROOT / "docs" / "settings.md").read_text()))
    assert set() == {name for name in read_by_services() if not name.endswith("_FILE")} - page
