"""The README's tour, run as it is written, at the addresses of this run."""

import re
import sys
from pathlib import Path

from tests.system.conversation import run

README = (Path(__file__).parents[3] / "README.md").read_text()
TOUR, IN_PYTHON, WITH_A_KEY, *_ = re.findall(
    r"^```(?:bash|python)\n(.*?)^```$", README.partition("## A tour")[2], re.MULTILINE | re.DOTALL
)


def test_the_tour_shows_the_code_the_link_and_the_event(stack):
    printed = run("bash", "-eu", "-o", "pipefail", "-c", at(stack, TOUR))
    assert '"otp":"482193","found":true' in printed
    assert '"url":"https://example.com/verify?t=abc"' in printed
    assert "event: message" in printed


def test_the_tour_in_python_prints_the_code_and_the_link(stack):
    code, confidence, link = run(sys.executable, "-c", at(stack, IN_PYTHON)).split()
    assert ("482193", "https://example.com/verify?t=abc") == (code, link)
    assert 0.9 < float(confidence) <= 1


def test_a_key_makes_an_inbox_with_an_owner(stack):
    api = f"API={stack.http_url}\n"
    printed = run("bash", "-eu", "-o", "pipefail", "-c", api + at(stack, WITH_A_KEY))
    assert '"label":"checkout tests"' in printed


def at(stack, block):
    """The block with the addresses and the key file of this run in the place of those of `make run`."""
    here = block.replace("http://127.0.0.1:8080", stack.http_url).replace("2525", str(stack.smtp_port))
    return here.replace(".mayfly/api-key", str(stack.data_dir / "api-key"))
