"""The base of every stored record: a frozen struct with a string `id`."""

from msgspec import Struct


class Record(Struct, frozen=True, kw_only=True):
    """Fields added by a newer version are ignored on reading, so that two versions can run during a roll-out."""

    id: str
