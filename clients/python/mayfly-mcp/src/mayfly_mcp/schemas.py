"""Schemas that every client reads: no references, no unions with null, no titles.

Clients of MCP and the models behind them know different parts of JSON Schema. A tool with `anyOf`, `$ref` or a type of
null is refused by some, and with it often the whole list. So what may be absent is left out instead of being null.
"""

from __future__ import annotations

from typing import Any

from mcp.server.mcpserver.tools import Tool

Schema = dict[str, Any]


def publish(tool: Tool) -> Tool:
    """Give a tool schemas in the plain form, with arguments that it does not know refused. Changes and returns it."""
    tool.parameters = {**_plain(tool.parameters, {}), "additionalProperties": False}
    metadata = tool.fn_metadata
    if metadata.output_schema is not None:
        metadata.output_schema = _plain(metadata.output_schema, {})
    return tool


def _plain(schema: Schema, definitions: Schema) -> Schema:
    definitions = {**definitions, **schema.get("$defs", {})}
    if "$ref" in schema:
        target = definitions[schema["$ref"].rpartition("/")[2]]
        return _plain({**target, **{key: value for key, value in schema.items() if key != "$ref"}}, definitions)
    if "anyOf" in schema:
        known = [option for option in schema["anyOf"] if option != {"type": "null"}]
        if len(known) != 1:
            raise TypeError(f"a union of {len(known)} types is not for every client: {schema}")
        return _plain({**known[0], **{key: value for key, value in schema.items() if key != "anyOf"}}, definitions)
    return {key: _value(key, value, definitions) for key, value in schema.items() if _is_kept(key, value)}


def _is_kept(key: str, value: Any) -> bool:
    return key not in ("$defs", "title") and not (key == "default" and value in (None, ""))


def _value(key: str, value: Any, definitions: Schema) -> Any:
    if key == "properties":
        return {name: _plain(inner, definitions) for name, inner in value.items()}
    if key in ("items", "additionalProperties") and isinstance(value, dict):
        return _plain(value, definitions)
    return value
