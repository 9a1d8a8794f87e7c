"""Writes docs/settings.md from the settings structs: every variable of every service, its default and its meaning.

python deploy/settings_page.py           writes the page
python deploy/settings_page.py --check   exit 1 when the page is not what this would write
"""

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import msgspec.structs

from mayfly.service.intake_settings import IntakeSettings
from mayfly.service.settings import PREFIX, ServiceSettings

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
SERVICES = {
    "smtp-ingest": "smtp_ingest",
    "parser": "message_parser",
    "api-gateway": "api_gateway",
    "webhook-dispatcher": "webhook_dispatcher",
    "expiry-reaper": "expiry_reaper",
}
HEAD = """\
# Settings

Made from the code by `make dashboards`; a test holds this page against it. Every service reads its settings from the
environment once, at start: all faults are reported together, exit 2. `<NAME>_FILE` names a file that holds the value (for
secrets). An empty variable counts as absent; lists are written with commas.
"""


def rows(settings: type[ServiceSettings], known: frozenset[str] = frozenset()) -> Iterator[str]:
    """One table row for each field that is not known yet."""
    yield "| variable | default | meaning |"
    yield "|---|---|---|"
    hints = get_type_hints(settings, include_extras=True)
    for field in msgspec.structs.fields(settings):
        if field.name not in known:
            yield f"| `{PREFIX}{field.name.upper()}` | {shown(field.default)} | {description(hints[field.name])} |"


def shown(default: Any) -> str:
    if default is msgspec.NODEFAULT:
        return "(needed)"
    text = ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
    return f"`{text}`" if text else "empty"


def description(hint: Any) -> str:
    """What the annotation says. Raises ValueError for a setting that nobody described."""
    for extra in getattr(hint, "__metadata__", ()):
        if isinstance(extra, msgspec.Meta) and extra.description:
            return extra.description
    raise ValueError(f"a setting without a description: {hint}")


def page() -> str:
    """The whole page."""
    shared = frozenset(ServiceSettings.__struct_fields__)
    taking = frozenset(IntakeSettings.__struct_fields__)
    lines = [HEAD, "## Every service", *rows(ServiceSettings)]
    lines += ["", "## smtp-ingest and api-gateway: give both the same", *rows(IntakeSettings, shared)]
    for name, module in SERVICES.items():
        settings = import_module(f"{module}.settings").Settings
        lines += ["", f"## {name}", *rows(settings, taking if issubclass(settings, IntakeSettings) else shared)]
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page, or with --check only compare it."""
    fresh = PAGE.exists() and PAGE.read_text() == page()
    if "--check" in sys.argv:
        print("" if fresh else f"{PAGE} is stale: run 'make dashboards'", file=sys.stderr)
        return not fresh
    PAGE.write_text(page())
    return 0


if __name__ == "__main__":
    sys.exit(main())
