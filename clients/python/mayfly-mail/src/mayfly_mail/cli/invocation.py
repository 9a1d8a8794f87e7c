"""What every command takes (`Options`) and works with (`Session`)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, TypeVar
from urllib.parse import urlsplit

from cyclopts import Group, Parameter

from mayfly_mail.cli.exits import Exit, Failure
from mayfly_mail.cli.output import Output

if TYPE_CHECKING:
    from types import TracebackType

    from mayfly_mail import Inbox, Mayfly

T = TypeVar("T")
COMMON = Group("Common options", sort_key=99)


@Parameter(name="*")
@dataclass(frozen=True)
class Options:
    """Options of every command."""

    url: Annotated[
        str | None, Parameter(group=COMMON, help="The server. Default: MAYFLY_URL, or http://127.0.0.1:8080.")
    ] = None
    json: Annotated[bool, Parameter(group=COMMON, help="Print the result as JSON.")] = False
    debug: Annotated[bool, Parameter(group=COMMON, help="Show where a failure came from.")] = False


NONE = Options()


class Session:
    """One run of a command: its output, and a client that is made when it is first needed."""

    def __init__(self, common: Options, *, patience: float | None = None) -> None:
        self.common = common
        self._patience = patience
        self.out = Output(as_json=common.json)

    @cached_property
    def client(self) -> Mayfly:
        from mayfly_mail import Mayfly

        try:
            return Mayfly(url=self.common.url, retry_for=self._patience)
        except ValueError as error:
            raise Failure(str(error), Exit.USAGE, code="configuration") from None

    @property
    def host(self) -> str:
        """The host that the API is called by."""
        return urlsplit(self.client.url).hostname or "127.0.0.1"

    def inbox(self, address: str) -> Inbox:
        """Open an inbox or space by address or id. An empty one is a variable that was not set."""
        if not address.strip():
            raise Failure("the address is empty", Exit.USAGE, code="usage")
        from mayfly_mail import NotFound

        try:
            return self.client.open(address)
        except NotFound as error:
            error.args = (f"{address}: {error}; it may have expired",)
            raise

    def __enter__(self) -> Session:  # noqa: PYI034 - Self is of Python 3.11
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if "client" in self.__dict__:
            self.client.close()


def usable(read: Callable[[str], T], value: str) -> T:
    """Read the value of an option; what cannot be read is a usage failure."""
    try:
        return read(value)
    except ValueError as error:
        raise Failure(str(error), Exit.USAGE, code="usage") from None


def told(*examples: str, codes: str) -> str:
    """Return the end of a help text: examples, and what the exit codes mean."""
    return "\n".join(("Examples:", *(f"  {each}" for each in examples), "", f"Exit codes: {codes}"))
