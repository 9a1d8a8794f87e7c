"""What the clients know of the API, without a word of any language: models, operations and their types.

`reading` makes it of docs/openapi.json; `python` and `typescript` write code of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

Kind = Literal["string", "integer", "number", "boolean", "moment", "anything", "list", "map", "tuple", "model"]
AnswerKind = Literal["model", "list", "octets", "events", "nothing"]

MISSING: Final = object()


@dataclass(frozen=True)
class Type:
    """`items` are the types of a tuple's items, or the one of a list's items or a map's values."""

    kind: Kind
    items: tuple[Type, ...] = ()
    model: str = ""  # its clean name
    values: tuple[str, ...] = ()  # all that a string may be, of an enumeration
    is_nullable: bool = False


@dataclass(frozen=True)
class Field:
    """A field of a model or of a body. `default` is MISSING where there is none; null is None."""

    name: str
    type: Type
    is_required: bool
    default: Any = MISSING
    description: str = ""
    is_secret: bool = False


@dataclass(frozen=True)
class Model:
    """An object that answers (and sometimes bodies) hold. `group` is the tag of the operations that it belongs to."""

    name: str
    schema: str  # its name in the document
    group: str
    fields: tuple[Field, ...]
    description: str = ""

    @property
    def references(self) -> set[str]:
        """Names of the models that its fields hold."""
        return set().union(*(models_in(field.type) for field in self.fields))


@dataclass(frozen=True)
class Parameter:
    """A parameter of the path or the query; those of the path stand in its order."""

    name: str
    place: Literal["path", "query"]
    type: Type
    is_required: bool
    default: Any = MISSING
    description: str = ""


@dataclass(frozen=True)
class Body:
    """What a call sends: a JSON object, a file as it is (`octets_type`), or else a form of the fields and any files."""

    kind: Literal["json", "octets or form"]
    fields: tuple[Field, ...]
    octets_type: str = ""


@dataclass(frozen=True)
class Answer:
    """What a call returns if it succeeds; `model` of one object, or of a list's items."""

    kind: AnswerKind
    model: str = ""
    content_type: str = ""


@dataclass(frozen=True)
class Operation:
    """A call of the API. `group` is its tag."""

    name: str
    method: str
    path: str  # with {parameters}
    group: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    body: Body | None
    answer: Answer
    failures: dict[int, str]  # models of answers that are not 2xx, by status
    takes_idempotency_key: bool = False
    is_cumulative: bool = False  # sent twice it does more than once, whatever its method says

    @property
    def models(self) -> set[str]:
        """Names of the models that its body and its answers hold."""
        fields = self.body.fields if self.body else ()
        return {self.answer.model, *self.failures.values(), *set().union(*(models_in(f.type) for f in fields))} - {""}


@dataclass(frozen=True)
class Api:
    """The native routes: models in an order in which each comes after those that it refers to."""

    version: str
    models: tuple[Model, ...]
    operations: tuple[Operation, ...]

    @property
    def groups(self) -> tuple[str, ...]:
        """Tags of the operations, in the order of the document."""
        return tuple(dict.fromkeys(operation.group for operation in self.operations))

    def role(self, model: Model) -> str:
        """Say of a model that has no description where it occurs."""
        if model.description:
            return model.description
        answered = [f"`{o.name}`" for o in self.operations if o.answer.model == model.name]
        if answered:
            return f"Answer of {joined(answered)}."
        failed = [
            f"{status} of `{o.name}`" for o in self.operations for status, m in o.failures.items() if m == model.name
        ]
        if failed:
            return f"Answer {joined(failed)}."
        return f"Part of {joined([f'`{m.name}`' for m in self.models if model.name in m.references])}."


def joined(names: list[str], word: str = "and") -> str:
    """Write an enumeration: "a, b and c"."""
    return f" {word} ".join([part for part in (", ".join(names[:-1]), names[-1]) if part])


def models_in(type_: Type) -> set[str]:
    """Return the names of the models that a type holds."""
    return ({type_.model} - {""}).union(*(models_in(item) for item in type_.items))
