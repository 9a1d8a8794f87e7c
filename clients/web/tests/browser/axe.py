"""Accessibility as axe-core sees it: every rule of WCAG 2.2 A and AA, and its best practices."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from clients.web.tests.browser.building import libraries

if TYPE_CHECKING:
    from playwright.async_api import Page

_RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
# What axe cannot tell: contrast where something lies over a text, such as the edge of a list that scrolls (looked at by
# eye in both schemes); and the frame of a mail, which has HTML that strangers wrote.
_FOR_PEOPLE = ("color-contrast", "frame-tested")
_RUN = """async ([rules, forPeople]) => {
    const found = await axe.run(document, {runOnly: rules, iframes: false, resultTypes: ["violations", "incomplete"]});
    const told = (rule) => rule.nodes.map((node) =>
        `${rule.id}: ${node.target.join(" ")} ${node.html.slice(0, 120)} ${[...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ")}`);
    const unclear = found.incomplete.filter((rule) => !forPeople.includes(rule.id));
    return [...found.violations.flatMap(told), ...unclear.flatMap((rule) => told(rule).map((each) => `unclear: ${each}`))];
}"""


async def audit(page: Page) -> list[str]:
    """Return what axe finds wrong, or cannot tell."""
    if not await page.evaluate("typeof axe === 'object'"):
        await page.evaluate(_source())
    found: list[str] = await page.evaluate(_RUN, [_RULES, _FOR_PEOPLE])
    return found


@cache
def _source() -> str:
    return (libraries() / "axe-core/axe.min.js").read_text()
