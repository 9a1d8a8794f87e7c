"""Builds raw mails for tests."""


def mail(*fields: str | bytes, body: str | bytes = "body", line_end: bytes = b"\r\n") -> bytes:
    """A mail with a From field, these fields and this body."""
    head = line_end.join([b"From: a@acme.example", *map(_octets, fields)])
    return head + line_end * 2 + _octets(body)


def multipart(*parts: str, subtype: str = "mixed") -> bytes:
    """A multipart with the boundary `b`; each part with its own header section."""
    body = "".join(f"--b\r\n{part}\r\n" for part in parts)
    return mail(f"Content-Type: multipart/{subtype}; boundary=b", body=body + "--b--\r\n")


def _octets(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode()
