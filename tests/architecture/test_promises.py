"""docs/promises.md names tests that exist, and leaves no promise of the README out."""

import json
import re

import pytest

from api_gateway.edge.docs_page import render
from tests.architecture.repository import ROOT, imports, name, source

PAGE = (ROOT / "docs/promises.md").read_text()
NAMED = sorted(set(re.findall(r"`([\w/.-]+\.py)::(\w+)`", PAGE)))
MAIL_SENDERS = {"smtplib", "aiosmtplib", "django", "yagmail"}
HTTP_CLIENTS = {"httpx", "httpcore", "requests", "aiohttp", "urllib3", "http.client", "urllib.request"}
DISPATCHER = ROOT / "services" / "webhook-dispatcher"


@pytest.mark.parametrize(("path", "test"), NAMED, ids=[test for _, test in NAMED])
def test_every_test_that_holds_a_promise_exists(path, test):
    assert re.search(rf"(?m)^(async )?def {test}\(", (ROOT / path).read_text())


def test_every_promise_has_a_test():
    promises = PAGE.split("\n## ")[1:]
    assert len(promises) > 15
    assert [] == [promise.partition("\n")[0] for promise in promises if "::test_" not in promise]


def test_no_bold_promise_of_the_readme_is_left_out():
    promised = re.findall(r"(?m)^- \*\*([^*]+?)\.?\*\*", (ROOT / "README.md").read_text())
    assert len(promised) >= 7
    assert [] == [promise for promise in promised if f"**{promise}" not in PAGE]


def production():
    return [path for path in source() if path.relative_to(ROOT).parts[0] in {"lib", "services"}]


def test_nothing_in_production_can_send_mail_and_only_the_dispatcher_makes_requests():
    found = [(path, module) for path in production() for module in imports(path)]
    assert found
    assert [] == [name(path) for path, module in found if module.split(".")[0] in MAIL_SENDERS]
    clients = {path for path, module in found if any(f"{module}.".startswith(f"{client}.") for client in HTTP_CLIENTS)}
    assert [] == [name(path) for path in clients if DISPATCHER not in path.parents]


def test_the_documentation_page_asks_no_other_host_for_anything():
    page = render(json.loads((ROOT / "docs/openapi.json").read_text()))
    assert "<style" in page
    assert [] == re.findall(r"""<(?:script|link|img|iframe|source)[^>]*\b(?:src|href)=["']?[^"'> ]*""", page)
    assert [] == re.findall(r"""(?:url\(|@import|fetch\(|import\()\s*["']?[^"')\s]*//""", page)
