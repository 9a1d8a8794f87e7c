"""The README's example of the command line runs as it is pasted, in bash."""

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mayfly_local.stack import Stack

README = Path(__file__).parents[3] / "README.md"


def test_the_example_of_the_command_line_runs_as_it_is_pasted(
    stack: "Stack", environment: dict[str, str], tmp_path: Path
) -> None:
    _, _, section = README.read_text(encoding="utf-8").partition("\n## Command line\n")
    example = section.partition("```bash\n")[2].partition("```")[0].replace("http://127.0.0.1:8080", stack.http_url)
    (tmp_path / ".mayfly").mkdir()
    (tmp_path / ".mayfly" / "api-key").write_text(stack.api_key)
    del environment["MAYFLY_API_KEY"]
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    ran = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", example],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    accepted, none, removed = ran.stdout.splitlines()
    assert ("", 0) == (ran.stderr, ran.returncode)
    assert accepted.startswith("accepted: 250 ")
    assert "none" == none
    assert removed.endswith("@mayfly.test")
