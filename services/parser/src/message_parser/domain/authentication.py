"""What is known of a mail for its authentication: `handlers.authenticate` fills it in, a verdict process reads it."""

import msgspec


class VerdictRequest(msgspec.Struct, kw_only=True):
    """`peer_address`, `helo` and `reverse_path` are those of the SMTP session.

    `peer_address` is empty for a mail that was injected through the API. `from_address`: of the From field, "" with
    several of them.
    """

    octets: bytes
    peer_address: str = ""
    helo: str = ""
    reverse_path: str = ""
    from_address: str = ""
