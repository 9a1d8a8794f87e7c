"""The verbs of an inbox that wait for mail, and the place to wait from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from mayfly_mail import operations
from mayfly_mail.effects import Steps
from mayfly_mail.message import Code, Link, Message, Pattern
from mayfly_mail.operation import Operation
from mayfly_mail.verbs import verb
from mayfly_mail.waits import Where, begun, criteria_of, cursor_of, link_in, none_came

if TYPE_CHECKING:
    from mayfly_mail.models.live import NoMail

__tracebackhide__ = True  # pytest shows the line of the caller

T = TypeVar("T")


class WaitingVerbs:
    """The verbs that wait, as steps; `InboxVerbs` says for which inbox."""

    id: str

    @property
    def _where(self) -> Where:
        raise NotImplementedError

    def _call(self, operation: Operation[T]) -> Steps[T]:
        raise NotImplementedError

    @verb
    def cursor(self) -> Steps[int]:
        """Return the place after all mail so far: `after=` it, a wait takes only what comes later.

        Mail that SMTP has acknowledged before this call is before the cursor, even if it is not shown yet.

        Example:
            >>> mark = inbox.cursor()
            >>> sign_up(inbox.address)
            >>> code = inbox.wait_for_code(after=mark)
        """
        listing: Operation[Any] = operations.list_messages(self.id, limit=1, consistent=True)
        cursor: int = yield from self._call(replace(listing, decode=cursor_of))
        return cursor

    @verb
    def wait_for_message(
        self,
        *,
        subject: Pattern | None = None,
        from_: Pattern | None = None,
        to: Pattern | None = None,
        body: Pattern | None = None,
        has_otp: bool | None = None,
        has_link: bool | None = None,
        after: int | str | None = None,
        timeout: float | None = None,
    ) -> Steps[Message]:
        """Wait for a mail that meets all criteria, and return it.

        A text matches any part, in upper or lower case; a `re.Pattern`, and what follows `re:` in a text, is a regular
        expression of the server (RE2). Without `after`, mail that is already stored counts, the newest match first;
        with it, only mail after that cursor, the oldest first. The default `timeout` is the client's, 30 s. Raises
        WaitTimeout: it lists what came.

        Example:
            >>> message = inbox.wait_for_message(subject="welcome", from_="shop@", timeout=10)
            >>> message.subject
            'Welcome'
        """
        criteria = criteria_of(subject=subject, from_=from_, to=to, body=body, has_otp=has_otp, has_link=has_link)
        wait = yield from begun(self._where, criteria, after, timeout)
        return (yield from wait.next())

    @verb
    def wait_for_messages(
        self,
        count: int,
        *,
        subject: Pattern | None = None,
        from_: Pattern | None = None,
        to: Pattern | None = None,
        body: Pattern | None = None,
        has_otp: bool | None = None,
        has_link: bool | None = None,
        after: int | str | None = None,
        timeout: float | None = None,
    ) -> Steps[list[Message]]:
        """Wait for that many mails that meet all criteria (as of `wait_for_message`); return them, the oldest first.

        Example:
            >>> [message.subject for message in inbox.wait_for_messages(2)]
            ['Welcome', 'Your invoice']
        """
        criteria = criteria_of(subject=subject, from_=from_, to=to, body=body, has_otp=has_otp, has_link=has_link)
        wait = yield from begun(self._where, criteria, 0 if after is None else after, timeout)
        return (yield from wait.several(count))

    @verb
    def wait_for_code(
        self,
        *,
        subject: Pattern | None = None,
        from_: Pattern | None = None,
        to: Pattern | None = None,
        body: Pattern | None = None,
        has_link: bool | None = None,
        after: int | str | None = None,
        timeout: float | None = None,
    ) -> Steps[Code]:
        """Wait for a mail with a one-time code, and return the code: a str with its `message` and `confidence`.

        Criteria, `after` and `timeout` as of `wait_for_message`.

        Example:
            >>> code = inbox.wait_for_code(timeout=10)
            >>> code, code.message.subject
            ('482913', 'Welcome')
        """
        criteria = criteria_of(subject=subject, from_=from_, to=to, body=body, has_otp=True, has_link=has_link)
        wait = yield from begun(self._where, criteria, after, timeout)
        while True:
            message = yield from wait.next()
            if message.code is not None:
                return message.code

    @verb
    def wait_for_link(
        self,
        pattern: Pattern | None = None,
        *,
        text: Pattern | None = None,
        kind: str | None = None,
        subject: Pattern | None = None,
        from_: Pattern | None = None,
        to: Pattern | None = None,
        body: Pattern | None = None,
        has_otp: bool | None = None,
        after: int | str | None = None,
        timeout: float | None = None,
    ) -> Steps[Link]:
        """Wait for a mail with a link that matches, and return the link: a str with its URL.

        `pattern` is a part of the URL or a `re.Pattern`, `text` likewise of the text it stands under, `kind` what it is
        for. If several links of that mail match: LinkNotFound. All else as of `wait_for_message`.

        Example:
            >>> inbox.wait_for_link("/verify", timeout=10)
            'https://shop.example/verify?t=1'
        """
        criteria = criteria_of(subject=subject, from_=from_, to=to, body=body, has_otp=has_otp, has_link=True)
        wait = yield from begun(self._where, criteria, after, timeout)
        return (yield from link_in(wait, pattern, text, kind))

    @verb
    def wait_for_none(
        self,
        *,
        within: float = 5.0,
        subject: Pattern | None = None,
        from_: Pattern | None = None,
        to: Pattern | None = None,
        body: Pattern | None = None,
        has_otp: bool | None = None,
        has_link: bool | None = None,
        after: int | str | None = None,
    ) -> Steps[NoMail]:
        """Prove that no mail which meets the criteria is there or comes within these seconds; else UnexpectedMessage.

        It is no mere sleep: Mayfly answers once all mail received by then has been looked at.

        Example:
            >>> mark = inbox.cursor()
            >>> proof = inbox.wait_for_none(within=0.2, after=mark)
            >>> proof.none
            True
        """
        criteria = criteria_of(subject=subject, from_=from_, to=to, body=body, has_otp=has_otp, has_link=has_link)
        return (yield from none_came(self._where, criteria, after, within))
