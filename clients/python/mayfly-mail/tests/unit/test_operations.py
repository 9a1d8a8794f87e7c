"""Every native call, held against docs/openapi.json, which is read here without the generator."""

import copy
import inspect
import json
import pickle
from datetime import datetime, timedelta, timezone
from enum import Enum
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest

from mayfly_mail import operations
from mayfly_mail.model import DecodeError
from mayfly_mail.models import FaultStep
from mayfly_mail.operation import UNSET, Operation, Response, json_body, target

DOCUMENT = json.loads((Path(__file__).parents[5] / "docs/openapi.json").read_bytes())
ROUTES = {
    route["operationId"]: (path, method, route)
    for path, item in DOCUMENT["paths"].items()
    for method, route in item.items()
    if isinstance(route, dict) and "operationId" in route
}
NATIVE = sorted(name for name, (_, _, route) in ROUTES.items() if route["tags"][0][0].islower())
DIALECTS = sorted(ROUTES.keys() - set(NATIVE))
HOSTILE = [
    "a/b",
    "a?b=c",
    "a#b",
    "100%",
    "%2F",
    "a&b=c;d",
    "ann+tag@mayfly.test",
    "grüße@bücher.test",
    "\u202eevil\u0000",
    "a\r\nX-Injected: 1",
    "..%2f..",
    "a b",
    "../../admin",
    "{address}",
    "😀",
]


def python(name):
    return f"{name}_" if name in {"from", "for"} else name


def sample(schema):
    """A value that the document allows for a parameter, as Python has it, and as a query has it."""
    schema = next((s for s in schema.get("oneOf", ()) if s.get("type") != "null"), schema)
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    if schema.get("enum"):
        return schema["enum"][0], schema["enum"][0]
    if schema.get("format") == "date-time":
        return datetime(2026, 5, 8, 13, 30, tzinfo=timezone(timedelta(hours=2))), "2026-05-08T11:30:00Z"
    return {"integer": (7, "7"), "number": (2.5, "2.5"), "boolean": (False, "false"), "string": ("a+b", "a+b")}[
        next(kind for kind in kinds if kind != "null")
    ]


def parameters(route, place):
    return [each for each in route.get("parameters", ()) if each["in"] == place]


def example(content):
    return next(iter(content["application/json"]["examples"].values()))["value"]


def built(name, /, **fields):
    """Call a function of `operations` with a value for each parameter of the path and the query."""
    _, _, route = ROUTES[name]
    path = [sample(each["schema"])[0] for each in parameters(route, "path")]
    query = {python(each["name"]): sample(each["schema"])[0] for each in parameters(route, "query")}
    return getattr(operations, name)(*path, **query, **fields)


def body_schema(name):
    """The schema of a call's JSON body, and its name."""
    content = ROUTES[name][2].get("requestBody", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    schema = next((s for s in schema.get("oneOf", ()) if "$ref" in s), schema)
    reference = schema.get("$ref", "").rpartition("/")[2]
    return DOCUMENT["components"]["schemas"].get(reference)


WITH_BODY = [name for name in NATIVE if body_schema(name)]
WITHOUT_FORM = [name for name in NATIVE if name != "inject_message"]


def given(name):
    """The document's example of a body, as arguments."""
    if not body_schema(name):
        return {}
    return {python(field): value for field, value in example(ROUTES[name][2]["requestBody"]["content"]).items()}


def test_every_native_call_has_a_function_and_no_call_of_a_dialect_has_one():
    assert set(NATIVE) == set(operations.__all__)
    assert DIALECTS
    assert not set(DIALECTS) & set(dir(operations))


def test_a_name_that_is_no_call_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'wait_for_mesage'"):
        _ = operations.wait_for_mesage


@pytest.mark.parametrize("name", WITHOUT_FORM)
def test_a_call_has_the_method_path_and_query_of_the_document(name):
    path, method, route = ROUTES[name]
    call = built(name, **given(name))
    expected = path
    for each in parameters(route, "path"):
        expected = expected.replace(f"{{{each['name']}}}", sample(each["schema"])[1])
    sent = urlsplit(call.target)
    query = {each["name"]: sample(each["schema"])[1] for each in parameters(route, "query")}
    assert (name, method.upper(), expected, query) == (
        call.name,
        call.method,
        unquote(sent.path),
        dict(parse_qsl(sent.query, strict_parsing=bool(query))),
    )


@pytest.mark.parametrize("name", WITHOUT_FORM)
def test_a_call_says_what_it_accepts_and_whether_it_takes_an_idempotency_key(name):
    _, _, route = ROUTES[name]
    answer = next(answer for status, answer in route["responses"].items() if status.startswith("2"))
    call = built(name, **given(name))
    assert next(iter(answer.get("content", {})), "application/json") == call.accept
    assert ("Idempotency-Key" in {each["name"] for each in parameters(route, "header")}) is call.takes_idempotency_key
    assert ("text/event-stream" in answer.get("content", {})) is call.streams


def test_a_call_that_adds_up_says_that_it_must_not_be_repeated():
    assert operations.advance_clock(advance_seconds=60).is_cumulative
    assert not operations.set_maintenance(enabled=True).is_cumulative


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_call_sends_the_documents_example_of_its_body(name):
    call = built(name, **given(name))
    assert example(ROUTES[name][2]["requestBody"]["content"]) == json.loads(call.body)
    assert "application/json" == call.content_type


@pytest.mark.parametrize("name", WITH_BODY)
def test_fields_that_the_document_requires_are_required_and_others_are_left_out(name):
    schema = body_schema(name)
    required = {python(field) for field in schema.get("required", ())}
    given_by_name = inspect.signature(getattr(operations, name)).parameters
    assert required == {
        field for field in given_by_name if field in schema["properties"] and not has_default(given_by_name[field])
    }
    call = built(name, **{field: value for field, value in given(name).items() if field in required})
    assert {field.rstrip("_") for field in required} == json.loads(call.body).keys()


def has_default(parameter):
    return parameter.default is not inspect.Parameter.empty


@pytest.mark.parametrize("name", [name for name in NATIVE if name not in {*WITH_BODY, "inject_message"}])
def test_a_call_without_a_body_sends_none(name):
    call = built(name)
    assert (None, None) == (call.body, call.content_type)


@pytest.mark.parametrize("name", NATIVE)
def test_the_docstring_is_the_documents_and_names_every_argument_it_describes(name):
    function = getattr(operations, name)
    route = ROUTES[name][2]
    assert " ".join(route["summary"].split()) in " ".join(function.__doc__.split())
    for each in parameters(route, "path") + parameters(route, "query"):
        assert f"    {python(each['name'])}: " in function.__doc__


# ---- hostile values


@pytest.mark.parametrize("value", HOSTILE)
def test_a_hostile_value_stays_in_its_segment_of_the_path_and_in_its_parameter(value):
    call = operations.list_messages(value, q=value, from_=value, subject=value)
    head, _, tail = call.target.partition("?")
    assert call.target.isascii()
    assert call.target.isprintable()
    assert " " not in call.target
    assert ["", "api", "v1", "inboxes", value, "messages"] == [unquote(segment) for segment in head.split("/")]
    assert [("q", value), ("from", value), ("subject", value)] == parse_qsl(
        tail, keep_blank_values=True, strict_parsing=True
    )


@pytest.mark.parametrize("value", ["", ".", ".."])
def test_a_segment_that_a_proxy_would_resolve_is_refused_before_anything_is_sent(value):
    with pytest.raises(ValueError, match="the path would be that of another call"):
        operations.delete_inbox(value)


def test_a_lone_surrogate_is_refused():
    with pytest.raises(ValueError, match="surrogates not allowed"):
        operations.get_inbox("\ud800")


@pytest.mark.parametrize("value", [None, b"a@mayfly.test", ["a"], object()])
def test_what_is_no_id_is_refused_instead_of_being_sent_as_its_text(value):
    with pytest.raises(TypeError, match=f"of type {type(value).__name__}"):
        operations.delete_inbox(value)


def test_booleans_numbers_and_times_are_written_as_the_api_reads_them():
    time = datetime(2026, 1, 2, 3, 4, 5, 60, tzinfo=timezone.utc)
    assert "/x?a=true&b=false&c=0&d=0.25&e=2026-01-02T03%3A04%3A05.000060Z" == target(
        "/x", a=True, b=False, c=0, d=0.25, e=time
    )


class Format(str, Enum):
    STANDARD = "standard"


class Number(Enum):
    SEVEN = 7


def test_a_member_of_an_enumeration_is_sent_as_its_value():
    assert "/standard?a=standard&b=7" == target("/{}", Format.STANDARD, a=Format.STANDARD, b=Number.SEVEN)
    assert {"a": "standard", "b": [7]} == json.loads(json_body(a=Format.STANDARD, b=[Number.SEVEN]))


def test_none_leaves_a_parameter_out_and_an_empty_text_does_not():
    assert "/x?b=" == target("/x", a=None, b="")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_not_finite_is_refused(value):
    with pytest.raises(ValueError, match="not a finite number"):
        operations.wait_for_message("a@mayfly.test", timeout=value)
    with pytest.raises(ValueError, match="not JSON compliant"):
        operations.advance_clock(advance_seconds=value)


def test_a_value_that_a_query_cannot_hold_is_refused():
    with pytest.raises(TypeError, match=r"subject: .* list"):
        operations.wait_for_message("a@mayfly.test", subject=["a", "b"])


def test_a_time_without_a_zone_is_refused_in_a_query_and_in_a_body():
    naive = datetime(2026, 1, 2)  # noqa: DTZ001
    with pytest.raises(ValueError, match="needs a zone"):
        operations.list_messages("a@mayfly.test", since=naive)
    with pytest.raises(ValueError, match="needs a zone"):
        operations.replay("id", since=naive)


# ---- bodies


def test_unset_leaves_a_field_out_and_none_is_null():
    assert {} == json.loads(operations.change_inbox("a@mayfly.test").body)
    assert {"label": None} == json.loads(operations.change_inbox("a@mayfly.test", label=None).body)
    assert {"webhook_url": "https://a.test"} == json.loads(
        operations.change_inbox("a@mayfly.test", label=UNSET, webhook_url="https://a.test").body
    )


def test_none_leaves_out_a_field_that_cannot_be_null():
    assert {} == json.loads(operations.change_message("id", is_read=None, tags=None).body)
    assert {"is_read": False, "tags": []} == json.loads(operations.change_message("id", is_read=False, tags=[]).body)


def test_unset_is_false_names_itself_and_has_no_copies():
    assert (False, "UNSET") == (bool(UNSET), repr(UNSET))
    assert UNSET is copy.deepcopy(UNSET) is pickle.loads(pickle.dumps(UNSET))


@pytest.mark.parametrize("many", [["a", "b"], ("a", "b"), {"a": 1, "b": 2}.keys(), (each for each in "ab")])
def test_a_list_may_be_any_iterable(many):
    assert {"tags": ["a", "b"]} == json.loads(operations.change_message("id", tags=many).body)


@pytest.mark.parametrize("text", ["urgent", b"urgent"])
def test_a_text_in_place_of_a_list_is_refused_instead_of_being_sent_letter_by_letter(text):
    with pytest.raises(TypeError, match="a list was expected"):
        operations.change_message("id", tags=text)
    with pytest.raises(TypeError, match="a list was expected"):
        operations.create_space(domains=text)


def test_a_step_of_a_fault_plan_may_be_a_model_or_a_mapping():
    call = operations.put_fault_plan("a@mayfly.test", steps=[FaultStep(code=451, times=2), {"code": 421}])
    first, second = json.loads(call.body)["steps"]
    assert {"code": 421} == second
    assert (451, 2, "data") == (first["code"], first["times"], first["at"])


def test_bytes_in_a_json_body_are_refused():
    with pytest.raises(TypeError, match="JSON has no bytes"):
        json_body(label=b"text")


def test_the_same_arguments_give_the_same_octets_so_that_an_idempotency_key_fits():
    first = operations.create_inbox(label="grün", ttl_seconds=60)
    assert first.body == operations.create_inbox(ttl_seconds=60, label="grün").body


# ---- secrets


def test_no_secret_of_a_call_shows_in_its_text():
    calls = [
        operations.log_in(email="a@mayfly.test", password="hunter2-hunter2"),
        operations.stream_inbox("a@mayfly.test", ticket="hunter2-hunter2"),
        operations.accept_invitation("id", code="hunter2-hunter2"),
    ]
    assert not [call for call in calls if "hunter2" in repr(call) + str(call)]
    assert "<Operation log_in: POST /api/v1/auth/login>" == repr(calls[0])


def test_no_body_and_no_header_of_an_answer_shows_in_its_text():
    answer = Response(201, {"set-cookie": "session=hunter2"}, b'{"token": "hunter2"}')
    assert "Response(status=201)" == repr(answer)


# ---- answers


@pytest.mark.parametrize("body", [b"", b"<html>Bad gateway</html>", b"\xff\xfe", b'{"a":', b"[" * 100_000])
def test_an_answer_that_is_not_json_is_an_error_that_shows_none_of_it(body):
    with pytest.raises(DecodeError, match=r"the answer \(200, text/html, \d+ bytes\) is not JSON") as error:
        operations.get_usage().decode(Response(200, {"content-type": "text/html"}, body))
    assert "gateway" not in str(error.value)


def test_a_list_in_place_of_an_object_and_an_object_in_place_of_a_list_are_errors():
    with pytest.raises(DecodeError, match="UsageData: an object was expected, not list"):
        operations.get_usage().decode(Response(200, {}, b"[]"))
    with pytest.raises(DecodeError, match="a list of InboxEntry was expected, not dict"):
        operations.list_inboxes().decode(Response(200, {}, b"{}"))


def test_a_page_is_a_list_that_knows_the_cursor_of_the_next():
    read = operations.list_tags("a@mayfly.test").decode
    first = read(Response(200, {"x-next-cursor": "abc"}, b'[{"tag": "a", "count": 1}]'))
    assert ("abc", ["a"]) == (first.next_cursor, [each.tag for each in first])
    assert (None, []) == ((last := read(Response(200, {}, b"[]"))).next_cursor, last)


def test_files_are_octets_and_an_answer_without_a_body_is_none():
    assert b"\x00\xff" == operations.get_raw_message("id").decode(Response(200, {}, b"\x00\xff"))
    assert b"\x00\xff" == operations.get_attachment("id", 0).decode(Response(200, {}, b"\x00\xff"))
    assert operations.delete_inbox("a@mayfly.test").decode(Response(204, {}, b"")) is None


def test_an_operation_is_a_value_that_cannot_be_changed():
    call = operations.get_inbox("a@mayfly.test")
    assert isinstance(call, Operation)
    with pytest.raises(AttributeError):
        call.target = "/other"
