"""The example of docs/spaces.md does what the page says, typed in as it stands there."""

import json
import re
import subprocess
from pathlib import Path

PAGE = Path(__file__).parents[3] / "docs/spaces.md"


def test_the_example_of_the_page_lists_both_mails_the_code_and_the_proof(stack, tmp_path):
    (script,) = re.findall(r"```bash\n(.*?)```", PAGE.read_text(), re.DOTALL)
    there = {"http://127.0.0.1:8080": f"http://127.0.0.1:{stack.http_port}", ".mayfly/api-key": "api-key"}
    for written, own in there.items():
        assert written in script
        script = script.replace(written, own)
    (tmp_path / "api-key").write_text(stack.api_key)
    done = subprocess.run(
        ["bash", "-e"], input=script, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=True
    )
    listed, code, proof = _objects(done.stdout)
    assert ["Welcome", "Welcome"] == [entry["subject"] for entry in listed]
    assert ("482190", True) == (code["otp"], proof["none"])
    space = json.loads((tmp_path / "space.json").read_text())
    (shown,) = re.findall(r"```json\n(.*?)```", PAGE.read_text(), re.DOTALL)
    assert json.loads(shown).keys() == space.keys()
    assert json.loads(shown)["smtp"].keys() == space["smtp"].keys()


def _objects(text):
    """The JSON values that stand one behind the other in the text."""
    found, decoder = [], json.JSONDecoder()
    while text := text.lstrip():
        value, end = decoder.raw_decode(text)
        found.append(value)
        text = text[end:]
    return found
