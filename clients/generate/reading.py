"""Reads docs/openapi.json into the neutral form of `schema`. What it does not know is an error, never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from clients.generate import names
from clients.generate.schema import MISSING, Answer, Api, Body, Field, Model, Operation, Parameter, Type

Json = Mapping[str, Any]
METHODS = ("get", "put", "post", "patch", "delete")
PLAIN = {"string": "string", "integer": "integer", "number": "number", "boolean": "boolean"}


class UnknownForm(Exception):
    """The document has something that the clients cannot say yet."""


def read(document: Json) -> Api:
    """Read the native routes of an OpenAPI document and the models that they use."""
    reader = Reader(document)
    operations = tuple(reader.operation(path, method, route) for path, method, route in native(document))
    return Api(document["info"]["version"], tuple(reader.models_of(operations)), operations)


def native(document: Json) -> Iterator[tuple[str, str, Json]]:
    """Yield path, method and description of each native route; the tags of dialects begin with a capital letter."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item and item[method]["tags"][0][0].islower():
                yield path, method, item[method]


class Reader:
    """Reads one document; `_schemas` maps the clean name of each model met so far to its name in the document."""

    def __init__(self, document: Json) -> None:
        self._definitions: Json = document["components"]["schemas"]
        self._schemas: dict[str, str] = {}

    def operation(self, path: str, method: str, route: Json) -> Operation:
        """Read one route."""
        parameters = tuple(self._parameter(p) for p in route.get("parameters", ()) if p["in"] != "header")
        headers = {p["name"] for p in route.get("parameters", ()) if p["in"] == "header"}
        if unknown := headers - {"Idempotency-Key", "Last-Event-ID"}:  # `after` says what Last-Event-ID does
            raise UnknownForm(f"{route['operationId']}: header fields {unknown}")
        return Operation(
            name=route["operationId"],
            method=method.upper(),
            path=path,
            group=route["tags"][0],
            summary=route["summary"],
            description=route.get("description", ""),
            parameters=in_order_of_path(path, parameters),
            body=self._body(route["requestBody"]) if "requestBody" in route else None,
            answer=self._answer(route),
            failures=self._failures(route["responses"]),
            takes_idempotency_key="Idempotency-Key" in headers,
            is_cumulative=route["operationId"] in names.CUMULATIVE,
        )

    def models_of(self, operations: Iterable[Operation]) -> Iterator[Model]:
        """Yield the models that the operations use, each after those that it refers to."""
        pending = sorted(operations, key=lambda operation: names.GROUPS.index(operation.group))
        done: set[str] = set()
        for operation in pending:
            for name in sorted(operation.models):
                yield from self._with_references(name, operation.group, done)

    def _with_references(self, name: str, group: str, done: set[str]) -> Iterator[Model]:
        if name in done:
            return
        done.add(name)
        model = self._model(name, group)
        for reference in sorted(model.references):
            yield from self._with_references(reference, group, done)
        yield model

    def _model(self, name: str, group: str) -> Model:
        schema = self._definitions[self._schemas[name]]
        return Model(name, self._schemas[name], group, tuple(self._fields(schema, name)), schema.get("description", ""))

    def _fields(self, schema: Json, owner: str) -> Iterator[Field]:
        required = set(schema.get("required", ()))
        for name, described in schema["properties"].items():
            yield Field(
                name=name,
                type=self._type(described),
                is_required=name in required,
                default=described.get("default", MISSING),
                description=described.get("description", ""),
                is_secret=names.is_secret(owner, name),
            )

    def _parameter(self, described: Json) -> Parameter:
        return Parameter(
            name=described["name"],
            place=described["in"],
            type=self._type(described["schema"]),
            is_required=described.get("required", False),
            default=described["schema"].get("default", MISSING),
            description=described.get("description", ""),
        )

    def _body(self, described: Json) -> Body:
        content = described["content"]
        if set(content) == {"application/json"}:
            schema = without_null(content["application/json"]["schema"])
            reference = schema["$ref"].rpartition("/")[2]
            return Body("json", tuple(self._fields(self._definitions[reference], reference)))
        octets = [kind for kind in content if content[kind]["schema"].get("format") == "binary"]
        if len(octets) == 1 and set(content) - set(octets) == {"multipart/form-data"}:
            return Body("octets or form", tuple(self._fields(content["multipart/form-data"]["schema"], "")), octets[0])
        raise UnknownForm(f"a body of {sorted(content)}")

    def _answer(self, route: Json) -> Answer:
        described = next(answer for status, answer in route["responses"].items() if status.startswith("2"))
        if not (content := described.get("content")):
            return Answer("nothing")
        [(content_type, media)] = content.items()
        schema = media["schema"]
        if content_type == "text/event-stream":
            return Answer("events", content_type=content_type)
        if schema.get("format") == "binary":
            return Answer("octets", content_type=content_type)
        type_ = self._type(schema)
        if type_.kind == "list" and type_.items[0].kind == "model":
            return Answer("list", type_.items[0].model, content_type)
        if type_.kind == "model":
            return Answer("model", type_.model, content_type)
        raise UnknownForm(f"{route['operationId']}: an answer of {schema}")

    def _failures(self, responses: Json) -> dict[int, str]:
        contents = {int(s): a["content"] for s, a in responses.items() if s >= "4" and "content" in a}
        models = {
            status: self._type(content["application/json"]["schema"]).model for status, content in contents.items()
        }
        return {status: model for status, model in models.items() if model}

    def _type(self, schema: Json) -> Type:
        if "oneOf" in schema:
            return self._one_of(schema["oneOf"])
        if "$ref" in schema:
            return Type("model", model=self._name(schema["$ref"].rpartition("/")[2]))
        kinds = schema.get("type", [])
        if isinstance(kinds, list):
            return self._of_several(schema, kinds)
        if kinds in {"array", "object"}:
            return self._collection(schema)
        if kinds == "string" and schema.get("format") == "date-time":
            return Type("moment")
        if kinds not in PLAIN:
            raise UnknownForm(f"{schema}")
        return Type(PLAIN[kinds], values=tuple(v for v in schema.get("enum", ()) if v is not None))  # type: ignore[arg-type]

    def _one_of(self, choices: list[Json]) -> Type:
        # A tuple of any length has `{}` as a second choice of its items, beside the only one.
        real = [choice for choice in choices if choice and choice.get("type") != "null"]
        if len(real) != 1:
            raise UnknownForm(f"one of {choices}")
        is_nullable = any(choice.get("type") == "null" for choice in choices)
        return replace(type_ := self._type(real[0]), is_nullable=type_.is_nullable or is_nullable)

    def _of_several(self, schema: Json, kinds: list[str]) -> Type:
        if not kinds:
            return Type("anything")
        [kind] = set(kinds) - {"null"}
        return replace(self._type({**schema, "type": kind}), is_nullable="null" in kinds)

    def _collection(self, schema: Json) -> Type:
        if schema["type"] == "object":
            return Type("map", (self._type(schema["additionalProperties"]),))
        if "prefixItems" in schema:
            return Type("tuple", tuple(self._type(item) for item in schema["prefixItems"]))
        return Type("list", (self._type(schema["items"]),))

    def _name(self, reference: str) -> str:
        name = names.model_name(self._definitions[reference]["title"])
        if self._schemas.setdefault(name, reference) != reference:
            raise UnknownForm(f"two models named {name}: {self._schemas[name]} and {reference}")
        return name


def in_order_of_path(path: str, parameters: Iterable[Parameter]) -> tuple[Parameter, ...]:
    """Sort the parameters of the path by their places in it, before those of the query."""
    return tuple(sorted(parameters, key=lambda p: path.index(f"{{{p.name}}}") if p.place == "path" else len(path)))


def without_null(schema: Json) -> Json:
    """Return the one choice of a schema that may be null."""
    choices: list[Json] = [choice for choice in schema.get("oneOf", [schema]) if choice.get("type") != "null"]
    if len(choices) != 1:
        raise UnknownForm(f"a body of {schema}")
    return choices[0]
