"""What the judging processes are asked: a mail, and who handed it in."""

import msgspec


class Question(msgspec.Struct, kw_only=True):
    """`peer_address`, `helo`, `reverse_path`: of the SMTP session; an empty address: the mail came by the API."""

    octets: bytes
    peer_address: str = ""
    helo: str = ""
    reverse_path: str = ""
    from_address: str = ""
