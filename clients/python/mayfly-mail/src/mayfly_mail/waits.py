"""The waits, as steps: each goes on by an exact cursor, over as many parts as its time takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mayfly_mail import operations
from mayfly_mail.effects import Steps, now, pause
from mayfly_mail.errors import Gone, NearMiss, UnexpectedMessage, WaitTimeout
from mayfly_mail.message import Code, Link, Message, Pattern, described, links_of, only
from mayfly_mail.model import DecodeError
from mayfly_mail.operation import Operation, Response
from mayfly_mail.session import LONGEST_PART, Session
from mayfly_mail.sse import cursor_number

if TYPE_CHECKING:
    from mayfly_mail.models.live import NoMail

__tracebackhide__ = True  # pytest shows the line of the caller

_TIMED_OUT = {408: "wait_timeout"}
_CAME = {409: "conflict"}
_SUCCESS = 200
_SHORTEST_PART = 0.1


@dataclass(frozen=True)
class Where:
    """The inbox to wait in, and the credentials for it."""

    session: Session
    address: str
    name: str
    token: str | None = field(repr=False)


@dataclass(frozen=True)
class TimedOut:
    """A part of a wait has ended without a match."""

    cursor: int
    near_misses: list[NearMiss]


Criteria = Mapping[str, str | bool]


def criteria_of(**given: Pattern | bool | None) -> Criteria:
    """Return the criteria that were given; a `re.Pattern` becomes what the server takes for one."""
    return {name: _criterion(value) for name, value in given.items() if value is not None}


def _criterion(value: Pattern | bool) -> str | bool:
    if isinstance(value, re.Pattern):
        source: object = value.pattern
        if not isinstance(source, str) or value.flags & re.VERBOSE:
            raise ValueError("a regular expression of the server is of str, and not re.VERBOSE")
        flags = "".join(
            letter
            for flag, letter in ((re.IGNORECASE, "i"), (re.MULTILINE, "m"), (re.DOTALL, "s"))
            if value.flags & flag
        )
        return f"re:(?{flags}){value.pattern}" if flags else f"re:{value.pattern}"
    return value


class Wait:
    """One wait of a caller: its time, its place, and the mails that came and did not match."""

    def __init__(self, where: Where, criteria: Criteria, after: int | str | None, until: float, started: float) -> None:
        self.where = where
        self.criteria = criteria
        self.shown: Mapping[str, object] = criteria
        self.cursor = after
        self.found: list[Message] = []
        self._until = until
        self._started = started
        self._misses: dict[str, NearMiss] = {}

    def next(self) -> Steps[Message]:
        """Return the next match. Raises WaitTimeout when the time is up."""
        while True:
            began = yield from now()
            outcome = yield from self._part()
            self.cursor = outcome.cursor
            if isinstance(outcome, Message):
                return outcome
            for miss in outcome.near_misses:
                self.missed(miss)
            if (yield from now()) >= self._until:
                raise (yield from self.timed_out())
            yield from _breathe(began)

    def stored(self, until_cursor: int) -> Steps[list[Message]]:
        """Return the matches before that cursor, oldest first. Raises Gone if their events are forgotten."""
        found: list[Message] = []
        seen = Wait(self.where, self.criteria, 0, self._until, self._started)
        while True:
            outcome = yield from seen._part(longest=0.0)
            if not isinstance(outcome, Message) or outcome.cursor is None or outcome.cursor >= until_cursor:
                return found
            found.append(outcome)
            seen.cursor = outcome.cursor

    def several(self, count: int) -> Steps[list[Message]]:
        """Return that many matches, the oldest first. Raises WaitTimeout, which has those that came."""
        if count < 1:
            raise ValueError("count is a number of mails above 0")
        while len(self.found) < count:
            self.found.append((yield from self.next()))
        return self.found

    def missed(self, miss: NearMiss) -> None:
        self._misses.setdefault(miss.id, miss)

    def timed_out(self) -> Steps[WaitTimeout]:
        """Return the error that says what came instead."""
        waited = round((yield from now()) - self._started, 1)
        newest_first = sorted(self._misses.values(), key=lambda miss: miss.id, reverse=True)
        cursor = None if self.cursor is None else int(self.cursor)
        return WaitTimeout.of(
            self.where.name, self.shown, cursor=cursor, near_misses=newest_first, waited=waited, found=self.found
        )

    def _part(self, longest: float = LONGEST_PART) -> Steps[Message | TimedOut]:
        def part(seconds: float) -> Operation[Message | TimedOut]:
            criteria: dict[str, Any] = dict(self.criteria)
            timeout = min(seconds, longest)
            wait = operations.wait_for_message(self.where.address, timeout=timeout, after=self.cursor, **criteria)
            return _reading(wait, _found_or_not(wait))

        return (yield from self.where.session.wait(part, self._until, token=self.where.token, also=_TIMED_OUT))


def begun(where: Where, criteria: Criteria, after: int | str | None, timeout: float | None) -> Steps[Wait]:
    """Begin a wait of `timeout` seconds, by default the client's."""
    seconds = where.session.timeout if timeout is None else timeout
    require_seconds("timeout", seconds)
    started = yield from now()
    return Wait(where, criteria, place_of(after), started + seconds, started)


def require_seconds(name: str, value: object) -> None:
    """Raise TypeError or ValueError if a length of time is no number of seconds."""
    if not isinstance(value, (int, float)):
        raise TypeError(f"{name} is a number of seconds, such as 5, not {type(value).__name__}")
    if not 0 <= value < float("inf"):
        raise ValueError(f"{name} is a number of seconds, 0 or more")


def place_of(after: int | str | None) -> int | str | None:
    """Return the cursor to go on from: of a code or a link, which are texts as well, that of its message."""
    if not isinstance(after, (Code, Link)):
        return after
    if after.message.cursor is None:
        raise ValueError("after: its place is not known, since its message did not come by a wait")
    return after.message.cursor


def link_in(wait: Wait, pattern: Pattern | None, text: Pattern | None, kind: str | None) -> Steps[Link]:
    """Return the link of the first message that has one which matches: of those already there, of the newest."""
    wanted = described(pattern, text, kind)
    link = criteria_of(link=pattern, link_text=text, link_kind=kind)
    if link:
        wait.shown = {**{name: value for name, value in wait.criteria.items() if name != "has_link"}, **link}
    is_first = wait.cursor is None
    while True:
        message = yield from wait.next()
        candidates = [message]
        if is_first and not links_of(message, pattern, text, kind):
            candidates += yield from _older(wait, message)
        is_first = False
        for each in candidates:
            if found := links_of(each, pattern, text, kind):
                return only(found, each, wanted)
            wait.missed(NearMiss(each.id, each.subject, ["link"]))


def _older(wait: Wait, newest: Message) -> Steps[list[Message]]:
    """Return the matches that came before the newest one, newest first; none if their events are forgotten."""
    assert newest.cursor is not None
    try:
        stored = yield from wait.stored(newest.cursor)
    except Gone:
        return []
    return stored[::-1]


def none_came(where: Where, criteria: Criteria, after: int | str | None, within: float) -> Steps[NoMail]:
    """Prove that no mail matches. Raises UnexpectedMessage with the one that does."""
    require_seconds("within", within)
    until = (yield from now()) + within
    cursor = place_of(after)

    def part(seconds: float) -> Operation[NoMail | UnexpectedMessage]:
        given: dict[str, Any] = dict(criteria)
        proof = operations.prove_none_came(where.address, for_=seconds, after=cursor, **given)
        return _reading(proof, _proof_or_mail(proof, where.name))

    while True:
        began = yield from now()
        outcome = yield from where.session.wait(part, until, token=where.token, also=_CAME)
        if isinstance(outcome, UnexpectedMessage):
            raise outcome
        cursor = outcome.cursor
        if (yield from now()) >= until:
            return outcome
        yield from _breathe(began)


def _breathe(began: float) -> Steps[None]:
    """Let a moment pass since then: something in between may end each part of a wait at once."""
    if (left := began + _SHORTEST_PART - (yield from now())) > 0:
        yield from pause(left)


def _reading(operation: Operation[Any], decode: Callable[[Response], Any]) -> Operation[Any]:
    return replace(operation, decode=decode)


def _found_or_not(wait: Operation[Any]) -> Callable[[Response], Message | TimedOut]:
    def read(response: Response) -> Message | TimedOut:
        if response.status == _SUCCESS:
            return Message(wait.decode(response), cursor_of(response))
        from mayfly_mail.models.live import WaitTimeoutData

        data = WaitTimeoutData.from_json(response.json())
        return TimedOut(data.cursor, [NearMiss(miss.id, miss.subject, miss.failed) for miss in data.near_misses])

    return read


def _proof_or_mail(proof: Operation[Any], name: str) -> Callable[[Response], NoMail | UnexpectedMessage]:
    def read(response: Response) -> NoMail | UnexpectedMessage:
        if response.status == _SUCCESS:
            data: NoMail = proof.decode(response)
            return data
        from mayfly_mail.models.live import MailCameData

        came = MailCameData.from_json(response.json())
        return UnexpectedMessage.of(name, Message(came.mail, came.cursor), came.cursor)

    return read


def cursor_of(response: Response) -> int:
    """Return the place in the stream of events up to which an answer counts; DecodeError if it has none."""
    cursor = cursor_number(response.headers.get("x-cursor"))
    if cursor is None:
        raise DecodeError("it has no X-Cursor")
    return cursor
