"""A release: refused for every reason there is, and one version in every package, document and image."""

import json
import subprocess
import sys
from email.parser import HeaderParser
from pathlib import Path
from zipfile import ZipFile

import pytest

from deploy.image_version import FILES, NAMED, written
from deploy.release import changelog_faults, faults
from mayfly import __version__

ROOT = Path(__file__).parents[2]
DATED = "# Changelog\n\n## 1.2.0 (2026-11-25)\n- A thing.\n\n## 1.1.0 (2026-10-01)\n- An older thing.\n"


@pytest.mark.parametrize(
    ("version", "text", "reason"),
    [
        ("1.3.0", DATED, "no section '## 1.3.0 (<date>)'"),
        ("1.2", DATED, "no section '## 1.2 (<date>)'"),
        ("1.2.0", DATED.replace("2026-11-25", "unreleased"), "no date"),
        ("1.2.0", DATED.replace(" (2026-11-25)", ""), "no date"),
        ("1.2.0", DATED.replace("2026-11-25", "2026-13-01"), "no date"),
        ("1.2.0", DATED.replace("- A thing.\n", ""), "no entry"),
    ],
    ids=["missing", "only a longer version", "unreleased", "undated", "impossible date", "empty"],
)
def test_a_changelog_that_does_not_describe_the_version_is_refused(version, text, reason):
    [fault] = changelog_faults(text, version)
    assert reason in fault


@pytest.mark.parametrize("version", ["1.2.0", "1.1.0"])
def test_a_dated_section_with_entries_is_accepted(version):
    assert [] == list(changelog_faults(DATED, version))


@pytest.fixture
def repository(tmp_path):
    """A clean git repository whose changelog has 1.1.0 and 1.2.0, and which has released 1.1.0."""
    (tmp_path / "CHANGELOG.md").write_text(DATED)
    who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "x"], ["tag", "v1.1.0"]):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    return tmp_path


def test_a_clean_tree_with_a_new_version_may_be_released(repository):
    assert [] == list(faults(repository, "1.2.0"))


def test_files_that_are_not_committed_are_refused(repository):
    (repository / "new").write_text("x")
    [fault] = faults(repository, "1.2.0")
    assert "not committed" in fault


def test_a_version_that_was_released_is_refused(repository):
    [fault] = faults(repository, "1.1.0")
    assert "v1.1.0 exists" in fault


def test_a_version_that_no_package_may_have_is_refused(repository):
    assert any("no version" in fault for fault in faults(repository, "1.2.0-final"))


def test_the_image_is_named_by_its_version_everywhere_and_nothing_else_changes():
    for name in FILES:
        text = (ROOT / name).read_text()
        assert {__version__} == {found["version"] for found in NAMED.finditer(text)}
        changed = written(text, "9.8.7rc1")
        assert {"9.8.7rc1"} == {found["version"] for found in NAMED.finditer(changed)}
        assert text == written(changed, __version__)


def test_the_api_document_has_the_version():
    assert __version__ == json.loads((ROOT / "docs" / "openapi.json").read_text())["info"]["version"]


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """A wheel of each package, built as `make wheels` builds them."""
    folder = tmp_path_factory.mktemp("wheels")
    packages = [ROOT / "lib", ROOT / "local", *(path.parent for path in ROOT.glob("services/*/pyproject.toml"))]
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]
    build = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder]
    subprocess.run([*pip, *build, *packages], check=True, capture_output=True, text=True)
    return sorted(folder.iterdir()), packages


def test_every_package_has_a_wheel_with_the_one_version(wheels):
    files, packages = wheels
    assert len(packages) == len(files) == 7
    for wheel in files:
        archive = ZipFile(wheel)
        [metadata] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        assert __version__ == HeaderParser().parsestr(archive.read(metadata).decode())["Version"]


def test_wheels_hold_code_and_no_tests(wheels):
    for wheel in wheels[0]:
        names = ZipFile(wheel).namelist()
        assert any(name.endswith("/__main__.py") or name == "mayfly/__init__.py" for name in names)
        assert not [name for name in names if "tests" in name.split("/")]
