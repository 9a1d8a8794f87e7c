"""The rooms of the gateway: one uses another only by what its package exports, and only rooms.py builds them."""

import ast
from collections.abc import Iterator
from pathlib import Path

GATEWAY = Path(__file__).parents[2] / "services/api-gateway/src/api_gateway"
ROOMS = {folder.name for folder in GATEWAY.iterdir() if (folder / "room.py").exists()}
OPEN = {"forms", "handlers"}
"""Modules of a room that routes elsewhere may import by name, because they load the web framework or are types only."""


def imports_between_rooms() -> Iterator[tuple[str, str]]:
    """Yield each import of a room's inner module from outside of that room, as (file, module)."""
    for path in GATEWAY.rglob("*.py"):
        own = path.relative_to(GATEWAY).parts[0]
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("api_gateway."):
                _, room, *inner = node.module.split(".")
                names = [".".join([*inner, alias.name]) for alias in node.names] if not inner else [".".join(inner)]
                if room in ROOMS and room != own:
                    yield from ((str(path.relative_to(GATEWAY)), f"{room}.{name}") for name in names)


def exported(room: str) -> set[str]:
    tree = ast.parse((GATEWAY / room / "__init__.py").read_text())
    values = (node.value for node in tree.body if isinstance(node, ast.Assign))
    return {name for value in values for name in ast.literal_eval(value)}


def test_there_are_rooms():
    rooms = {
        "accounts",
        "inboxes",
        "spaces",
        "messages",
        "live",
        "webhooks",
        "domains",
        "usage",
        "identities",
        "operator",
    }
    assert rooms == ROOMS


def test_a_room_is_used_by_what_it_exports():
    wrong = []
    for file, name in imports_between_rooms():
        room, _, inner = name.partition(".")
        if file != "rooms.py" and inner not in exported(room) | OPEN:
            wrong.append((file, name))
    assert [] == wrong


def test_every_room_has_routes_handlers_and_a_builder():
    for room in ROOMS:
        assert (GATEWAY / room / "routes.py").exists(), room
        assert "def build(" in (GATEWAY / room / "room.py").read_text(), room
