"""What becomes of models and operations in TypeScript."""

import pytest

from clients.generate import typescript
from clients.generate.schema import Answer, Api, Body, Field, Model, Operation, Parameter, Type

TEXT = Type("string")


def operation(**changes):
    given = {
        "name": "get_thing",
        "method": "GET",
        "path": "/things/{thing_id}",
        "group": "things",
        "summary": "Get it.",
    }
    given |= {"description": "", "parameters": (), "body": None, "answer": Answer("model", "ThingData"), "failures": {}}
    return Operation(**(given | changes))


def calls(*operations, models=()):
    return typescript.files(Api("1", tuple(models), operations))["generated/operations.ts"]


def models(*fields):
    thing = Model("ThingData", "ThingView", "things", fields, "A thing.")
    return typescript.files(Api("1", (thing,), ()))["generated/models.ts"]


@pytest.mark.parametrize(
    ("type_", "answered", "sent"),
    [
        (TEXT, "string", "string"),
        (Type("string", values=("a", "b")), "string", '"a" | "b"'),
        (Type("moment", is_nullable=True), "string | null", "string | Date | null"),
        (Type("list", (Type("integer"),)), "readonly number[]", "readonly number[]"),
        (Type("list", (Type("string", is_nullable=True),)), "readonly (string | null)[]", "readonly (string | null)[]"),
        (Type("tuple", (TEXT, Type("number"))), "readonly [string, number]", "readonly [string, number]"),
        (Type("map", (Type("boolean"),)), "Readonly<Record<string, boolean>>", "Readonly<Record<string, boolean>>"),
        (Type("model", model="ThingData"), "ThingData", "Partial<models.ThingData>"),
        (Type("anything"), "unknown", "unknown"),
    ],
)
def test_a_type_is_written_for_answers_and_for_arguments(type_, answered, sent):
    assert (answered, sent) == (typescript.written(type_), typescript.written(type_, is_argument=True))


def test_a_field_of_an_answer_that_may_be_absent_is_optional():
    text = models(Field("a", TEXT, is_required=True), Field("b", TEXT, is_required=False))
    assert "/** A thing. */\nexport interface ThingData {\n  readonly a: string;\n  readonly b?: string;\n}\n" in text


def test_path_query_and_body_become_arguments():
    parameters = (
        Parameter("thing_id", "path", TEXT, is_required=True),
        Parameter("after", "query", Type("string", is_nullable=True), is_required=False, description="From here"),
    )
    body = Body("json", (Field("name", TEXT, is_required=True),))
    text = calls(operation(method="POST", parameters=parameters, body=body, takes_idempotency_key=True))
    assert "  /** From here */\n  after?: number | string | undefined;\n" in text
    head = "export function getThing(thingId: string, json: GetThingBody, query: GetThingQuery = {})"
    assert f"{head}: Operation<models.ThingData> {{" in text
    made = 'operation("get_thing", "POST", path`/things/${thingId}`, { query, json, takesIdempotencyKey: true })'
    assert f"  return {made};\n" in text


@pytest.mark.parametrize(
    ("answer", "type_", "part"),
    [
        (Answer("octets"), "Uint8Array", '{ answer: "octets" }'),
        (Answer("nothing"), "void", '{ answer: "nothing" }'),
        (Answer("events"), "string", '{ answer: "events" }'),
    ],
)
def test_an_answer_that_is_not_json_says_so(answer, type_, part):
    text = calls(operation(path="/things", answer=answer))
    assert f"export function getThing(): Operation<{type_}>" in text
    assert f'operation("get_thing", "GET", "/things", {part})' in text


def test_a_list_is_an_array():
    assert "Operation<models.ThingData[]>" in calls(operation(path="/x", answer=Answer("list", "ThingData")))


def test_a_description_cannot_leave_its_comment():
    text = calls(operation(path="/x", description="Ends */ here.\n\nSecond paragraph."))
    assert "/**\n * Ends *\\/ here.\n *\n * Second paragraph.\n */\nexport function" in text
