"""Routes of the waiting calls: long polls that return as soon as a matching mail arrives, or time out."""

from typing import Annotated, Any

from litestar import Request, Response, Router, get
from litestar.di import Provide
from litestar.enums import MediaType
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import QueryParameter
from msgspec import Struct

from api_gateway.edge.credentials import Credentials
from api_gateway.edge.head import is_head
from api_gateway.edge.large_responses import Whole
from api_gateway.edge.paging import parse_cursor
from api_gateway.edge.parameters import After, Explain, Given, GivenCaller, InboxName
from api_gateway.live.event_stream import while_connected
from api_gateway.live.handlers import LiveHandlers
from api_gateway.live.matchers import PATTERN_LIMIT, Matchers, Wish
from api_gateway.live.rechecking import recheck
from api_gateway.live.views import MailCame, NoMail, WaitTimeout
from api_gateway.live.wait import LONGEST_SECONDS, Found, NoneCame, TimedOut
from api_gateway.messages import MessageView, OtpView, message_view, otp_view

_TEXT = ": case-insensitive substring, or `re:` followed by an RE2 regular expression"
_Pattern = str | None
FromPattern = Annotated[
    _Pattern,
    QueryParameter(
        name="from",
        min_length=1,
        max_length=PATTERN_LIMIT,
        description="Only mail whose sender address or name matches" + _TEXT,
    ),
]
ToPattern = Annotated[
    _Pattern,
    QueryParameter(
        min_length=1,
        max_length=PATTERN_LIMIT,
        description="Only mail with a matching recipient address (tag included)" + _TEXT,
    ),
]
SubjectPattern = Annotated[
    _Pattern,
    QueryParameter(min_length=1, max_length=PATTERN_LIMIT, description="Only mail whose subject matches" + _TEXT),
]
BodyPattern = Annotated[
    _Pattern,
    QueryParameter(
        name="body",
        min_length=1,
        max_length=PATTERN_LIMIT,
        description="Only mail whose text or HTML source matches" + _TEXT,
    ),
]
HasOtp = Annotated[
    bool | None, QueryParameter(description="Only mail with (true) or without (false) a one-time password")
]
HasLink = Annotated[bool | None, QueryParameter(description="Only mail with (true) or without (false) a link")]
Timeout = Annotated[float, QueryParameter(ge=0, le=LONGEST_SECONDS, description="Maximum time to wait, in seconds")]
For = Annotated[
    float,
    QueryParameter(name="for", ge=0, le=LONGEST_SECONDS, description="Seconds to keep watching for matching mail"),
]


_CLIENT_LEFT = 499
# Litestar would generate random examples, different at every start.
_TIMED_OUT = {408: ResponseSpec(WaitTimeout, generate_examples=False, description="No matching mail arrived in time")}
_CAME = {409: ResponseSpec(MailCame, generate_examples=False, description="A matching mail arrived")}
_OPT = {"scope": "mailboxes:read"}


def matchers_of(  # noqa: PLR0917 - query parameters, given by name
    caller: GivenCaller,  # noqa: ARG001 - resolved first, so that Litestar makes no tasks
    sender: FromPattern = None,
    to: ToPattern = None,
    subject: SubjectPattern = None,
    text: BodyPattern = None,
    has_otp: HasOtp = None,
    has_link: HasLink = None,
) -> Matchers:
    """The criteria in the query string. Raises BadInput for a malformed pattern."""
    # No address of an inbox has a blank: it is the plus sign of a tag that was not encoded (`to=name+tag@...`).
    to = to and to.replace(" ", "+")
    return Matchers(Wish(sender=sender, to=to, subject=subject, body=text, has_otp=has_otp, has_link=has_link))


def otp_matchers_of(  # noqa: PLR0917 - query parameters, given by name
    caller: GivenCaller,
    sender: FromPattern = None,
    to: ToPattern = None,
    subject: SubjectPattern = None,
    text: BodyPattern = None,
    has_link: HasLink = None,
) -> Matchers:
    """The criteria in the query string, for mail with a one-time password. Raises BadInput."""
    return matchers_of(caller, sender, to, subject, text, has_otp=True, has_link=has_link)


_MATCHERS = {"matchers": Provide(matchers_of, sync_to_thread=False)}
_OTP_MATCHERS = {"matchers": Provide(otp_matchers_of, sync_to_thread=False)}


@get("/{address:str}/messages/wait", opt=_OPT, responses=_TIMED_OUT, dependencies=_MATCHERS)
async def wait_for_message(
    *,
    request: Request[Any, Any, Any],
    address: InboxName,
    caller: GivenCaller,
    credentials: Given[Credentials],
    live: Given[LiveHandlers],
    matchers: Given[Matchers],
    timeout: Timeout = 30,
    after: After = None,
) -> Response[MessageView]:
    """Wait for a matching mail and return it: the newest one in the inbox, or else the first one to arrive.

    With `after`, only mail stored after that cursor counts, and the oldest match is returned. Pass the `X-Cursor` of
    the response as `after` of the next call to get the next mail. The message stays unread.
    """
    again, seconds = recheck(request, caller, credentials), _patience(request, timeout)
    waiting = live.waits.wait(
        caller, address, matchers, after=parse_cursor(after, "after"), seconds=seconds, recheck=again
    )
    outcome = await while_connected(request.receive, again.throughout(waiting))
    if isinstance(outcome, Found):
        return _answer(message_view(outcome.message), outcome.cursor)
    return _timed_out(outcome)


@get("/{address:str}/otp/wait", opt=_OPT, responses=_TIMED_OUT, dependencies=_OTP_MATCHERS)
async def wait_for_otp(
    *,
    request: Request[Any, Any, Any],
    address: InboxName,
    caller: GivenCaller,
    credentials: Given[Credentials],
    live: Given[LiveHandlers],
    matchers: Given[Matchers],
    timeout: Timeout = 30,
    after: After = None,
    explain: Explain = False,
) -> Response[OtpView]:
    """Wait for a mail with a one-time password and return the password; works like `messages/wait`.

    With `explain` true, each candidate has its evidence.
    """
    again, seconds = recheck(request, caller, credentials), _patience(request, timeout)
    waiting = live.waits.wait(
        caller, address, matchers, after=parse_cursor(after, "after"), seconds=seconds, recheck=again
    )
    outcome = await while_connected(request.receive, again.throughout(waiting))
    if isinstance(outcome, Found):
        return _answer(otp_view(outcome.message, explain=explain), outcome.cursor)
    return _timed_out(outcome)


@get("/{address:str}/messages/none", opt=_OPT, responses=_CAME, dependencies=_MATCHERS)
async def prove_none_came(
    *,
    request: Request[Any, Any, Any],
    address: InboxName,
    caller: GivenCaller,
    credentials: Given[Credentials],
    live: Given[LiveHandlers],
    matchers: Given[Matchers],
    seconds: For = 5,
    after: After = None,
) -> Response[NoMail]:
    """Check that an inbox contains no matching mail and that none arrives within `for` seconds.

    With `after`, only mail stored after that cursor counts. The response is sent after all mail received by then has
    been parsed, so a 200 proves that no matching mail arrived. 409: one did; the response contains it.
    """
    again, seconds = recheck(request, caller, credentials), _patience(request, seconds)
    watching = live.waits.none(
        caller, address, matchers, after=parse_cursor(after, "after"), seconds=seconds, recheck=again
    )
    outcome = await while_connected(request.receive, again.throughout(watching))
    if outcome is None:
        return _client_left()
    if isinstance(outcome, NoneCame):
        proof = NoMail(none=True, cursor=outcome.cursor, drained_up_to=outcome.drained_up_to)
        return _answer(proof, outcome.cursor)
    came = MailCame(
        error="conflict", message="a matching mail arrived", cursor=outcome.cursor, mail=message_view(outcome.message)
    )
    return _answer(came, outcome.cursor, status=409)


def _patience(request: Request[Any, Any, Any], seconds: float) -> float:
    """How long to wait; HEAD asks what a GET would say now."""
    return 0 if is_head(request) else seconds


def _timed_out(outcome: TimedOut | None) -> Response[Any]:
    if outcome is None:
        return _client_left()
    body = WaitTimeout(
        error="wait_timeout",
        message="no matching mail arrived in time",
        cursor=outcome.cursor,
        near_misses=outcome.near_misses,
    )
    return _answer(body, outcome.cursor, status=408)


def _client_left() -> Response[Any]:
    """Status 499, which nginx uses for a client that disconnected; only the log and the metrics show it."""
    return Response(None, status_code=_CLIENT_LEFT)


def _answer(body: Struct, cursor: int, *, status: int = 200) -> Response[Any]:
    return Whole(body, status_code=status, headers={"X-Cursor": str(cursor)}, media_type=MediaType.JSON)


ROUTES: list[Any] = [
    Router("/api/v1/inboxes", tags=["live"], route_handlers=[wait_for_message, wait_for_otp, prove_none_came])
]
