"""What the generator makes of forms of the document, and that it refuses those it does not know."""

import pytest

from clients.generate import python
from clients.generate.names import is_secret, model_name
from clients.generate.reading import UnknownForm, read
from clients.generate.schema import Type, joined

ANSWER = {"type": "object", "title": "Thing", "properties": {"id": {"type": "string"}}, "required": ["id"]}


def document(*, answer=ANSWER, schemas=None, parameters=(), body=None, tag="inboxes", path="/x", summary="Do it."):
    route = {
        "operationId": "do_it",
        "tags": [tag],
        "summary": summary,
        "parameters": list(parameters),
        "responses": {"200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}}},
    }
    if body:
        route["requestBody"] = {"content": body}
    return {
        "info": {"version": "1"},
        "paths": {path: {"get": route}},
        "components": {"schemas": {"Thing": answer, **(schemas or {})}},
    }


def field(schema):
    [thing] = [m for m in read(document(answer={**ANSWER, "properties": {"it": schema}})).models if m.name == "Thing"]
    return thing.fields[0]


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, Type("string")),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, Type("string", is_nullable=True)),
        ({"type": ["null", "string"], "enum": ["a", None]}, Type("string", values=("a",), is_nullable=True)),
        ({"type": "string", "format": "date-time"}, Type("moment")),
        ({"type": "array", "items": {"type": "integer"}}, Type("list", (Type("integer"),))),
        ({"type": "array", "items": {"oneOf": [{"type": "integer"}, {}]}}, Type("list", (Type("integer"),))),
        (
            {"type": "array", "prefixItems": [{"type": "string"}, {"type": "number"}]},
            Type("tuple", (Type("string"), Type("number"))),
        ),
        ({"type": "object", "additionalProperties": {"type": "string"}}, Type("map", (Type("string"),))),
        ({}, Type("anything")),
    ],
)
def test_a_schema_becomes_its_type(schema, expected):
    assert expected == field(schema).type


@pytest.mark.parametrize("schema", [{"oneOf": [{"type": "string"}, {"type": "integer"}]}, {"type": "file"}])
def test_a_schema_that_no_client_can_say_is_refused(schema):
    with pytest.raises(UnknownForm):
        field(schema)


def test_dialects_are_left_out():
    assert () == read(document(tag="MailSlurp")).operations


def test_an_unknown_header_field_is_refused():
    header = {"name": "X-New", "in": "header", "schema": {"type": "string"}}
    with pytest.raises(UnknownForm, match="X-New"):
        read(document(parameters=[header]))


def test_an_unknown_kind_of_body_is_refused():
    with pytest.raises(UnknownForm, match="a body of"):
        read(document(body={"text/csv": {"schema": {"type": "string"}}}))


def test_two_schemas_of_one_name_are_refused():
    answer = {**ANSWER, "properties": {"a": {"$ref": "#/x/AView"}, "b": {"$ref": "#/x/BView"}}}
    twin = {"title": "ThingView", "type": "object", "properties": {}}
    with pytest.raises(UnknownForm, match="two models named ThingData"):
        read(document(answer=answer, schemas={"AView": twin, "BView": twin}))


def test_parameters_of_the_path_stand_in_its_order():
    parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in ("b", "a")]
    [operation] = read(document(path="/{a}/x/{b}", parameters=parameters)).operations
    assert ["a", "b"] == [each.name for each in operation.parameters]


def test_models_stand_after_those_that_they_refer_to():
    inner = {"title": "InnerView", "type": "object", "properties": {"x": {"type": "string"}}}
    answer = {**ANSWER, "properties": {"inner": {"$ref": "#/components/schemas/Inner"}}}
    assert ["InnerData", "Thing"] == [m.name for m in read(document(answer=answer, schemas={"Inner": inner})).models]


@pytest.mark.parametrize(
    ("model", "name", "expected"),
    [
        ("A", "token", True),
        ("A", "access_token", True),
        ("A", "api_key", True),
        ("A", "recovery_password", True),
        ("A", "monkey", False),
        ("A", "token_type", False),
        ("A", "key_prefix", False),
        ("A", "txt_token", False),
        ("NewInvitation", "code", True),
        ("CandidateData", "code", False),
    ],
)
def test_a_secret_is_known_by_its_name(model, name, expected):
    assert expected is is_secret(model, name)


def test_a_view_is_data_to_a_client():
    assert ["InboxData", "CodeData", "MessageEntry"] == [
        model_name(name) for name in ("InboxView", "OtpView", "MessageEntry")
    ]


def test_names_are_joined_as_in_a_sentence():
    assert ["a", "a and b", "a, b and c"] == [joined(["a"]), joined(["a", "b"]), joined(["a", "b", "c"])]


@pytest.mark.parametrize(
    "text", ['It says """hello""".', r"A \d and a \N{DASH}.", 'It ends with a quote: "', "It ends with a backslash: \\"]
)
def test_a_description_cannot_leave_its_docstring(text):
    module = python.files(read(document(summary=text)))["operations/inboxes.py"]
    names = {}
    exec("def do_it():" + module.partition("def do_it()")[2].partition(":")[2].partition("return")[0], names)
    assert text == names["do_it"].__doc__.strip()


@pytest.mark.parametrize("name", ["extra", "from", "class"])
def test_a_field_that_python_cannot_name_is_refused(name):
    answer = {**ANSWER, "properties": {name: {"type": "string"}}}
    with pytest.raises(ValueError, match=f"a field named {name}"):
        python.files(read(document(answer=answer)))


@pytest.mark.parametrize("name", ["user-id", "limit_", "0"])
def test_a_parameter_that_python_cannot_name_is_refused(name):
    parameter = {"name": name, "in": "query", "schema": {"type": "string"}}
    with pytest.raises(ValueError, match=f"cannot be named {name}"):
        python.files(read(document(parameters=[parameter])))
