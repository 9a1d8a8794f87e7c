"""Renders the OpenAPI document as one HTML page without scripts or resources of other hosts; called by edge.openapi."""

import json
from collections.abc import Iterator
from html import escape
from typing import Any

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1b1f24;background:#fff}
nav{columns:2}nav a{display:block;color:inherit}code,pre{font:14px/1.4 ui-monospace,monospace}
section{border-top:1px solid #d0d7de;padding:.5rem 0}h3 code{font-size:1rem}
.get{color:#0a5}.post{color:#06c}.delete{color:#b00}.put,.patch{color:#850}
pre{background:#f3f5f7;padding:.75rem;overflow:auto;border-radius:6px}table{border-collapse:collapse}
td,th{border:1px solid #d0d7de;padding:.25rem .5rem;text-align:left;vertical-align:top}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}pre{background:#161b22}}
"""
_METHODS = ("get", "post", "put", "patch", "delete")


def render(document: dict[str, Any], root: str = "") -> str:
    """The page for an OpenAPI document. `root`: what leads from the page's path to that of the API."""
    info = document["info"]
    body = "".join(_body(document))
    return (
        "<!doctype html><html lang=en><head><meta charset=utf-8>"
        '<meta name=viewport content="width=device-width,initial-scale=1">'
        f"<title>{escape(info['title'])} API</title><style>{_STYLE}</style></head><body>"
        f"<h1>{escape(info['title'])} API</h1><p>{escape(info.get('description', ''))}</p>"
        f'<p><a href="{root}openapi.json">openapi.json</a></p>{body}</body></html>'
    )


def _body(document: dict[str, Any]) -> Iterator[str]:
    operations = list(_operations(document))
    yield "<nav>"
    for method, path, _ in operations:
        yield f'<a href="#{_anchor(method, path)}"><code class={method}>{method.upper()}</code> {escape(path)}</a>'
    yield "</nav>"
    for method, path, operation in operations:
        yield from _section(document, method, path, operation)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in document["paths"].items():
        for method in _METHODS:
            if method in item:
                yield method, path, item[method]


def _section(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f'<section id="{_anchor(method, path)}"><h3><code class={method}>{method.upper()}</code> '
    yield f"<code>{escape(path)}</code></h3><p>{escape(operation.get('description') or '')}</p>"
    yield from _parameters(operation.get("parameters", []))
    for media_type, content in operation.get("requestBody", {}).get("content", {}).items():
        yield _example(document, f"Body, {media_type}", content)
    for status, response in operation.get("responses", {}).items():
        for media_type, content in response.get("content", {}).items():
            yield _example(document, f"{status}, {media_type}", content)
        if not response.get("content"):
            meaning = response.get("description") or response["$ref"].rpartition("/")[2]
            yield f"<p>{escape(status)}: {escape(meaning)}</p>"
    yield "</section>"


def _parameters(parameters: list[dict[str, Any]]) -> Iterator[str]:
    if parameters:
        yield "<table><tr><th>Parameter<th>In<th>Meaning</tr>"
        for parameter in parameters:
            name, place = escape(parameter["name"]), escape(parameter["in"])
            meaning = escape(parameter.get("description") or json.dumps(parameter.get("schema", {})))
            yield f"<tr><td><code>{name}</code><td>{place}<td>{meaning}</tr>"
        yield "</table>"


def _example(document: dict[str, Any], title: str, content: dict[str, Any]) -> str:
    text = json.dumps(_sample(document, content.get("schema", {}), content), indent=2, ensure_ascii=False)
    return f"<details><summary>{escape(title)}</summary><pre>{escape(text)}</pre></details>"


def _sample(document: dict[str, Any], schema: dict[str, Any], content: dict[str, Any]) -> Any:
    """The example of a media type, or else its schema."""
    for example in content.get("examples", {}).values():
        return example.get("value")
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return document["components"]["schemas"].get(name, schema)
    return schema


def _anchor(method: str, path: str) -> str:
    return escape(f"{method}{path}".translate({ord(c): "-" for c in "/{}:"}), quote=True)
