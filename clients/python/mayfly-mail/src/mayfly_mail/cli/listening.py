"""`mayfly listen`: shows what comes to an inbox, and posts it, signed, to an application that is being written.

The events are those of the inbox's stream, each once and in order: the stream goes on where it was cut, and the cursor
is kept after each event, so that a new run goes on where this one stopped.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from mayfly_mail.cli.exits import Exit, Failure
from mayfly_mail.cli.invocation import NONE, Options, Session, told, usable
from mayfly_mail.cli.relay.bodies import TYPES, Notice, expired, received, went
from mayfly_mail.cli.text import duration, left, one_line

if TYPE_CHECKING:
    from mayfly_mail import Event, Inbox, Message
    from mayfly_mail.cli.output import Output
    from mayfly_mail.cli.relay.ending import Ending
    from mayfly_mail.cli.relay.forward import Answer, Forwarder
    from mayfly_mail.cli.relay.state import State

NEWS = {
    "reset": "the server cannot go on from the last cursor, so mail may be missing here: see `mayfly messages ls`",
    "expired": "the inbox has reached its end",
    "deleted": "the inbox was deleted",
}

app = App(
    name="listen",
    help_epilogue=told(
        "mayfly listen --inbox $ADDRESS --forward-to localhost:3000/mail-hook",
        "export WEBHOOK_SECRET=$(mayfly listen --print-secret)",
        "mayfly listen --inbox $ADDRESS --json | jq .data.subject",
        codes="0 the inbox ended; 2 usage; 3 refused; 4 unreachable at the start; 130 Ctrl-C",
    ),
)


@app.default
def listen(
    *,
    inbox: Annotated[
        str | None, Parameter(help="Address or id of an inbox or space. Without it a new inbox is made.")
    ] = None,
    forward_to: Annotated[
        str | None, Parameter(help="Where to post events: http://HOST:PORT/PATH, HOST:PORT/PATH or :PORT/PATH.")
    ] = None,
    print_json: Annotated[bool, Parameter(help="Print the body of each event, one a line, as it is posted.")] = False,
    print_secret: Annotated[
        bool, Parameter(help="Print the secret that posts are signed with, and end; it stays the same.")
    ] = False,
    events: Annotated[
        list[str] | None, Parameter(help="Only this kind: message.received, inbox.expired (repeat it).")
    ] = None,
    after: Annotated[
        str | None,
        Parameter(help="Begin after this cursor; 0: with all that is there. Default: where the last run stopped."),
    ] = None,
    post_timeout: Annotated[str, Parameter(help="How long the application may take for an answer.")] = "30",
    skip_verify: Annotated[bool, Parameter(help="Take any certificate of --forward-to.")] = False,
    common: Options = NONE,
) -> None:
    """Show what comes to an inbox, and post it to your application as Mayfly's webhooks do."""
    from mayfly_mail.cli.relay.ending import Ending
    from mayfly_mail.cli.relay.forward import Forwarder, Target
    from mayfly_mail.cli.relay.state import State

    state = State()
    with Session(common) as session:
        if print_secret:
            session.out.result({"secret": state.secret()}, state.secret())
            return
        kinds = _kinds(events)
        seconds = usable(duration, post_timeout)
        target = (
            usable(lambda text: Target(text, verify=not skip_verify, timeout=seconds), forward_to)
            if forward_to is not None
            else None
        )
        ending = Ending()
        forwarder = Forwarder(target, state.secret(), tell=session.out.note, pause=ending.pause) if target else None
        place = Place(state, session.client.url, _opened(session, inbox), target.url if target else "")
        shown = Shown(session.out, kinds, bodies=print_json)
        with ending.watched(), place.alone():
            Relay(session, place, forwarder, shown, ending).run(place.start(after))


@dataclass
class Place:
    """Where one listener is: an inbox, a target, and how far it has come."""

    state: State
    url: str
    inbox: Inbox
    target: str

    def start(self, after: str | None) -> int:
        """Return the cursor to begin after: the given one, else the kept one, else the inbox's own of now."""
        from mayfly_mail.cli.waiting import cursor_of

        chosen = cursor_of(self.inbox, after)
        if chosen is None:
            chosen = self.state.cursor(self.url, self.inbox.id, self.target)
        self.state.forget_old()
        cursor = self.inbox.cursor() if chosen is None else int(chosen)
        self.keep(cursor)
        return cursor

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Refuse to post what another run posts already; showing events is fine for any number."""
        with self.state.alone(self.url, self.inbox.id, self.target) as is_alone:
            if self.target and not is_alone:
                text = f"another run posts the mail of {self.inbox.address} to {self.target} already: end it first"
                raise Failure(text, Exit.USAGE, code="already_listening")
            yield

    def keep(self, cursor: int) -> None:
        self.state.keep_cursor(self.url, self.inbox.id, self.target, cursor)


class Relay:
    """Reads a stream, prints its events and posts them."""

    def __init__(
        self, session: Session, place: Place, forwarder: Forwarder | None, shown: Shown, ending: Ending
    ) -> None:
        self._session, self._place, self._forwarder, self._shown = session, place, forwarder, shown
        self._ending = ending
        self._inbox = place.inbox

    def run(self, cursor: int) -> None:
        """Follow the inbox to its end; a server that is away is asked again, from the last event on."""
        from mayfly_mail import Unavailable

        self._welcome(cursor)
        stream = self._inbox.stream(after=cursor)
        while True:
            try:
                for event in stream:
                    cursor = self._take(event, cursor)
                return
            except Unavailable as error:  # the stream can be read on: the next try is over a new connection
                self._session.out.note(f"{one_line(str(error))}; trying again")

    def _take(self, event: Event, cursor: int) -> int:
        """Handle one event; return the cursor to go on from."""
        if event.type in NEWS:
            self._session.out.note(NEWS[event.type])
        notice = self._notice(event, cursor)
        if notice is not None and notice.type not in self._shown.kinds:
            notice = None
        with self._ending.held():
            answer = self._forwarder.forward(notice) if notice and self._forwarder else None
            if event.cursor is not None:
                self._place.keep(event.cursor)
            if notice:
                self._shown.show(notice, answer)
        return cursor if event.cursor is None else event.cursor

    def _notice(self, event: Event, cursor: int) -> Notice | None:
        """Return what is posted for an event; None for one that only the stream itself is about."""
        if event.type == "expired":
            return expired(self._inbox.id, self._inbox.address, self._inbox.expires_at, event.cursor or cursor)
        if event.type != "message" or event.cursor is None:
            return None
        message = self._message(event.message_id)
        if message is None:
            return went(event, event.cursor, self._inbox.id, self._inbox.address)
        return received(message, event.cursor)

    def _message(self, message_id: str) -> Message | None:
        """Read a mail, however long the server is away: the stream does not say it again. None: it was removed."""
        from mayfly_mail import Gone, NotFound, Unavailable

        while True:
            try:
                return self._session.client.message(message_id)
            except (NotFound, Gone):
                return None
            except Unavailable as error:
                self._session.out.note(f"{one_line(str(error))}; trying again")

    def _welcome(self, cursor: int) -> None:
        posting = f", posting to {self._place.target}" if self._place.target else ""
        self._session.out.note(f"listening to {self._inbox.address} after cursor {cursor}{posting} (Ctrl-C ends)")
        if self._place.target:
            self._session.out.note("verify with the secret that `mayfly listen --print-secret` prints")


@dataclass
class Shown:
    """Which events are printed, and how."""

    out: Output
    kinds: Sequence[str]
    bodies: bool = False

    def show(self, notice: Notice, answer: Answer | None) -> None:
        """Print one event, with what the application answered."""
        if self.bodies:
            self.out.line(notice.body.decode(), now=True)
        elif self.out.as_json:
            self.out.json_line({**notice.content, "forwarded": vars(answer) if answer else None})
        else:
            became = f" -> {answer}" if answer else ""
            style = "" if answer is None else ("green" if answer.is_good else "red")
            text = f"{time.strftime('%H:%M:%S')}  {notice.type}  {notice.summary}{became}"
            self.out.line(one_line(text), style, now=True)


def _opened(session: Session, address: str | None) -> Inbox:
    if address is not None:
        return session.inbox(address)
    inbox = session.client.inbox(label="mayfly listen")
    session.out.note(f"{inbox.address} (new, ends in {left(inbox.expires_at)})")
    return inbox


def _kinds(events: Sequence[str] | None) -> Sequence[str]:
    """Return the kinds of events that were asked for; `a,b` names two."""
    wanted = [kind.strip() for each in events or () for kind in each.split(",") if kind.strip()]
    if unknown := sorted(set(wanted) - set(TYPES)):
        raise Failure(
            f"unknown kind of event: {', '.join(unknown)} (known: {', '.join(TYPES)})", Exit.USAGE, code="usage"
        )
    return wanted or TYPES
