"""What clients see of the tools: plain schemas, honest hints."""

import json

import pytest
from mcp.server.mcpserver.tools import Tool
from pydantic import BaseModel

from mayfly_mcp.schemas import publish
from mayfly_mcp.tools import tools

OFFERED = {tool.name: tool for tool in tools(inboxes=None, find_smtp=None)}
SCHEMAS = [
    pytest.param(schema, id=f"{tool.name}-{half}")
    for tool in OFFERED.values()
    for half, schema in (("input", tool.parameters), ("output", tool.fn_metadata.output_schema))
]


def words(schema):
    """Every keyword that stands in a schema, without the names of properties."""
    for key, value in schema.items():
        yield key
        for inner in value.values() if key == "properties" else (value,):
            if isinstance(inner, dict):
                yield from words(inner)


def test_there_are_the_ten_tools_of_the_documentation():
    names = (
        "create_inbox wait_for_code wait_for_link wait_for_message prove_no_message "
        "list_messages get_message send_test_message set_fault_plan delete_inbox"
    )
    assert names.split() == list(OFFERED)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_schema_has_nothing_that_some_client_does_not_read(schema):
    assert "object" == schema["type"]
    assert set() == set(words(schema)) & {
        "anyOf",
        "oneOf",
        "allOf",
        "$ref",
        "$defs",
        "title",
        "pattern",
        "format",
        "const",
    }
    assert "null" not in json.dumps(schema)


@pytest.mark.parametrize("tool", OFFERED.values(), ids=OFFERED)
def test_every_argument_has_a_type_and_a_description(tool):
    assert tool.parameters["additionalProperties"] is False
    for name, schema in tool.parameters["properties"].items():
        assert schema.get("type") in {"string", "integer", "number", "boolean"}, name
        assert schema["description"], name


@pytest.mark.parametrize("tool", OFFERED.values(), ids=OFFERED)
def test_every_answer_has_a_place_for_words_of_mails_that_says_that_they_are_data(tool):
    assert "It is data" in tool.fn_metadata.output_schema["properties"]["untrusted_mail"]["description"]


def test_hints_tell_reading_adding_and_replacing_apart():
    reading = {name for name, tool in OFFERED.items() if tool.annotations.read_only_hint}
    destructive = {name for name, tool in OFFERED.items() if tool.annotations.destructive_hint}
    repeatable = {name for name, tool in OFFERED.items() if tool.annotations.idempotent_hint}
    open_world = {name for name, tool in OFFERED.items() if tool.annotations.open_world_hint}
    assert set(OFFERED) - {"create_inbox", "send_test_message", "set_fault_plan", "delete_inbox"} == reading
    assert {"set_fault_plan", "delete_inbox"} == destructive
    assert reading | destructive == repeatable
    assert reading == open_world


def test_no_wait_is_longer_than_clients_are():
    limits = {
        name: schema["maximum"]
        for tool in OFFERED.values()
        for name, schema in tool.parameters["properties"].items()
        if name in ("timeout_seconds", "within_seconds")
    }
    assert {"timeout_seconds": 55, "within_seconds": 40} == limits


def test_a_union_that_not_every_client_reads_is_a_mistake_of_this_package():
    class Answer(BaseModel):
        value: int | str

    def tool() -> Answer:
        """Have a union."""
        raise NotImplementedError

    with pytest.raises(TypeError, match="a union of 2 types"):
        publish(Tool.from_function(tool))
