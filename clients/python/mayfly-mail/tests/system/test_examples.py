"""The examples of the docstrings and of the README, run as they stand, and awaited: nothing in them may be wrong."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timezone
from inspect import CO_COROUTINE
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from clients.runs import environment

from mayfly_mail import Attachment, Inbox, Mayfly, Message, Space, faults, parse_fault_plan
from mayfly_mail.space import SpaceVerbs
from mayfly_mail.webhooks import Webhooks

from .conftest import deliver, entering, now

README = Path(__file__).parents[2] / "README.md"
DOCUMENT = Path(__file__).parents[5] / "docs/clients.md"
KINDS = {"Mayfly": Mayfly, "Inbox": Inbox, "Space": Space, "Webhooks": Webhooks, "Message": Message}
LINK = "https://shop.example/verify?t=1"
WITHIN = 10.0


def documented() -> list[tuple[str, str]]:
    """Every public verb with an example, once: those of an inbox are a space's, too."""
    found = []
    for kind in KINDS.values():
        inherited = dir(Inbox) if kind is Space else []
        for name in ["", *dir(kind)]:
            is_own = name not in inherited or name in vars(SpaceVerbs)
            if not name.startswith("_") and is_own and ">>>" in text_of(kind, name):
                found.append((kind.__name__, name))
    return found


def text_of(kind: type, name: str) -> str:
    return inspect.getdoc(getattr(kind, name) if name else kind) or ""


class Shop:
    """What examples call the application under test: it signs up, and mails are sent."""

    def __init__(self, port: int) -> None:
        self.port = port

    def sign_up(self, address: str) -> None:
        deliver(self.port, address, "Welcome", "Your code is 482913")


@asynccontextmanager
async def stage(client: Any, port: int, text: str) -> AsyncIterator[dict[str, Any]]:
    """What the examples of a text speak of: an inbox with the mail of a shop, a space, an endpoint, a message."""
    async with AsyncExitStack() as ends:
        names = {"mayfly": client, "sign_up": Shop(port).sign_up, "datetime": datetime, "timezone": timezone}
        inbox = names["inbox"] = await ends.enter_async_context(entering(client.inbox(ttl=600)))
        if "space" in text:
            names["space"] = await ends.enter_async_context(entering(client.space("e2e", ttl=600)))
        files = [Attachment("hello.txt", b"hello", "text/plain")]
        html = f'<p>Your code is 482913</p><p><a href="{LINK}">Confirm your address</a></p>'
        mail = {"subject": "Welcome", "body": "Your code is 482913", "html": html, "attachments": files}
        await now(inbox.inject(sender="shop@example.com", **mail))
        names["message"] = await now(inbox.wait_for_message(timeout=10))
        if "endpoint" in text or "delivery" in text:
            endpoint = names["endpoint"] = await now(client.webhooks.create("http://127.0.0.1:9/hook", inbox=inbox))
            ends.push_async_callback(_delete_endpoint, client, endpoint.id)
        if "delivery" in text:
            names["delivery"] = await _delivery(client, endpoint.id)
        if "wait_for_messages" in text:
            await now(inbox.inject(subject="Your invoice", body="x"))
        yield names


async def _delete_endpoint(client: Any, endpoint_id: str) -> None:
    await now(client.webhooks.delete(endpoint_id))


async def _delivery(client: Any, endpoint_id: str) -> Any:
    """Ask for a delivery, and wait for its entry in the log."""
    await now(client.webhooks.test(endpoint_id))
    deadline = time.monotonic() + WITHIN
    while not (deliveries := await now(client.webhooks.deliveries(endpoint_id))):
        assert time.monotonic() < deadline
    return deliveries[0]


@pytest.mark.parametrize(("kind", "name"), documented())
async def test_each_example_of_a_docstring_is_right(kind: str, name: str, client: Any, stack: Any) -> None:
    text = text_of(KINDS[kind], name)
    if kind == "Mayfly" and not name:
        text = text.replace("with Mayfly() as mayfly, mayfly.inbox() as inbox", "with mayfly.inbox() as inbox")
    async with stage(client, stack.smtp_port, text) as names:
        await run(text, names, f"{kind}.{name}")


TOUR = """
    >>> with mayfly.inbox(label="signup", ttl=600) as inbox:
    ...     mark = inbox.cursor()
    ...     sign_up(inbox.address)
    ...     code = inbox.wait_for_code(after=mark, timeout=30)
    ...     message_id = inbox.inject(sender="shop@example.com", subject="Reset", html=page)
    ...     mail = inbox.wait_for_message(subject="Reset", from_="shop@", timeout=30)
    ...     links = mail.link("/reset/"), mail.link(text="Confirm"), mail.links(kind="reset")
    ...     none = inbox.wait_for_none(within=0.2, subject="Invoice", after=mark)
    ...     for event in inbox.stream(after=mark):
    ...         if event.subject == "Reset":
    ...             break
    >>> code, mail.code, [str(link) for link in links[:2]], none.none
    ('482913', None, ['https://shop.example/reset/1', 'https://shop.example/confirm'], True)
    >>> event.message_id == message_id == mail.id
    True
    >>> with mayfly.space("e2e") as space:
    ...     message_id = space.inject(to="ann@any.test", subject="Welcome")
    ...     found = space.wait_for_message(to="ann@any.test", timeout=30)
    ...     entries = space.search("to:ann subject:welcome")
    >>> [entry.id for entry in entries] == [found.id]
    True
"""
PAGE = (
    '<p><a href="https://shop.example/reset/1">Choose a new password</a> '
    '<a href="https://shop.example/confirm">Confirm</a></p>'
)


async def test_a_tour_of_all_that_tests_do_works_in_both_halves(client: Any, stack: Any) -> None:
    await run(TOUR, {"mayfly": client, "sign_up": Shop(stack.smtp_port).sign_up, "page": PAGE}, "the tour")


async def test_the_minute_of_the_document_works_in_both_halves(client: Any, stack: Any) -> None:
    snippet = re.search(r"^```python\n(.*?)^```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert snippet is not None
    scope = {"Mayfly": lambda: client, "sign_up": Shop(stack.smtp_port).sign_up, "now_": now, "entering_": entering}
    _, _, program = snippet[1].partition("from mayfly_mail import Mayfly\n")
    await _shown(program, scope, "docs/clients.md")
    assert ("482913", "Welcome") == (scope["code"], scope["code"].message.subject)


async def run(text: str, names: dict[str, Any], what: str) -> None:
    """Run the examples of a docstring, each call awaited if it has to be, and compare what they show."""
    scope = {**names, "now_": now, "entering_": entering, "anew_": _anew}
    for example in doctest.DocTestParser().get_examples(text):
        if example.options.get(doctest.SKIP):
            continue
        shown = await _shown(example.source, scope, what)
        assert example.want.strip() == shown, f"{what}: {example.source}"


class _Awaited(ast.NodeTransformer):
    """Awaits every call's result if it has to be, and enters blocks and follows streams of either half."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        return ast.Await(ast.Call(ast.Name("now_", ast.Load()), [node], []))

    def visit_With(self, node: ast.With) -> ast.AST:
        for item in node.items:
            assert isinstance(item.context_expr, ast.Call)
            item.context_expr.args = [self.visit(argument) for argument in item.context_expr.args]
            item.context_expr = ast.Call(ast.Name("entering_", ast.Load()), [item.context_expr], [])
        node.body = [self.visit(each) for each in node.body]
        return ast.AsyncWith(node.items, node.body)

    def visit_For(self, node: ast.For) -> ast.AST:
        node.body = [self.visit(each) for each in node.body]
        return ast.AsyncFor(node.target, ast.Call(ast.Name("anew_", ast.Load()), [node.iter], []), node.body, [])

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        node.generators[0].iter = self.visit(node.generators[0].iter)
        return node


async def _anew(events: Any) -> Any:
    async with entering(events) as stream:
        while True:
            yield await anext(stream) if hasattr(stream, "__anext__") else next(stream)


async def _shown(source: str, scope: dict[str, Any], what: str) -> str:
    """Run one example; return what an interpreter would show: the value of its last expression, also in a block."""
    tree = ast.parse(source)
    last: Any = tree.body
    while isinstance(last[-1], (ast.With, ast.For)) and isinstance(last[-1].body[-1], ast.Expr):
        last = last[-1].body
    if isinstance(last[-1], ast.Expr):
        last[-1] = ast.Assign([ast.Name("shown_", ast.Store())], last[-1].value)
    tree = ast.fix_missing_locations(_Awaited().visit(tree))
    scope["shown_"] = None
    code = compile(tree, what, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    if code.co_flags & CO_COROUTINE:
        await FunctionType(code, scope)()
    else:
        exec(code, scope)
    return "" if scope["shown_"] is None else repr(scope["shown_"])


def test_the_examples_of_functions_are_right() -> None:
    finder = doctest.DocTestFinder(recurse=False)
    runner = doctest.DocTestRunner(verbose=False)
    for each in finder.find(parse_fault_plan, globs={"parse_fault_plan": parse_fault_plan}, module=faults):
        runner.run(each)
    assert doctest.TestResults(failed=0, attempted=2) == runner.summarize(verbose=False)


def snippets() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", README.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("number", range(len(snippets())))
def test_each_program_of_the_readme_works_when_pasted(number: int, stack: Any, tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(snippets()[number], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", str(program)],
        env=environment(MAYFLY_URL=stack.http_url, MAYFLY_API_KEY=stack.api_key),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)
    expected = re.findall(r"#> (.*)", snippets()[number])
    assert expected == done.stdout.splitlines()
