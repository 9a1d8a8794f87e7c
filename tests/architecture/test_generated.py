"""What is generated and committed is what its command makes from today's code."""

import re
import subprocess
import sys

import pytest

from tests.architecture.repository import ROOT, source

DEPLOY = ROOT / "deploy"
# The Makefile's own list, so that a page that is added there is checked here.
PAGES = re.search(r"(?m)^PAGES := (.*)$", (ROOT / "Makefile").read_text()).group(1).split()


def run(*command):
    done = subprocess.run([sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr.strip()


@pytest.mark.parametrize("page", PAGES)
def test_what_is_made_by_make_dashboards_is_fresh(page):
    assert (0, "") == run(DEPLOY / page, "--check")[::2]


def test_every_script_that_makes_a_page_is_run_by_make_dashboards():
    scripts = {path for path in source() if DEPLOY in path.parents and '"--check"' in path.read_text()}
    assert scripts == {DEPLOY / page for page in PAGES}


def test_the_committed_api_document_is_what_the_code_says():
    code, printed, errors = run("-m", "api_gateway.describe")
    assert 0 == code, errors
    assert printed == (ROOT / "docs" / "openapi.json").read_text(), "run: make openapi"


def test_the_clients_models_and_operations_are_what_the_api_document_generates():
    assert (0, "") == run("-m", "clients.generate", "--check")[::2]
