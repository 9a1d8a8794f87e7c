"""The process that makes the HTML of mail safe: what hostile mails may cost, and that the next mail is shown."""

from collections.abc import AsyncIterator

import pytest

from api_gateway.rendering import sanitise
from api_gateway.rendering.sanitise import TooComplex, sanitised
from mayfly.children.pool import Pool
from tests.corpus.hostile_html import BOMBS

pytestmark = pytest.mark.component


@pytest.fixture
async def processes() -> AsyncIterator[Pool]:
    async with sanitise.pool() as pool:
        yield pool


@pytest.mark.parametrize("bomb", BOMBS)
async def test_a_bomb_costs_seconds_at_most_and_the_next_mail_is_shown(processes: Pool, bomb: str) -> None:
    html = BOMBS[bomb]()
    try:
        shown = (await sanitised(processes, html, {})).html
    except TooComplex:
        shown = "seen"
    assert "seen" in shown
    assert (await sanitised(processes, "<b onclick=x>next</b>", {})).html == "<b>next</b>"
