"""Reads Basic credentials (RFC 7617). The native API takes none; facades and the OpenID provider do."""

import binascii
from base64 import b64decode

from api_gateway.refusals import Unauthorized


def basic_of(header: str | None) -> tuple[str, str] | None:
    """User and password of `Authorization: Basic`; None for another scheme, or none.

    Octets that are not UTF-8 become U+FFFD. Raises Unauthorized for a malformed one.
    """
    scheme, _, encoded = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        user, colon, password = b64decode(encoded.strip(), validate=True).decode(errors="replace").partition(":")
    except (binascii.Error, ValueError) as error:
        raise Unauthorized("malformed Basic credentials") from error
    if not colon:
        raise Unauthorized("malformed Basic credentials")
    return user, password
