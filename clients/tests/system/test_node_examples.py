"""The examples for Node, run as their READMEs say, against a running Mayfly."""

import re
import shutil

import pytest

from clients.tests.workspace import CLIENTS, ROOT, checked
from mayfly_local.browsers import chromium

pytestmark = pytest.mark.xdist_group("stack")


@pytest.fixture
def example(workspace):
    """Return a function that copies an example to where the packages are installed."""

    def copied(name):
        there = shutil.ignore_patterns("node_modules")
        return shutil.copytree(ROOT / "examples" / name, workspace.installed / name, ignore=there, dirs_exist_ok=True)

    return copied


def test_the_signup_of_node_is_tested_by_its_mail(workspace, stack, example):
    done = workspace.node(example("node-signup"), "--test", MAYFLY_URL=stack.http_url, MAYFLY_API_KEY=stack.api_key)
    assert "# pass 5" in checked(done)


def test_playwright_signs_up_through_a_page_and_the_client_works_in_one(workspace, stack, example, free_ports):
    browser = chromium()
    if browser is None:
        pytest.skip("no Chromium here")
    example("node-signup")
    project = example("playwright-ts")
    (project / "readme.spec.ts").write_text(first_example("playwright", "ts"))
    shutil.copy(CLIENTS / "typescript/tests/browser.spec.ts", project)
    environment = {"MAYFLY_URL": stack.http_url, "MAYFLY_API_KEY": stack.api_key, "CHROMIUM": browser}
    environment |= {"SMTP_URL": f"smtp://127.0.0.1:{stack.smtp_port}?ignoreTLS=true", "PORT": str(free_ports.take())}
    cli = str(workspace.installed / "node_modules/@playwright/test/cli.js")
    done = workspace.node(project, cli, "test", "--workers=1", **environment)
    assert "5 passed" in checked(done)


def test_the_first_example_of_the_clients_readme_works_when_it_is_pasted(workspace, stack):
    (workspace.installed / "readme.js").write_text(first_example("typescript", "js"))
    environment = {"MAYFLY_URL": stack.http_url, "MAYFLY_API_KEY": stack.api_key}
    done = workspace.node(workspace.installed, "readme.js", **environment)
    assert '482193 from "Welcome", https://your.app/verify?t=1\n' == checked(done)


def first_example(package, language):
    """Return the first code of a language in the README of a package."""
    return re.search(rf"```{language}\n(.*?)```", (CLIENTS / package / "README.md").read_text(), re.DOTALL)[1]
