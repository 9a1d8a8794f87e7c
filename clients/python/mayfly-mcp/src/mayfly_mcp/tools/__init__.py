"""The ten tools, each with its title, its hints and the function behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mcp.server.mcpserver.tools import Tool
from mcp.types import ToolAnnotations

from mayfly_mcp.inboxes import Inboxes
from mayfly_mcp.schemas import publish
from mayfly_mcp.tools.changing import Changing
from mayfly_mcp.tools.reading import Reading
from mayfly_mcp.tools.waiting import Waiting

READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=True)
"""Mail comes from strangers, which is what an open world is."""
ADDS = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=False)
REPLACES = ToolAnnotations(read_only_hint=False, destructive_hint=True, idempotent_hint=True, open_world_hint=False)


def tools(inboxes: Inboxes, find_smtp: Any) -> list[Tool]:
    """Return all tools on these inboxes."""
    waiting, reading, changing = Waiting(inboxes), Reading(inboxes), Changing(inboxes, find_smtp)
    return [
        _tool(changing.create_inbox, "Create an inbox", ADDS),
        _tool(waiting.wait_for_code, "Wait for a one-time code", READS),
        _tool(waiting.wait_for_link, "Wait for a link", READS),
        _tool(waiting.wait_for_message, "Wait for a mail", READS),
        _tool(waiting.prove_no_message, "Prove that no mail came", READS),
        _tool(reading.list_messages, "List mails", READS),
        _tool(reading.get_message, "Read a mail", READS),
        _tool(changing.send_test_message, "Send a test mail", ADDS),
        _tool(changing.set_fault_plan, "Let deliveries fail", REPLACES),
        _tool(changing.delete_inbox, "Delete an inbox", REPLACES),
    ]


def _tool(function: Callable[..., Any], title: str, hints: ToolAnnotations) -> Tool:
    description = " ".join((function.__doc__ or "").split())
    return publish(
        Tool.from_function(
            function,
            title=title,
            description=description,
            annotations=hints.model_copy(update={"title": title}),
            structured_output=True,
        )
    )
