"""Reads header fields that a request may have only once."""

from litestar.datastructures import Headers

from api_gateway.refusals import BadInput


def single(headers: Headers, name: str) -> str | None:
    """The value of the header field; None if it is absent.

    Raises BadInput if it is given more than once (RFC 9110 section 5.3): any choice might be the wrong one.
    """
    values = headers.getall(name, [])
    if len(values) > 1:
        raise BadInput("given more than once", field=name)
    return values[0] if values else None
