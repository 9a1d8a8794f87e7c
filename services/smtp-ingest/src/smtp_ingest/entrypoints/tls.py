"""The certificate for STARTTLS, reloaded when its files change."""

import ssl
from dataclasses import dataclass
from pathlib import Path

import structlog

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class _Stamp:
    """Identifies one version of a file, also when a symbolic link is changed to point elsewhere."""

    inode: int
    modified_ns: int
    size: int


class Certificate:
    """Loads the files at once. Raises OSError or ssl.SSLError when they are not a certificate and its key."""

    def __init__(self, certificate: str, key: str) -> None:
        self._files = (Path(certificate), Path(key))
        self._stamps = self._read_stamps()
        self._context = self._load()

    def context(self) -> ssl.SSLContext:
        """The TLS context for the next handshake. Keeps the last valid certificate when changed files are invalid."""
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
