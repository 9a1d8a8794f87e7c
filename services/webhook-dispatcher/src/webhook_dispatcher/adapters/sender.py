"""One HTTP request to one receiver: no redirects, proxies or decompression; one deadline; a limited response size."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from time import monotonic
from urllib.parse import urlsplit

import httpcore

from mayfly.webhooks.destinations import DEFAULT_PORTS, Destination, ForbiddenDestination, Policy
from webhook_dispatcher.adapters.connections import CheckedBackend, Names, Unreachable
from webhook_dispatcher.adapters.pool import Connections
from webhook_dispatcher.domain.verdict import Response

Pause = Callable[[float], Awaitable[None]]
_FIELDS = {"Accept": "*/*", "Accept-Encoding": "identity", "Content-Type": "application/json"}
_MAX_ANSWER_OCTETS = 64 * 1024
_EXCERPT_OCTETS = 1024
# What has no address to call always takes that long: how fast DNS answers would tell which names exist inside.
_UNREACHABLE_SECONDS = 1.0
_UNREACHABLE = "the host is not reachable: there is no such name, or no address of it may be called over this scheme"


class HttpSender:
    """Shares connections between attempts; made by `open_sender`."""

    def __init__(self, policy: Policy, connections: Connections, pause: Pause) -> None:
        self._policy = policy
        self._connections = connections
        self._pause = pause

    async def send(self, url: str, headers: Mapping[str, str], payload: bytes, timeout: float) -> Response:
        """POST `payload` as JSON. Never raises for the destination's behaviour: the Response contains it.

        Raises TransientFailure while no DNS server works: then nothing was attempted.
        """
        started = monotonic()
        try:
            destination = self._policy.check_url(url)
            fields = {"Host": _host_field(destination), **_FIELDS, "Content-Length": str(len(payload)), **headers}
            request = httpcore.Request("POST", _to(destination, url), headers=list(fields.items()), content=payload)
            async with self._connections.one(destination) as connection:
                return await _exchange(connection, request, started, timeout)
        except ForbiddenDestination as failure:
            return Response(monotonic() - started, error=f"not allowed: {failure.reason}", refused=True)
        except Unreachable:
            seconds = max(monotonic() - started, _UNREACHABLE_SECONDS)
            await self._pause(started + seconds - monotonic())
            return Response(seconds, error=_UNREACHABLE)
        except (TimeoutError, httpcore.TimeoutException):
            return Response(monotonic() - started, error=f"no answer within {timeout:g} s")
        except (httpcore.NetworkError, httpcore.RemoteProtocolError, OSError) as error:
            return Response(monotonic() - started, error=_in_words(error))


async def _exchange(
    connection: httpcore.AsyncHTTPConnection, request: httpcore.Request, started: float, timeout: float
) -> Response:
    deadline = asyncio.get_running_loop().time() + timeout
    async with asyncio.timeout_at(deadline):
        response = await connection.handle_async_request(request)
    try:
        excerpt = await _excerpt(response, deadline)
    finally:
        await response.aclose()
    return Response(
        monotonic() - started,
        status=response.status,
        error=None if HTTPStatus.OK <= response.status < HTTPStatus.MULTIPLE_CHOICES else f"answered {response.status}",
        retry_after=_retry_after(response),
        excerpt=excerpt,
    )


@asynccontextmanager
async def open_sender(
    policy: Policy, ca_file: str, names: Names, pause: Pause = asyncio.sleep
) -> AsyncIterator[HttpSender]:
    """A sender for as long as the context lasts. `ca_file`: further authorities to trust, "" for none."""
    context = ssl.create_default_context()
    if ca_file:
        context.load_verify_locations(ca_file)
    backends = {scheme: CheckedBackend(policy, names, scheme) for scheme in ("http", "https")}
    connections = Connections(backends, context)
    try:
        yield HttpSender(policy, connections, pause)
    finally:
        await connections.aclose()


def _to(destination: Destination, url: str) -> httpcore.URL:
    """The URL with the host as it was checked, without a root dot: that is what TLS verifies and what is looked up.

    httpcore itself would drop what follows a semicolon in the last segment of the path.
    """
    parts = urlsplit(url)
    target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
    return httpcore.URL(scheme=destination.scheme, host=destination.host, port=destination.port, target=target)


def _host_field(destination: Destination) -> str:
    """RFC 9110 section 7.2."""
    host = f"[{destination.host}]" if ":" in destination.host else destination.host
    return host if destination.port == DEFAULT_PORTS[destination.scheme] else f"{host}:{destination.port}"


async def _excerpt(response: httpcore.Response, deadline: float) -> str:
    """The first 1 KiB as text. The rest is read, up to 64 KiB, only so that the connection can be kept.

    If the response is interrupted or too slow, its text is lost; its status has already arrived.
    """
    kept = bytearray()
    read = 0
    with suppress(TimeoutError, httpcore.NetworkError, httpcore.RemoteProtocolError, httpcore.TimeoutException):
        async with asyncio.timeout_at(deadline):
            async for chunk in response.aiter_stream():
                kept += chunk[: _EXCERPT_OCTETS - len(kept)]
                read += len(chunk)
                if read > _MAX_ANSWER_OCTETS:
                    break
    return kept.decode("utf-8", errors="replace")


def _retry_after(response: httpcore.Response) -> float | None:
    """Seconds or a date (RFC 9110 section 10.2.3); None when absent or neither."""
    text = next((value for name, value in response.headers if name.lower() == b"retry-after"), b"").decode("latin-1")
    if text.isdecimal() and text.isascii():
        return float(text[:9])
    try:
        return max(0.0, (parsedate_to_datetime(text) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None


def _in_words(error: Exception) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"the certificate is not trusted: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return "TLS failed"
        if isinstance(cause, ConnectionRefusedError):
            return "connection refused"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpcore.RemoteProtocolError):
        return "the answer was not HTTP"
    return "the connection failed"
