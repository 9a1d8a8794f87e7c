"""Writes TypeScript of the neutral form: `generated/models.ts` and `generated/operations.ts` of @mayfly-mail/client.

Models are the JSON as it comes, under the API's own names: reading one costs nothing, and what a newer server adds
stays in it.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from clients.generate.schema import MISSING, Api, Field, Model, Operation, Parameter, Type

PLAIN = {"integer": "number", "number": "number", "boolean": "boolean", "moment": "string", "anything": "unknown"}
ANSWERS = {"octets": "Uint8Array", "events": "string", "nothing": "void"}
CURSORS = {"after"}  # text in the document, and a number wherever the API gives one
WIDTH = 118
HEAD = "/** {role} Generated from docs/openapi.json by `make clients`. */\n\n"
IMPORTS = """\
import { operation, path } from "../operation.js";
import type { Content, Operation } from "../operation.js";
import type * as models from "./models.js";

"""


def files(api: Api) -> Mapping[str, str]:
    """Return the text of each generated file by its path under `src`."""
    models = "\n".join(interface(model, api) for model in sorted(api.models, key=lambda model: model.name))
    calls = "\n".join(text for each in api.operations for text in (*arguments_of(each), function(each)))
    return {
        "generated/models.ts": HEAD.format(role="The objects of the API.") + models,
        "generated/operations.ts": HEAD.format(role="The calls of the API.") + IMPORTS + calls,
    }


# ---- models


def interface(model: Model, api: Api) -> str:
    """Write the type of an object that answers hold."""
    role = re.sub("`([a-z_]+)`", lambda name: f"`{camel(name[1])}`", api.role(model))
    return f"{comment(role)}export interface {model.name} {{\n{members(map(answer_field, model.fields))}}}\n"


def answer_field(field: Field) -> tuple[str, str]:
    """Return the description and the declaration of a field of an answer."""
    mark = "" if field.is_required or field.default is not MISSING else "?"
    return described(field), f"readonly {field.name}{mark}: {written(field.type)};"


# ---- operations


def arguments_of(operation: Operation) -> Iterator[str]:
    """Write the types of a call's query and JSON body, where it has them."""
    name = pascal(operation.name)
    if query := [parameter for parameter in operation.parameters if parameter.place == "query"]:
        fields = members(map(query_field, query))
        yield f"/** The query of `{camel(operation.name)}`. */\nexport interface {name}Query {{\n{fields}}}\n"
    if operation.body and operation.body.kind == "json":
        fields = members(map(body_field, operation.body.fields))
        yield f"/** What `{camel(operation.name)}` sends. */\nexport interface {name}Body {{\n{fields}}}\n"


def query_field(parameter: Parameter) -> tuple[str, str]:
    """Return the description and the declaration of a parameter; undefined leaves it out."""
    type_ = written(parameter.type, is_argument=True).removesuffix(" | null")
    if parameter.name in CURSORS:
        type_ = f"number | {type_}"
    mark = "" if parameter.is_required else "?"
    return described(parameter), f"{key(parameter.name)}{mark}: {type_}{' | undefined' if mark else ''};"


def body_field(field: Field) -> tuple[str, str]:
    """Return the description and the declaration of a field that is sent; undefined leaves it out."""
    mark = "" if field.is_required else "?"
    type_ = written(field.type, is_argument=True)
    return described(field), f"{key(field.name)}{mark}: {type_}{' | undefined' if mark else ''};"


def function(operation: Operation) -> str:
    """Write the function that makes a call of its arguments."""
    returned = answer(operation)
    parts = ", ".join(parts_of(operation))
    given = f", {{ {parts} }}" if parts else ""
    made = f'operation("{operation.name}", "{operation.method}", {target(operation)}{given})'
    head = f"export function {camel(operation.name)}({', '.join(signature(operation))}): Operation<{returned}> {{"
    return f"{comment(operation.description or operation.summary)}{head}\n  return {made};\n}}\n"


def signature(operation: Operation) -> Iterator[str]:
    """Write the arguments: those of the path, then the body, then the query."""
    for parameter in operation.parameters:
        if parameter.place == "path":
            yield f"{camel(parameter.name)}: {written(parameter.type)}"
    if operation.body and operation.body.kind != "json":
        yield "content: Content"
    elif operation.body:
        yield f"json: {pascal(operation.name)}Body{empty(operation.body.fields)}"
    if query := [parameter for parameter in operation.parameters if parameter.place == "query"]:
        yield f"query: {pascal(operation.name)}Query{empty(query)}"


def empty(fields: Iterable[Field | Parameter]) -> str:
    """Write the default of an argument all of whose fields may be left out."""
    return "" if any(field.is_required for field in fields) else " = {}"


def parts_of(operation: Operation) -> Iterator[str]:
    """Write what an operation has beside its path."""
    if any(parameter.place == "query" for parameter in operation.parameters):
        yield "query"
    if operation.body:
        yield "json" if operation.body.kind == "json" else "content"
    if operation.answer.kind in ANSWERS:
        yield f'answer: "{operation.answer.kind}"'
    if operation.takes_idempotency_key:
        yield "takesIdempotencyKey: true"


def target(operation: Operation) -> str:
    """Write the expression of a call's path."""
    template = re.sub(r"\{(\w+)\}", lambda match: f"${{{camel(match[1])}}}", operation.path)
    return f"path`{template}`" if "$" in template else f'"{template}"'


def answer(operation: Operation) -> str:
    """Write the type of what a call returns."""
    if operation.answer.kind in ANSWERS:
        return ANSWERS[operation.answer.kind]
    return f"models.{operation.answer.model}{'[]' if operation.answer.kind == 'list' else ''}"


# ---- types and texts


def written(type_: Type, *, is_argument: bool = False) -> str:
    """Write a type: answers may have values that the document does not know, so only arguments are unions of texts."""
    inner = [written(item, is_argument=is_argument) for item in type_.items]
    if type_.kind == "list":
        text = f"readonly ({inner[0]})[]" if " " in inner[0] else f"readonly {inner[0]}[]"
    elif type_.kind == "tuple":
        text = f"readonly [{', '.join(inner)}]"
    elif type_.kind == "map":
        text = f"Readonly<Record<string, {inner[0]}>>"
    elif type_.kind == "model":
        text = f"Partial<models.{type_.model}>" if is_argument else type_.model
    elif type_.kind == "string":
        text = " | ".join(f'"{value}"' for value in type_.values) if type_.values and is_argument else "string"
    else:
        text = "string | Date" if type_.kind == "moment" and is_argument else PLAIN[type_.kind]
    return f"{text} | null" if type_.is_nullable else text


def described(each: Field | Parameter) -> str:
    """Return what a field is, with its default."""
    default = "" if each.default in {MISSING, None} or isinstance(each.default, (list, dict)) else f"{each.default}"
    said = f"Default: {default.lower() if isinstance(each.default, bool) else default}" if default else ""
    return ". ".join(filter(None, [each.description, said]))


def members(fields: Iterable[tuple[str, str]]) -> str:
    """Write the fields of an interface, each after its description."""
    return "".join(textwrap.indent(f"{comment(about)}{declared}\n", "  ") for about, declared in fields)


def comment(text: str) -> str:
    """Write a documentation comment; nothing for no text."""
    if not text:
        return ""
    lines = [line for part in text.replace("*/", "*\\/").split("\n\n") for line in (*wrapped(part), "")][:-1]
    if len(lines) == 1:
        return f"/** {lines[0]} */\n"
    return "\n".join(["/**", *(f" * {line}".rstrip() for line in lines), " */\n"])


def wrapped(text: str) -> list[str]:
    """Break a paragraph into lines."""
    return textwrap.wrap(" ".join(text.split()), WIDTH, break_long_words=False, break_on_hyphens=False)


def key(name: str) -> str:
    """Write the name of a field, quoted where it is no identifier."""
    return name if name.isidentifier() else f'"{name}"'


def camel(name: str) -> str:
    """Return a name as JavaScript writes it."""
    head, *rest = name.split("_")
    return head + "".join(word.capitalize() for word in rest)


def pascal(name: str) -> str:
    """Return the name of a type."""
    return "".join(word.capitalize() for word in name.split("_"))
