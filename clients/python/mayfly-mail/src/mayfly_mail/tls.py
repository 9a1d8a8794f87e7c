"""TLS without any socket: octets of the wire in and out, by OpenSSL's memory buffers. Imported for https alone."""

from __future__ import annotations

import ssl
from functools import lru_cache
from typing import TYPE_CHECKING

from mayfly_mail.effects import Steps, read, write
from mayfly_mail.errors import Unavailable

if TYPE_CHECKING:
    from mayfly_mail.effects import Wire

__tracebackhide__ = True  # pytest shows the line of the caller

_CHUNK = 65536


@lru_cache(maxsize=16)
def context_of(ca_file: str | None) -> ssl.SSLContext:
    """Return a context that checks the server by the system's authorities, or by those in `ca_file` alone.

    ValueError if that file is not there or has no certificates.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except OSError as error:  # ssl.SSLError is one, too: a file without certificates
        raise ValueError(f"ca_file cannot be read: {error.strerror or error}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


class Tls:
    """One session on a wire. SSLError, which is an OSError, for octets that are not right."""

    def __init__(self, wire: Wire, host: str, ca_file: str | None) -> None:
        self._wire = wire
        self._host = host
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._session = context_of(ca_file).wrap_bio(self._incoming, self._outgoing, server_hostname=host)

    def handshake(self, seconds: float) -> Steps[None]:
        """Agree on keys. Raises Unavailable for a certificate that is not right, which no further try changes."""
        while True:
            try:
                self._session.do_handshake()
            except ssl.SSLWantReadError:
                yield from self._exchange(seconds)
            except ssl.SSLCertVerificationError as error:
                yield from self._flush(seconds)
                text = f"certificate verify failed for {self._host}: {error.verify_message.rstrip('.')}"
                raise Unavailable(f"{text}; ca_file names other authorities", code="untrusted_certificate") from None
            else:
                yield from self._flush(seconds)
                return

    @property
    def has_unread(self) -> bool:
        """Whether octets came that no read has returned; on the wire they are not seen any more."""
        return bool(self._incoming.pending or self._session.pending())

    def write(self, data: bytes, seconds: float) -> Steps[None]:
        view = memoryview(data)
        while view:
            view = view[self._session.write(view[:_CHUNK]) :]
            yield from self._flush(seconds)

    def read(self, seconds: float) -> Steps[bytes]:
        """Return the next octets; empty at the end, announced or not: HTTP tells which answer is whole."""
        while True:
            try:
                return self._session.read(_CHUNK)
            except ssl.SSLWantReadError:
                yield from self._exchange(seconds)
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                return b""

    def _exchange(self, seconds: float) -> Steps[None]:
        yield from self._flush(seconds)
        data = yield from read(self._wire, seconds)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _flush(self, seconds: float) -> Steps[None]:
        if data := self._outgoing.read():
            yield from write(self._wire, data, seconds)
