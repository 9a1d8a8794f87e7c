"""Writes Python of the neutral form: packages `models` and `operations` of mayfly-mail, a module for each tag.

Their `__init__` imports a module when one of its names is first asked for: most programs use few of the models, and to
define all dataclasses takes longer than everything else that the client does at its start. A module is written with all
the imports that one may need; `formatted` (in `__main__`) removes those it does not.
"""

from __future__ import annotations

import keyword
import textwrap
from collections.abc import Iterable, Iterator, Mapping

from clients.generate.schema import MISSING, Answer, Api, Body, Field, Model, Operation, Parameter, Type, joined

PLAIN = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "moment": "datetime",
    "anything": "Any",
}
ANSWERS = {"octets": ("bytes", "octets"), "events": ("str", "text"), "nothing": ("None", "nothing")}
CURSORS = {"after"}  # text in the document, and a number wherever the API gives one
WIDTH = 112
HEAD = '"""{role} Generated from docs/openapi.json by `make clients`."""\n\nfrom __future__ import annotations\n\n'
MODEL_IMPORTS = """\
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from typing import Any

from mayfly_mail.model import Model, many, moment
"""
OPERATION_IMPORTS = """\
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Literal

from mayfly_mail.multipart import Attachment, octets_or_form
from mayfly_mail.operation import UNSET, Operation, Page, Unset
from mayfly_mail.operation import array, json_body, nothing, octets, one, page, target, text
"""
LAZY = """\
def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
"""


def files(api: Api) -> Mapping[str, str]:
    """Return the text of every generated file by its path under `mayfly_mail`, not yet formatted."""
    homes = {model.name: model.group for model in api.models}
    written = {
        "models/__init__.py": package("models", "The objects of the API.", homes),
        "operations/__init__.py": package(
            "operations", "The calls of the API.", {o.name: o.group for o in api.operations}
        ),
    }
    for group in api.groups:
        models = [model for model in api.models if model.group == group]
        used = set().union(*(model.references for model in models)) - {model.name for model in models}
        text = "\n\n".join(model_class(model, api.role(model)) for model in models)
        written[f"models/{group}.py"] = module(f"Objects of {group}.", MODEL_IMPORTS, imports(used, homes), text)
        operations = [operation for operation in api.operations if operation.group == group]
        used = set().union(*(operation.models for operation in operations))
        text = "\n\n".join(map(function, operations))
        written[f"operations/{group}.py"] = module(f"Calls of {group}.", OPERATION_IMPORTS, imports(used, homes), text)
    return written


def module(role: str, *parts: str) -> str:
    """Write a module of its parts."""
    return HEAD.format(role=role) + "\n".join(parts)


def imports(models: Iterable[str], homes: Mapping[str, str]) -> str:
    """Write the imports of models from their modules."""
    return "".join(f"from mayfly_mail.models.{homes[name]} import {name}\n" for name in sorted(models))


def package(name: str, role: str, homes: Mapping[str, str]) -> str:
    """Write the `__init__` of a package whose modules are imported when they are needed."""
    exported = sorted(homes)
    found = "".join(f"    from mayfly_mail.{name}.{homes[each]} import {each}\n" for each in exported)
    return module(
        role,
        "from importlib import import_module\nfrom typing import TYPE_CHECKING, Any\n",
        f"if TYPE_CHECKING:\n{found}",
        f"__all__ = {exported!r}\n",
        f"_HOMES = { ({each: homes[each] for each in exported})!r}\n\n",
        LAZY,
    )


# ---- models


def model_class(model: Model, role: str) -> str:
    """Write the dataclass of a model."""
    lines = [f"class {model.name}(Model):", indented(docstring(role)), ""]
    for field in model.fields:
        lines.append(indented(model_field(field)))
        if about := about_field(field):
            lines.append(indented(docstring(about)))
    readers = {field.name: reader(field.type) for field in model.fields if reader(field.type)}
    if readers:
        lines.append("\n    _readers = {" + ", ".join(f"{name!r}: {text}" for name, text in readers.items()) + "}")
    if absent := [field.name for field in model.fields if may_be_absent(field)]:
        lines.append(f"\n    _absent_if_none = frozenset({absent!r})")
    return "\n".join(lines)


def model_field(field: Field) -> str:
    """Write a field: a required one has no default, unless it is nullable or a list: an older server may lack it."""
    if keyword.iskeyword(field.name) or field.name == "extra":
        raise ValueError(f"a model cannot have a field named {field.name} yet")
    optional = may_be_absent(field)
    options = ["repr=False"] if field.is_secret else []
    if field.default is not MISSING:
        options.insert(0, f"default={field.default!r}")
    elif optional or field.type.is_nullable:
        options.insert(0, "default=None")
    elif field.type.kind == "list":
        options.insert(0, "default_factory=list")
    assigned = ""
    if options:
        simple = len(options) == 1 and options[0].startswith("default=")
        assigned = f" = {options[0].removeprefix('default=')}" if simple else f" = field({', '.join(options)})"
    return f"{field.name}: {annotation(field.type)}{' | None' if optional else ''}{assigned}"


def about_field(field: Field) -> str:
    """Describe a field, with the values that it has today."""
    values = [f"`{value}`" for value in field.type.values]
    described = [sentence(field.description)] if field.description else []
    return " ".join([*described, f"So far {joined(values, 'or')}."] if values else described)


def may_be_absent(field: Field) -> bool:
    """Whether absence is all that an answer can say of the field, as it is never null."""
    return not field.is_required and not field.type.is_nullable and field.default is MISSING


def annotation(type_: Type, *, is_argument: bool = False) -> str:
    """Write a type: answers may have values that the document does not know yet, so only arguments are Literal."""
    if type_.kind == "list":
        text = f"{'Iterable' if is_argument else 'list'}[{annotation(type_.items[0], is_argument=is_argument)}]"
    elif type_.kind == "tuple":
        text = f"tuple[{', '.join(annotation(item) for item in type_.items)}]"
    elif type_.kind == "map":
        text = f"Mapping[str, {annotation(type_.items[0])}]"
    elif type_.kind == "model":
        text = f"{type_.model} | Mapping[str, Any]" if is_argument else type_.model
    elif type_.values and is_argument:
        text = f"Literal[{', '.join(map(repr, type_.values))}]"
    else:
        text = PLAIN[type_.kind]
    return f"{text} | None" if type_.is_nullable else text


def reader(type_: Type) -> str:
    """Write what turns a JSON value into the type, or nothing where it is the same."""
    if type_.kind == "moment":
        return "moment"
    if type_.kind == "tuple":
        return "tuple"
    if type_.kind == "model":
        return f"{type_.model}.from_json"
    if type_.kind == "list" and (inner := reader(type_.items[0])):
        return f"many({inner})"
    return ""


# ---- operations


def function(operation: Operation) -> str:
    """Write the function that makes a call of its arguments."""
    answer, decoder = answer_of(operation.answer)
    arguments = [
        f"name={operation.name!r}",
        f"method={operation.method!r}",
        f"target={target(operation)}",
        f"decode={decoder}",
        *body_of(operation.body),
    ]
    if operation.answer.content_type not in {"", "application/json"}:
        arguments.append(f"accept={operation.answer.content_type!r}")
    if operation.takes_idempotency_key:
        arguments.append("takes_idempotency_key=True")
    if operation.is_cumulative:
        arguments.append("is_cumulative=True")
    if operation.answer.kind == "events":
        arguments.append("streams=True")
    before = ""
    if operation.body and operation.body.kind != "json":
        before = f"    body_, content_type = {form_of(operation.body)}\n"
    return (
        f"def {operation.name}({', '.join(signature(operation))}) -> Operation[{answer}]:\n"
        f"{indented(docstring(description(operation)))}\n"
        f"{before}    return Operation({', '.join(arguments)},)\n"
    )


def signature(operation: Operation) -> Iterator[str]:
    """Write the arguments: those of the path by position, then those of the query and the body by name."""
    for parameter in operation.parameters:
        if parameter.place == "path":
            yield f"{python_name(parameter.name)}: {annotation(parameter.type)}"
    named = [query_argument(p) for p in operation.parameters if p.place == "query"]
    if operation.body and operation.body.kind != "json":
        named += [
            "raw: bytes | None = None",
            *map(form_argument, operation.body.fields),
            "attachments: Iterable[Attachment] = ()",
        ]
    elif operation.body:
        named += map(body_argument, operation.body.fields)
    if named:
        yield "*"
        yield from sorted(named, key=lambda argument: "=" in argument)


def query_argument(parameter: Parameter) -> str:
    """Write an argument of the query; None leaves it out."""
    type_ = annotation(Type(parameter.type.kind, parameter.type.items, values=parameter.type.values), is_argument=True)
    if parameter.name in CURSORS:
        type_ = f"int | {type_}"
    return f"{python_name(parameter.name)}: {type_}" + ("" if parameter.is_required else " | None = None")


def body_argument(field: Field) -> str:
    """Write an argument of a JSON body: UNSET leaves it out where None means null, else None does."""
    text = f"{python_name(field.name)}: {annotation(field.type, is_argument=True)}"
    if field.is_required:
        return text
    if field.type.is_nullable:
        return f"{text.removesuffix(' | None')} | Unset | None = UNSET"
    return f"{text} | None = None"


def form_argument(field: Field) -> str:
    """Write an argument of a form; None leaves it out."""
    return f"{python_name(field.name)}: {annotation(field.type)} | None = None"


def target(operation: Operation) -> str:
    """Write the expression of a call's target."""
    path = [p for p in operation.parameters if p.place == "path"]
    template = operation.path
    for parameter in path:
        template = template.replace(f"{{{parameter.name}}}", "{}")
    query = [f"{python_name(p.name)}={python_name(p.name)}" for p in operation.parameters if p.place == "query"]
    return f"target({', '.join([repr(template), *(python_name(p.name) for p in path), *query])})"


def body_of(body: Body | None) -> list[str]:
    """Write the arguments of a call that hold its body."""
    if body is None:
        return []
    if body.kind != "json":
        return ["body=body_", "content_type=content_type"]
    fields = [f"{python_name(f.name)}={body_value(f)}" for f in body.fields]
    return [f"body=json_body({', '.join(fields)})", "content_type='application/json'"]


def body_value(field: Field) -> str:
    """Write the value of a body's field."""
    name = python_name(field.name)
    value = f"array({name})" if field.type.kind == "list" else name
    return value if field.is_required or field.type.is_nullable else f"UNSET if {name} is None else {value}"


def form_of(body: Body) -> str:
    """Write the call that makes a body of a file as it is, or of a form."""
    fields = ", ".join(f"{field.name!r}: {python_name(field.name)}" for field in body.fields)
    return f"octets_or_form(raw, {body.octets_type!r}, {{{fields}}}, attachments)"


def answer_of(answer: Answer) -> tuple[str, str]:
    """Return the type of a call's result, and what reads it."""
    if answer.kind == "model":
        return answer.model, f"one({answer.model})"
    if answer.kind == "list":
        return f"Page[{answer.model}]", f"page({answer.model})"
    return ANSWERS[answer.kind]


def python_name(name: str) -> str:
    """Return the name of an argument: one that Python keeps for itself gets a `_`."""
    if not name.isidentifier() or name.endswith("_"):
        raise ValueError(f"an argument cannot be named {name} yet")
    return f"{name}_" if keyword.iskeyword(name) else name


# ---- texts


def description(operation: Operation) -> str:
    """Write the docstring of a call."""
    about: list[Parameter | Field] = [*operation.parameters, *(operation.body.fields if operation.body else ())]
    lines = [f"    {python_name(each.name)}: {sentence(each.description)}" for each in about if each.description]
    text = operation.description or operation.summary
    return "\n\n".join([text, "Args:\n" + "\n".join(lines)]) if lines else text


def sentence(text: str) -> str:
    """End a description with a full stop."""
    return text if text.endswith((".", "!", "?")) else f"{text}."


def docstring(text: str) -> str:
    """Write a docstring of paragraphs; a line that is indented stands for itself."""
    wrapped = "\n\n".join(map(paragraph, text.split("\n\n")))
    escaped = wrapped.replace("\\", "\\\\").replace('"', '\\"') if needs_escapes(wrapped) else wrapped
    return f'"""{escaped}\n"""' if "\n" in escaped else f'"""{escaped}"""'


def needs_escapes(text: str) -> bool:
    """Whether a text would end its docstring, or say something else there."""
    return "\\" in text or '"""' in text or text.endswith('"')


def paragraph(text: str) -> str:
    """Break the lines of a paragraph anew; of a list, each item alone."""
    head, *items = text.split("\n    ")
    lines = [wrap(head), *(wrap(f"    {item}") for item in items)]
    return "\n".join(lines)


def wrap(line: str) -> str:
    """Break a line at blanks; what goes on of an indented one stands deeper."""
    margin = line[: len(line) - len(line.lstrip())]
    deeper = f"{margin}    " if margin else ""
    return textwrap.fill(line, WIDTH, subsequent_indent=deeper, break_long_words=False, break_on_hyphens=False)


def indented(text: str) -> str:
    """Indent by one level."""
    return textwrap.indent(text, "    ")
