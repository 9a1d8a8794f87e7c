"""The README says what the tools are, and its configurations can be pasted."""

import json
import re
from pathlib import Path

import pytest

from mayfly_mail import parse_fault_plan
from mayfly_mcp.tools import tools

README = (Path(__file__).parents[2] / "README.md").read_text()
ROWS = dict(re.findall(r"^\| `(\w+)` \| ([^|]*) \|", README, re.MULTILINE))
CRITERIA = {"sender", "recipient", "subject", "body"}
OFFERED = {tool.name: tool.parameters for tool in tools(inboxes=None, find_smtp=None)}


@pytest.mark.parametrize("block", re.findall(r"```json\n(.*?)```", README, re.DOTALL))
def test_a_configuration_is_json_that_starts_the_program(block):
    configuration = json.loads(block)
    (server,) = (configuration.get("mcpServers") or configuration["servers"]).values()
    assert "mayfly-mcp" == server["command"]
    assert {"MAYFLY_URL"} < set(server["env"])


@pytest.mark.parametrize("name", OFFERED)
def test_the_table_has_the_arguments_of_each_tool(name):
    documented = set(re.findall(r"`(\w+)`", re.sub(r"`via`: `api`, `smtp`", "`via`", ROWS[name])))
    if "[criteria]" in ROWS[name]:
        documented |= CRITERIA
    assert set(OFFERED[name]["properties"]) == documented
    required = set(re.findall(r"(?<!\[)`(\w+)`(?!\])", re.sub(r"\[[^\]]*\]", "", ROWS[name])))
    assert set(OFFERED[name].get("required", ())) == required


def test_its_fault_plans_can_be_read():
    (line,) = re.findall(r"\*\*Fault plans\*\*:(.*?)They act", README, re.DOTALL)
    plans = re.findall(r"`([^`]*)`", line)
    assert ["451 x2, accept", "421 30% at rcpt", "drop at data", "accept delay 5s"] == plans
    assert all(parse_fault_plan(plan) for plan in plans)


def test_the_variables_of_its_table_are_those_of_the_help(capsys):
    from mayfly_mcp.server import main

    main(["--help"])
    told = set(re.findall(r"MAYFLY_\w+", capsys.readouterr().out))
    assert told == set(re.findall(r"`(MAYFLY_\w+)`", README))
