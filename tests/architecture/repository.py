"""What the rules look at: the repository's files, its Python source by role, and its prose."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
FOLDERS = (
    ".ci",
    "bench",
    "chaos",
    "clients",
    "deploy",
    "docs",
    "lib",
    "local",
    "proto",
    "requirements",
    "services",
    "tests",
)
OURS = {"mayfly", "smtp_ingest", "message_parser", "api_gateway", "webhook_dispatcher", "expiry_reaper", "mayfly_local"}
_MADE_BY_TOOLS = {"__pycache__", ".hypothesis", "dist", "node_modules"}


def files(pattern: str = "*") -> list[Path]:
    """Every file of the repository whose name matches, at its root and below its folders."""
    found = [*ROOT.glob(pattern), *(path for folder in FOLDERS for path in (ROOT / folder).rglob(pattern))]
    return sorted(path for path in found if path.is_file() and not _MADE_BY_TOOLS & set(path.parts))


def modules() -> list[Path]:
    """Python that people write: generated protobuf code is left out."""
    return [path for path in files("*.py") if not path.stem.endswith("_pb2")]


def source() -> list[Path]:
    """Production source: every module that is no test."""
    return [path for path in modules() if "tests" not in path.relative_to(ROOT).parts]


def suite() -> list[Path]:
    """Every module of tests, with what they share."""
    return [path for path in modules() if "tests" in path.relative_to(ROOT).parts]


def pages() -> list[Path]:
    """The prose for people: what stands at the root, in docs/ and beside the deployment files."""
    return [path for path in files("*.md") if path.parent in {ROOT, ROOT / "docs"} or ROOT / "deploy" in path.parents]


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), str(path))


def calls(path: Path) -> Iterator[tuple[str, ast.Call]]:
    """Each call in a module, with the called name as it is written, such as `monkeypatch.setattr`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func), node


def imports(path: Path) -> Iterator[str]:
    """What a module imports: `import a.b` as `a.b`, `from a import b` as `a.b` too; relative ones from the repository's root."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            origin = package[: len(package) - node.level + 1] if node.level else ()
            yield from (".".join([*origin, *filter(None, [node.module]), alias.name]) for alias in node.names)


def without_code(text: str) -> str:
    """Markdown without its fenced blocks."""
    return re.sub(r"(?ms)^ *(```|~~~).*?^ *\1 *$", "", text)


def name(path: Path) -> str:
    """A path as a failure prints it."""
    return path.relative_to(ROOT).as_posix()
