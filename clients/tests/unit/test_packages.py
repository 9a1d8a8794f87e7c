"""What is in the Python packages, as an index would get them."""

import re
from email.parser import Parser

import pytest

from clients.tests.packages import ROOT, built


@pytest.fixture(scope="module", params=["mayfly-mail", "pytest-mayfly", "mayfly-mcp"])
def package(request, tmp_path_factory):
    return (request.param, *built(request.param, tmp_path_factory.mktemp("built")))


def metadata(site):
    [file] = site.glob("*.dist-info/METADATA")
    return Parser().parsestr(file.read_text())


def test_the_license_is_that_of_the_project(package):
    _, source, site = package
    [file] = site.glob("*.dist-info/licenses/LICENSE")
    assert (ROOT / "LICENSE").read_text() == file.read_text() == (source / "LICENSE").read_text()


def test_a_wheel_has_the_typed_package_and_nothing_else(package):
    name, _, site = package
    module = name.replace("-", "_")
    assert {module, f"{module}-{metadata(site)['Version']}.dist-info"} == {each.name for each in site.iterdir()}
    assert (site / module / "py.typed").exists()


def test_the_source_is_the_package_without_its_tests(package):
    _, source, _ = package
    expected = {"CHANGELOG.md", "LICENSE", "PKG-INFO", "README.md", "pyproject.toml", "src"}
    assert expected == {each.name for each in source.iterdir()} - {".gitignore"}


def test_the_page_on_an_index_has_only_links_that_work_there(package):
    name, _, site = package
    shown = metadata(site)
    assert (ROOT / "clients/python" / name / "README.md").read_text() == shown.get_payload()
    targets = re.findall(r"\]\(([^)\s]+)\)", shown.get_payload())
    assert targets
    assert [] == [target for target in targets if not target.startswith(("https://", "#"))]
    assert {"Changelog", "Documentation", "Issues", "Repository"} == {
        url.partition(",")[0] for url in shown.get_all("Project-URL")
    }


def test_the_changelog_has_the_version(package):
    name, source, site = package
    assert f"## {metadata(site)['Version']}" in (source / "CHANGELOG.md").read_text(), name
