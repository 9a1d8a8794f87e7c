"""The command AUTH: exchanges challenges and responses with the peer until it is logged in."""

from typing import Protocol

from smtp_ingest.domain import replies
from smtp_ingest.domain.auth import RESPONSE_OCTETS, check_response, parse_auth
from smtp_ingest.domain.replies import Rejected, Reply
from smtp_ingest.entrypoints.inbound import CommandTooLong, Inbound
from smtp_ingest.entrypoints.patience import Patience


class Peer(Protocol):
    """The part of a connection that AUTH uses."""

    inbound: Inbound
    patience: Patience

    def say(self, reply: Reply) -> None: ...
    async def flush(self) -> None: ...


async def log_in(peer: Peer, argument: str) -> None:
    """Run AUTH up to its last response. Raises Rejected, EndlessLine; EOFError when the peer disconnects."""
    mechanism, challenges = parse_auth(argument)
    for challenge in challenges:
        peer.say(replies.challenge(challenge))
        await peer.flush()
        peer.patience.wait_for_command()
        check_response(mechanism, await _response(peer))


async def _response(peer: Peer) -> str:
    try:
        line = await peer.inbound.line(RESPONSE_OCTETS)
    except CommandTooLong:
        raise Rejected(replies.RESPONSE_TOO_LONG, "syntax") from None
    peer.patience.suspend()
    return line.removesuffix(b"\r\n").decode("ascii", "replace")
