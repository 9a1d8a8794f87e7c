"""What type checkers say to a user of the client, about both halves."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from clients.runs import environment

USER = Path(__file__).parent / "user_of_the_client.py"
ROOT = Path(__file__).parents[5]


def test_a_type_checker_knows_what_each_verb_returns() -> None:
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--strict",
        "--python-version",
        "3.10",
        "--no-error-summary",
        "--no-pretty",
        str(USER),
    ]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment(), check=False)
    assert "" == done.stderr
    said: dict[int, list[str]] = {}
    for line in done.stdout.splitlines():
        match = re.match(r".*?user_of_the_client\.py:(\d+): (?:note|error): (.*)", line)
        assert match is not None, line
        said.setdefault(int(match[1]), []).append(match[2])
    for number, line in enumerate(USER.read_text().splitlines(), 1):
        if "#: " in line:
            revealed = said.pop(number)[0]
            assert f'Revealed type is "{line.split("#: ")[1]}"' == _usual(revealed), line
        elif "# error: " in line:
            assert any(text.startswith(line.split("# error: ")[1]) for text in said.pop(number)), said
    assert {} == said


def _usual(text: str) -> str:
    """The same type in the words of all versions of mypy."""
    text = text.replace("builtins.", "")
    text = re.sub(r"Union\[([^\[\]]+), None\]", r"\1 | None", text)
    return re.sub(r"tuple\[.*fallback=([^\]]+)\]", r"\1", text)
