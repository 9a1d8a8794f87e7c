"""Base of the generated models (`mayfly_mail.models`): from the API's JSON and back.

A model is a frozen dataclass. It takes an answer as it is: a field that it does not know goes to `extra`, and an
optional field that is absent gets its default. So a client works with a newer server and with an older one.

`dataclass` writes and compiles the methods of each class on its own, half a millisecond a class, and there are some
seventy. So the models share the methods of `Model`, and `dataclass` only collects their fields.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from datetime import datetime, timezone
from enum import Enum
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

if TYPE_CHECKING:
    from typing_extensions import Self, dataclass_transform
else:

    def dataclass_transform(**_: Any) -> Callable[[type], type]:
        return lambda cls: cls


T = TypeVar("T")
Reader = Callable[[Any], Any]

_FRACTION = re.compile(r"\.(\d+)")


class DecodeError(ValueError):
    """An answer does not have the form that the API's description promises. The text names the place, never a value."""


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Model:
    """An object of the API. `extra` has the fields that this version of the client does not know."""

    extra: Mapping[str, Any] = field(default_factory=dict, repr=False)

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    _fields: ClassVar[Mapping[str, Field[Any]]]
    _readers: ClassVar[Mapping[str, Reader]] = {}
    _absent_if_none: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls) -> None:
        cls._fields = {each.name: each for each in fields(_collect(cls))}

    def __init__(self, **values: Any) -> None:
        if unknown := values.keys() - self._fields.keys():
            raise TypeError(f"{type(self).__name__} has no field {', '.join(sorted(unknown))}")
        for name, each in self._fields.items():
            self.__dict__[name] = values[name] if name in values else self._default(each)

    @classmethod
    def from_json(cls, value: object) -> Self:
        """Make a model of a decoded JSON object; DecodeError if it is no object or lacks a required field."""
        if not isinstance(value, Mapping):
            raise DecodeError(f"{cls.__name__}: an object was expected, not {type(value).__name__}")
        known: dict[str, Any] = {}
        extra: dict[str, Any] = {}
        for name, item in value.items():
            if name not in cls._fields or name == "extra":
                extra[name] = item
            elif item is not None or cls._fields[name].default_factory is MISSING:
                known[name] = cls._read(name, item)
        try:
            return cls(**known, extra=extra)
        except TypeError as error:
            raise DecodeError(str(error)) from None

    @classmethod
    def _read(cls, name: str, item: object) -> object:
        reader = cls._readers.get(name)
        if reader is None or item is None:
            return item
        try:
            return reader(item)
        except (TypeError, ValueError) as error:
            raise DecodeError(f"{cls.__name__}.{name}: {error}") from None

    @classmethod
    def _default(cls, missing: Field[Any]) -> Any:
        if missing.default_factory is not MISSING:
            return missing.default_factory()
        if missing.default is MISSING:
            raise TypeError(f"{cls.__name__} lacks its field {missing.name}")
        return missing.default

    def to_json(self) -> dict[str, Any]:
        """Return the object as the API writes it, secrets and unknown fields included."""
        absent = {"extra"} | {name for name in self._absent_if_none if getattr(self, name) is None}
        known = {name: plain(getattr(self, name)) for name in self._fields if name not in absent}
        return {**known, **plain(self.extra)}

    def __repr__(self) -> str:
        shown = (name for name, each in self._fields.items() if each.repr)
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in shown)})"

    def __eq__(self, other: object) -> bool:
        return self.__dict__ == other.__dict__ if type(other) is type(self) else NotImplemented

    __hash__ = None  # type: ignore[assignment] # it holds lists

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")


_collect = dataclass(init=False, repr=False, eq=False)
_collect(Model)


def plain(value: object) -> Any:
    """Return a value as JSON has it: models as objects, times as text, any iterable as a list."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, Model):
        return value.to_json()
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, Iterable) and not isinstance(value, (bytes, bytearray)):
        return [plain(item) for item in value]
    raise TypeError(f"JSON has no {type(value).__name__}")


def moment(value: str) -> datetime:
    """Read a time of RFC 3339; of its digits after the second, datetime has six."""
    text = _FRACTION.sub(lambda digits: "." + digits[1][:6].ljust(6, "0"), value, count=1)
    try:
        read = datetime.fromisoformat(text[:-1] + "+00:00" if text[-1:] in {"Z", "z"} else text)
    except ValueError:
        raise ValueError("not a time of RFC 3339") from None
    if read.tzinfo is None:
        raise ValueError("a time without its zone")
    return read


def moment_text(value: datetime) -> str:
    """Write a time for the API: RFC 3339 in UTC; ValueError if the time does not say its zone."""
    if value.utcoffset() is None:
        raise ValueError("a time needs a zone, for example datetime.now(timezone.utc)")
    return value.astimezone(timezone.utc).isoformat().replace("+00:00", "Z")


def many(reader: Callable[[Any], T]) -> Callable[[Any], list[T]]:
    """Read a list by the reader of its items."""

    def read(items: Any) -> list[T]:
        if not isinstance(items, list):
            raise TypeError(f"a list was expected, not {type(items).__name__}")
        return [reader(item) for item in items]

    return read
