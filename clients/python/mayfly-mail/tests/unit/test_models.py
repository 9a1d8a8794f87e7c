"""Every model, held against the examples of docs/openapi.json."""

import copy
import dataclasses
import inspect
import json
import pickle
import subprocess
import sys
from datetime import datetime, timezone
from pathlib import Path

import pytest

from mayfly_mail import models, operations
from mayfly_mail.model import DecodeError, Model, moment, moment_text
from mayfly_mail.operation import Response

DOCUMENT = json.loads((Path(__file__).parents[5] / "docs/openapi.json").read_bytes())
ROUTES = {
    route["operationId"]: route
    for item in DOCUMENT["paths"].values()
    for route in item.values()
    if isinstance(route, dict) and "operationId" in route
}
# Answers that are not 2xx have no decoder, as what they mean is told by an exception.
FAILURES = {("wait_for_message", "408"): models.WaitTimeoutData, ("prove_none_came", "409"): models.MailCameData}


def example(answer):
    media = answer.get("content", {}).get("application/json", {})
    return next(iter(media.get("examples", {}).values()), {}).get("value")


def required(function):
    by_name = inspect.signature(function).parameters
    return {
        name: 1 if "int" in each.annotation else "x" for name, each in by_name.items() if each.default is each.empty
    }


def decoded(name, value):
    function = getattr(operations, name)
    arguments = {**required(function), **({"raw": b""} if name == "inject_message" else {})}
    lists = {"steps": [], "ids": [], "since": datetime(2026, 1, 2, tzinfo=timezone.utc)}
    arguments |= {each: lists[each] for each in arguments if each in lists}
    path = [
        arguments.pop(each)
        for each, p in inspect.signature(function).parameters.items()
        if p.kind is p.POSITIONAL_OR_KEYWORD
    ]
    return function(*path, **arguments).decode(Response(200, {}, json.dumps(value).encode()))


def successes():
    for name in operations.__all__:
        for status, answer in ROUTES[name]["responses"].items():
            if status.startswith("2") and (value := example(answer)) is not None:
                yield name, value


ANSWERS = list(successes())


def failures():
    for (name, status), model in FAILURES.items():
        yield model, example(ROUTES[name]["responses"][status])


def plain(value):
    return [each.to_json() for each in value] if isinstance(value, list) else value.to_json()


def held(value):
    """Every model in a value."""
    if isinstance(value, Model):
        yield value
        for each in dataclasses.fields(value):
            yield from held(getattr(value, each.name))
    if isinstance(value, list):
        for each in value:
            yield from held(each)


@pytest.mark.parametrize(("name", "value"), ANSWERS, ids=[name for name, _ in ANSWERS])
def test_the_documents_example_of_an_answer_comes_back_as_it_was(name, value):
    read = decoded(name, value)
    assert value == plain(read)
    assert [] == [model for model in held(read) if model.extra]


@pytest.mark.parametrize(("model", "value"), list(failures()))
def test_the_documents_example_of_a_failure_comes_back_as_it_was(model, value):
    assert value == model.from_json(value).to_json()


def all_examples():
    """One instance of every model, by its class, made of the document's examples."""
    read = [decoded(name, value) for name, value in ANSWERS] + [model.from_json(value) for model, value in failures()]
    return {type(model): model for each in read for model in held(each)}


EXAMPLES = all_examples()
EVERY = pytest.mark.parametrize("model", EXAMPLES.values(), ids=[model.__name__ for model in EXAMPLES])


def test_the_examples_have_every_model():
    assert set(models.__all__) == {model.__name__ for model in EXAMPLES}


@EVERY
def test_unknown_fields_are_kept_and_come_back(model):
    value = {**model.to_json(), "new_field": {"deep": [1, None]}, "extra": "theirs"}
    read = type(model).from_json(value)
    assert {"new_field": {"deep": [1, None]}, "extra": "theirs"} == read.extra
    assert value == read.to_json()


@EVERY
def test_a_model_is_a_frozen_dataclass_to_its_users(model):
    names = [each.name for each in dataclasses.fields(model)]
    assert {*model.to_json(), "extra"} == set(names)
    assert model == dataclasses.replace(model) == copy.deepcopy(model) == pickle.loads(pickle.dumps(model))
    assert model != dataclasses.replace(model, extra={"new": 1})
    assert set(names) == dataclasses.asdict(model).keys()
    for name in names:
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(model, name, None)
        with pytest.raises(dataclasses.FrozenInstanceError):
            delattr(model, name)


@EVERY
def test_a_model_has_a_docstring_and_says_its_name(model):
    assert type(model).__doc__.endswith(".")
    assert repr(model).startswith(f"{type(model).__name__}(")


@EVERY
def test_an_object_without_its_optional_fields_is_read_and_comes_back_without_those_that_are_never_null(model):
    schema = next(
        s for s in DOCUMENT["components"]["schemas"].values() if fields_of(model) == set(s.get("properties", ()))
    )
    whole = model.to_json()
    few = {name: whole[name] for name in schema.get("required", ())}
    read = type(model).from_json(few)
    assert few.items() <= read.to_json().items()
    assert read == type(model).from_json(read.to_json())


def fields_of(model):
    return {each.name for each in dataclasses.fields(model)} - {"extra"}


def test_a_field_that_is_never_null_and_absent_stays_absent():
    value = {**EXAMPLES[models.InboxData].to_json()}
    del value["webhook_secret"]
    read = models.InboxData.from_json(value)
    assert read.webhook_secret is None
    assert value == read.to_json()


def test_null_stays_null():
    value = {**EXAMPLES[models.InboxData].to_json(), "label": None, "inbox_expires_at": None}
    assert value == models.InboxData.from_json(value).to_json()


def test_an_older_servers_answer_without_a_nullable_field_or_a_list_is_read():
    value = EXAMPLES[models.MessageData].to_json()
    del value["tags"], value["date"]
    read = models.MessageData.from_json(value)
    assert ([], None) == (read.tags, read.date)


def test_null_in_place_of_a_list_is_an_empty_list():
    value = EXAMPLES[models.MessageData].to_json()
    assert [] == models.MessageData.from_json({**value, "links": None}).links


def test_an_answer_without_a_required_field_is_an_error_that_names_it():
    with pytest.raises(DecodeError, match=r"^InboxEntry lacks its field address$"):
        models.InboxEntry.from_json({})


def test_an_error_within_a_list_names_the_field_and_shows_no_value():
    value = {**EXAMPLES[models.MessageData].to_json(), "links": [{"url": "https://secret.test/"}]}
    with pytest.raises(DecodeError, match=r"^MessageData\.links: LinkData lacks its field ") as error:
        models.MessageData.from_json(value)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    ("field", "value"), [("received_at", "yesterday"), ("received_at", 5), ("links", {}), ("links", "x")]
)
def test_a_value_of_another_kind_is_an_error_that_names_the_field(field, value):
    with pytest.raises(DecodeError, match=rf"^MessageData\.{field}: "):
        models.MessageData.from_json({**EXAMPLES[models.MessageData].to_json(), field: value})


def test_a_value_that_the_document_does_not_list_is_taken_as_it_is():
    assert (
        "paused"
        == models.DeliveryData.from_json({**EXAMPLES[models.DeliveryData].to_json(), "status": "paused"}).status
    )


def test_an_argument_that_is_no_field_is_refused():
    with pytest.raises(TypeError, match="FaultStep has no field cod"):
        models.FaultStep(cod=451)


def test_defaults_are_not_shared():
    first = models.FaultPlan()
    first.steps.append(models.FaultStep())
    assert [] == models.FaultPlan().steps


def test_models_of_different_kinds_differ():
    assert models.Health() != models.Ready()
    assert models.Health() != {}


def test_a_name_that_is_no_model_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Inbox'"):
        _ = models.Inbox


def test_importing_the_packages_loads_no_model_and_no_call_before_one_is_used():
    code = """
import sys, mayfly_mail.models, mayfly_mail.operations
assert not [name for name in sys.modules if name.startswith(("mayfly_mail.models.", "mayfly_mail.operations."))]
mayfly_mail.operations.get_usage
assert "mayfly_mail.models.accounts" in sys.modules
assert "mayfly_mail.models.messages" not in sys.modules
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)


# ---- secrets

# Written out, so that a new field has to be thought about: what opens something does not show.
SECRETS = {
    "NewInbox": {"token", "webhook_secret"},
    "GeneratedInbox": {"token"},
    "InboxData": {"webhook_secret"},
    "NewSpace": {"token", "webhook_secret"},
    "SpaceData": {"webhook_secret"},
    "SmtpAccess": {"password"},
    "StreamTicketData": {"ticket"},
    "WebhookData": {"secret"},
    "SessionData": {"access_token"},
    "NewInvitation": {"code"},
    "NewAccount": {"api_key"},
    "NewKeyText": {"api_key"},
    "NewKey": {"plaintext"},
    "PageTicketData": {"url"},
}
SUSPICIOUS = ("password", "secret", "token", "key", "ticket", "credential", "code")
NO_SECRETS = {
    ("ApiKeyData", "key_prefix"),
    ("NewKey", "key_prefix"),
    ("CandidateData", "code"),  # what a client is for
    ("ExplainedCandidateData", "code"),
    ("DomainData", "txt_token"),  # published in DNS
    ("DomainDetail", "txt_token"),
    ("FaultStep", "code"),
    ("SessionData", "token_type"),
    ("WebhookData", "previous_secret_until"),
}


def test_every_field_that_may_be_a_secret_is_known_as_one_or_as_none():
    found = {
        (type(model).__name__, each.name)
        for model in EXAMPLES.values()
        for each in dataclasses.fields(model)
        if is_suspicious(each.name)
    }
    secrets = {(model, field) for model, fields in SECRETS.items() for field in fields if is_suspicious(field)}
    assert found == NO_SECRETS | secrets


def is_suspicious(field):
    return any(word in field for word in SUSPICIOUS)


@EVERY
def test_no_secret_and_no_unknown_field_shows_in_the_text_of_a_model(model):
    secret = dict.fromkeys(SECRETS.get(type(model).__name__, ()), "hunter2")
    shown = repr(dataclasses.replace(model, **secret, extra={"new_secret": "hunter2"}))
    assert "hunter2" not in shown
    assert all(f"{name}=" in shown for name in fields_of(model) - secret.keys())


def test_a_secret_within_another_model_does_not_show():
    space = EXAMPLES[models.NewSpace]
    smtp = dataclasses.replace(space.smtp, password="hunter2")
    assert "hunter2" not in repr(dataclasses.replace(space, smtp=smtp))


# ---- times


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-05-08T11:30:00Z", datetime(2026, 5, 8, 11, 30, tzinfo=timezone.utc)),
        ("2026-05-08t11:30:00z", datetime(2026, 5, 8, 11, 30, tzinfo=timezone.utc)),
        ("2026-05-08T11:30:00.5Z", datetime(2026, 5, 8, 11, 30, 0, 500_000, tzinfo=timezone.utc)),
        ("2026-05-08T11:30:00.123456789Z", datetime(2026, 5, 8, 11, 30, 0, 123_456, tzinfo=timezone.utc)),
        ("2026-05-08T13:30:00+02:00", datetime(2026, 5, 8, 11, 30, tzinfo=timezone.utc)),
        ("2026-05-08T00:00:00.25-05:30", datetime(2026, 5, 8, 5, 30, 0, 250_000, tzinfo=timezone.utc)),
    ],
)
def test_times_are_read_with_any_fraction_and_any_zone(text, expected):
    read = moment(text)
    assert expected == read
    assert read.tzinfo is not None
    assert read == moment(moment_text(read))


@pytest.mark.parametrize(
    "text", ["", "Z", "2026-05-08", "2026-05-08T11:30:00", "20260508T113000", "2026-13-08T11:30:00Z"]
)
def test_what_is_no_whole_time_is_refused(text):
    with pytest.raises(ValueError, match="time"):
        moment(text)
