"""A user's tests, one for each fixture, run as users do: a process of its own, with -W error."""

import re
from pathlib import Path

import pytest

README = Path(__file__).parents[2] / "README.md"


@pytest.fixture(scope="module")
def server(stack):
    return {"MAYFLY_URL": stack.http_url, "MAYFLY_API_KEY": stack.api_key}


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_every_fixture_works(mode, run_project, server):
    run = run_project("passing", "-rf", plugins=("asyncio", "anyio"), ini=f"asyncio_mode = {mode}", **server)

    assert 0 == run.code, run.output
    assert 12 == run.counted("passed"), run.output
    assert 1 == run.counted("xfailed")


def test_the_first_example_of_the_readme_works_as_pasted(run_project, server):
    source = re.search(r"```python\n(.*?)```", README.read_text(), re.DOTALL)[1]
    run = run_project("readme", source=source, **server)

    assert 1 == run.counted("passed"), run.output
