"""The OpenAPI document is complete, and the committed copy is what the code says."""

import json
from pathlib import Path

import pytest

from api_gateway.describe import describe
from api_gateway.edge.docs_page import render
from api_gateway.edge.openapi_document import operations

COMMITTED = Path(__file__).parents[4] / "docs" / "openapi.json"


@pytest.fixture(scope="module")
def document():
    return describe()


def test_the_committed_document_is_what_the_code_says(document):
    assert json.loads(COMMITTED.read_text()) == json.loads(json.dumps(document)), (
        "run: python -m api_gateway.describe > docs/openapi.json"
    )


def test_it_is_openapi_3_1_with_webhooks_and_ways_in(document):
    assert document["openapi"].startswith("3.1")
    assert {"message.received", "inbox.expired"} <= set(document["webhooks"])
    assert {"bearer", "apiKey", "operator"} == set(document["components"]["securitySchemes"])


def test_every_operation_is_described_with_examples_and_errors(document):
    ids = []
    for path, method, operation in operations(document):
        ids.append(operation["operationId"])
        assert operation.get("description"), (path, method)
        contents = [operation.get("requestBody", {}).get("content", {})]
        contents += [response.get("content", {}) for response in operation["responses"].values()]
        for content in contents:
            if "application/json" in content:
                assert content["application/json"].get("examples"), (path, method)
        if path.startswith("/api/"):
            assert "401" in operation["responses"], (path, method)
    assert len(ids) == len(set(ids))


def test_every_path_that_the_contract_names_is_there(document):
    for path in (
        "/api/v1/auth/register",
        "/api/v1/account",
        "/api/v1/inboxes/generate",
        "/api/v1/inboxes/{address}/reactivate",
        "/api/v1/inboxes/{address}/fault-plan",
        "/api/v1/messages/{message_id}/attachments/{index}",
        "/api/v1/sse/inbox/{address}",
        "/api/v1/inboxes/{address}/messages/wait",
        "/api/v1/usage",
        "/api/v1/webhooks",
        "/api/v1/admin/maintenance",
        "/health",
    ):
        assert path in document["paths"]


def test_the_page_shows_every_operation_and_needs_nobody_else(document):
    page = render(document)
    for path, method, _ in operations(document):
        assert f">{method.upper()}</code> {path}</a>" in page
    assert "<script" not in page
    assert 'src="' not in page
    assert 'href="http' not in page
