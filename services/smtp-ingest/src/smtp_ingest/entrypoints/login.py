"""The command AUTH: says whether it is offered, and exchanges challenges and responses with the peer."""

from typing import Protocol

import structlog

from mayfly.failures import Failure
from mayfly.mail.peers import address_of
from smtp_ingest import metrics
from smtp_ingest.domain import replies
from smtp_ingest.domain.auth import (
    RESPONSE_OCTETS,
    Credentials,
    Login,
    challenges,
    decode_response,
    parse_auth,
    read_credentials,
)
from smtp_ingest.domain.replies import Rejected, Reply
from smtp_ingest.entrypoints.inbound import CommandTooLong, Inbound
from smtp_ingest.entrypoints.patience import Patience
from smtp_ingest.entrypoints.services import Services

_log = structlog.get_logger()


class Peer(Protocol):
    """The part of a connection that AUTH uses."""

    inbound: Inbound
    patience: Patience
    peer_address: str
    peer: str
    is_secure: bool

    def say(self, reply: Reply) -> None: ...
    async def flush(self) -> None: ...


def is_offered(services: Services, peer: Peer, *, accept_any: bool) -> bool:
    """Whether the peer may log in: nobody may read a password that gives rights on its way (RFC 4954 section 4)."""
    return (
        peer.is_secure
        or accept_any
        or services.settings.smtp_auth_plaintext
        or ((address := address_of(peer.peer_address)) is not None and address.is_loopback)
    )


async def log_in(services: Services, peer: Peer, argument: str, *, accept_any: bool) -> Login:
    """Run AUTH, and check the credentials. Raises Rejected, EndlessLine; EOFError when the peer disconnects."""
    wrong = services.wrong_logins(peer.peer_address)
    if wrong.is_used_up(peer.peer):
        metrics.LOGINS.labels("throttled").inc()
        raise Rejected(replies.TOO_MANY_WRONG_LOGINS, "throttled")
    credentials = await _credentials(peer, argument)
    try:
        login = await services.logins.check(credentials, accept_any=accept_any)
    except Rejected:
        wrong.allow(peer.peer)
        metrics.LOGINS.labels("wrong").inc()
        _log.info("wrong_login", peer=peer.peer_address)
        raise
    except Failure as failure:
        metrics.LOGINS.labels("unavailable").inc()
        raise Rejected(replies.LOGIN_UNAVAILABLE, "unavailable") from failure
    metrics.LOGINS.labels("space" if login.space_id else "anonymous").inc()
    return login


async def _credentials(peer: Peer, argument: str) -> Credentials:
    mechanism, responses = parse_auth(argument)
    for challenge in challenges(mechanism, len(responses)):
        peer.say(replies.challenge(challenge))
        await peer.flush()
        peer.patience.wait_for_command()
        responses.append(decode_response(await _response(peer)))
    return read_credentials(mechanism, responses)


async def _response(peer: Peer) -> str:
    try:
        line = await peer.inbound.line(RESPONSE_OCTETS)
    except CommandTooLong:
        raise Rejected(replies.RESPONSE_TOO_LONG, "syntax") from None
    peer.patience.suspend()
    return line.removesuffix(b"\r\n").decode("ascii", "replace")
