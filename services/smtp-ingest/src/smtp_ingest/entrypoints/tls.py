"""The certificate for STARTTLS, read again when its files change, without a restart."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import structlog

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Stamp:
    """What tells one version of a file from the next, also when a link is turned to another file."""

    inode: int
    modified_ns: int
    size: int


class Certificate:
    """Raises OSError or ssl.SSLError at once when the files are no certificate and its key."""

    def __init__(self, certificate: str, key: str) -> None:
        self._files = (Path(certificate), Path(key))
        self._stamps = self._read_stamps()
        self._context = self._load()

    def context(self) -> ssl.SSLContext:
        """For the next handshake. Files that cannot be used leave the last good certificate in place."""
        try:
            stamps = self._read_stamps()
            if stamps != self._stamps:
                self._stamps = stamps
                self._context = self._load()
                _log.info("certificate_reloaded")
        except (OSError, ssl.SSLError) as error:
            _log.warning("certificate_not_reloaded", error=type(error).__name__)
        return self._context

    def _read_stamps(self) -> list[_Stamp]:
        return [_Stamp(found.st_ino, found.st_mtime_ns, found.st_size) for found in map(Path.stat, self._files)]

    def _load(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.options |= ssl.OP_NO_RENEGOTIATION
        context.load_cert_chain(*self._files)
        return context
