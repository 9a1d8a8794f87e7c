"""The fixtures of the plugin. None is autouse; the first that a test asks for looks for the server or starts one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from pytest_mayfly import addresses
from pytest_mayfly.django_mail import NotDjango, sent_to
from pytest_mayfly.opened import client_of
from pytest_mayfly.server import Server, SmtpAddress
from pytest_mayfly.state import caretaker_of, opened_by, server_for, settings_of

if TYPE_CHECKING:
    from mayfly_mail import AsyncInbox, AsyncMayfly, Inbox, Mayfly, Space
    from pytest_mayfly.receiver import WebhookReceiver

    InboxFactory = Callable[..., Inbox]
    Faults = Callable[..., Any]


@contextmanager
def plainly(prefix: str = "") -> Iterator[None]:
    """Fail with the words of the server alone: a traceback of a fixture of ours says nothing to its user."""
    from mayfly_mail import MayflyError

    try:
        yield
    except MayflyError as error:
        raise pytest.fail.Exception(f"{prefix}{type(error).__name__}: {error}", pytrace=False) from None


def inbox_of_test(mayfly: Mayfly, nodeid: str, options: dict[str, Any]) -> Inbox:
    """Make an inbox whose address names the test, or one that Mayfly names where the plan allows nothing else."""
    from mayfly_mail import Forbidden

    if "address" not in options:
        with suppress(Forbidden):
            return mayfly.inbox(address=addresses.local_part(nodeid), **options)
    return mayfly.inbox(**options)


@pytest.fixture(scope="session")
def mayfly_server(pytestconfig: pytest.Config) -> Server:
    """The Mayfly of this run: `mayfly_server.url`. Starts an embedded one where no URL is configured."""
    server = server_for(pytestconfig)
    try:
        caretaker_of(pytestconfig).look_after(server)
    except ValueError as error:  # the file of the key cannot be read, or what is in it is no key
        raise pytest.fail.Exception(str(error), pytrace=False) from None
    return server


@pytest.fixture(scope="session")
def mayfly(mayfly_server: Server, pytestconfig: pytest.Config) -> Iterator[Mayfly]:
    """The client of the SDK: `mayfly.inbox()`, `mayfly.space()` ...; what it makes stays until it expires."""
    from mayfly_mail import Mayfly

    with plainly(f"{mayfly_server.url}: "):
        caretaker_of(pytestconfig).check()
    timeout = settings_of(pytestconfig).timeout
    with client_of(mayfly_server, Mayfly, timeout=timeout, retry_for=timeout) as client:
        yield client


@pytest.fixture(scope="session")
def mayfly_async(
    mayfly: Mayfly,  # noqa: ARG001 - it has checked the server
    mayfly_server: Server,
    pytestconfig: pytest.Config,
) -> Iterator[AsyncMayfly]:
    """The client whose methods are awaited, for any loop: `await mayfly_async.inbox()`; what it makes stays."""
    from mayfly_mail import AsyncMayfly
    from pytest_mayfly.async_inbox import in_a_loop_of_its_own

    timeout = settings_of(pytestconfig).timeout
    client = client_of(mayfly_server, AsyncMayfly, timeout=timeout, retry_for=timeout)
    yield client
    in_a_loop_of_its_own(client.close())


@pytest.fixture
def mayfly_inbox_factory(mayfly: Mayfly, request: pytest.FixtureRequest) -> InboxFactory:
    """Makes inboxes for the test: `ann, bob = inbox_factory(), inbox_factory()`; deleted after it, kept if it fails."""
    opened, caretaker = opened_by(request.node), caretaker_of(request.config)
    nodeid, ttl = request.node.nodeid, settings_of(request.config).ttl

    def make(**options: Any) -> Inbox:
        """Make an inbox; takes what `Mayfly.inbox` takes: label, ttl, address, domain, webhook_url."""
        named = {"label": addresses.label(nodeid), "ttl": ttl, **options}
        inbox = caretaker.with_room(lambda: inbox_of_test(mayfly, nodeid, named), options.get("address"))
        opened.handles.append(inbox)
        return inbox

    return make


@pytest.fixture
def inbox_factory(mayfly_inbox_factory: InboxFactory) -> InboxFactory:
    """Short for `mayfly_inbox_factory`."""
    return mayfly_inbox_factory


@pytest.fixture
def mayfly_inbox(mayfly_inbox_factory: InboxFactory) -> Inbox:
    """An inbox with an address that no other test has; deleted after the test, kept if it fails."""
    with plainly():
        return mayfly_inbox_factory()


@pytest.fixture
def inbox(mayfly_inbox: Inbox) -> Inbox:
    """Short for `mayfly_inbox`."""
    return mayfly_inbox


@pytest.fixture
def mayfly_async_inbox(mayfly_async: AsyncMayfly, mayfly_inbox_factory: InboxFactory) -> AsyncInbox:
    """An inbox whose methods are awaited; for pytest-asyncio in either mode, and anyio on asyncio."""
    from pytest_mayfly.async_inbox import awaited

    with plainly():
        return awaited(mayfly_async, mayfly_inbox_factory())


@pytest.fixture
def mayfly_space(mayfly: Mayfly, request: pytest.FixtureRequest) -> Space:
    """A space: takes mail to any address from whoever logs in as `mayfly_space.smtp` says; deleted after the test."""
    name, ttl = addresses.label(request.node.nodeid), settings_of(request.config).ttl
    with plainly():
        space = caretaker_of(request.config).with_room(lambda: mayfly.space(name, ttl=ttl))
    opened_by(request.node).handles.append(space)
    return space


@pytest.fixture(scope="session")
def mayfly_smtp(mayfly: Mayfly, mayfly_server: Server, pytestconfig: pytest.Config) -> SmtpAddress:
    """Host and port of Mayfly's SMTP server, where the application under test sends its mail."""
    known = settings_of(pytestconfig).smtp or mayfly_server.smtp
    if known is not None:
        return known
    with plainly():
        smtp = mayfly.discovery().smtp
    if smtp is None or smtp.host is None or smtp.port is None:
        pytest.fail(
            f"{mayfly_server.url} does not say where it takes mail: set mayfly_smtp or MAYFLY_SMTP to host:port.",
            pytrace=False,
        )
    return SmtpAddress(smtp.host, smtp.port)


@pytest.fixture
def mayfly_faults(request: pytest.FixtureRequest) -> Iterator[Faults]:
    """A function that lets SMTP fail until the test ends: `mayfly_faults("451 x2, accept")`, which returns a count."""
    from mayfly_mail import Gone, NotFound

    with ExitStack() as plans:

        def fail(plan: str, inbox: Inbox | Space | None = None) -> Any:
            """Answer mail to the inbox (default: `mayfly_inbox`) by this plan."""
            target = inbox or request.getfixturevalue("mayfly_inbox")
            plans.enter_context(suppress(NotFound, Gone))
            return plans.enter_context(target.fault(plan))

        yield fail


@pytest.fixture
def mayfly_webhook(mayfly: Mayfly, pytestconfig: pytest.Config) -> Iterator[WebhookReceiver]:
    """A receiver of webhooks on this machine: `.subscribe(inbox)`, then `.wait_for_delivery()`."""
    from pytest_mayfly.receiver import WebhookReceiver

    settings = settings_of(pytestconfig)
    receiver = WebhookReceiver(mayfly, settings.webhook_host, timeout=settings.timeout)
    try:
        yield receiver
    finally:
        receiver.close()


@pytest.fixture
def mayfly_django(mayfly_space: Space, request: pytest.FixtureRequest) -> Iterator[Space]:
    """A space that gets all mail of Django during the test: `mayfly_django.wait_for_code(to="ann@example.com")`."""
    login = mayfly_space.smtp
    smtp = settings_of(request.config).smtp
    if smtp is None and login.host and login.port:
        smtp = SmtpAddress(login.host, login.port)
    with ExitStack() as settings:
        try:
            settings.enter_context(sent_to(smtp or request.getfixturevalue("mayfly_smtp"), login))
        except NotDjango as error:
            raise pytest.fail.Exception(str(error), pytrace=False) from None
        yield mayfly_space
