"""What is made of the arguments that models send."""

import pytest
from mcp.server.mcpserver.exceptions import ToolError

from mayfly_mcp.arguments import given

SCHEMA = {
    "properties": {
        "address": {"type": "string"},
        "subject": {"type": "string"},
        "after": {"type": "integer"},
        "has_otp": {"type": "boolean"},
    },
    "required": ["address"],
}


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ({"address": "a@b", "subject": "", "after": None, "has_otp": "null"}, {"address": "a@b"}),
        ({"address": "a@b", "after": "", "has_otp": ""}, {"address": "a@b"}),
        ({"address": "", "after": 0, "has_otp": False}, {"address": "", "after": 0, "has_otp": False}),
        ({"subject": "null"}, {"subject": "null"}),
    ],
)
def test_what_says_nothing_counts_as_left_out(sent, taken):
    assert taken == given(sent, SCHEMA)


@pytest.mark.parametrize(("name", "meant"), [("subjct", "subject"), ("hasOtp", "has_otp"), ("afer", "after")])
def test_an_argument_that_a_tool_does_not_know_is_refused_with_the_nearest_known_one(name, meant):
    with pytest.raises(ToolError, match=f"{name}: no such argument; did you mean {meant}"):
        given({"address": "a@b", name: "x"}, SCHEMA)


def test_a_name_like_none_of_the_known_ones_is_refused_too():
    with pytest.raises(ToolError, match="zzz: no such argument; Known: address, subject"):
        given({"zzz": 1}, SCHEMA)
