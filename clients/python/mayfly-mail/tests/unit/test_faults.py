"""Fault plans as text; the plans of clients/tests/fault_plans.json are read by the TypeScript client too."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mayfly_mail import parse_fault_plan

PLANS = json.loads((Path(__file__).parents[4] / "tests/fault_plans.json").read_text(encoding="utf-8"))
PLAIN: dict[str, Any] = {
    "code": None, "times": None, "at": "data", "delay_ms": 0, "probability": None, "text": "", "is_enhanced": True,
}  # fmt: skip


@pytest.mark.parametrize(("plan", "steps"), PLANS["read"].items())
def test_a_plan_is_read(plan: str, steps: list[dict[str, Any]]) -> None:
    assert [{**PLAIN, **step} for step in steps] == [step.to_json() for step in parse_fault_plan(plan)]


@pytest.mark.parametrize(("plan", "words"), PLANS["refused"].items())
def test_a_plan_that_cannot_be_is_refused_with_the_word_at_fault(plan: str, words: str) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - the words are compared below
        parse_fault_plan(plan)
    assert words in str(raised.value)


def test_a_word_that_is_not_known_is_named_with_those_that_are() -> None:
    with pytest.raises(ValueError, match="'twice' is not known; known: a code 400 to 599"):
        parse_fault_plan("451 twice")
