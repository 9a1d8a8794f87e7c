"""Receives what a mailer sends and writes it down: python capture.py FILE.eml COMMAND ... {port} ...

Listens on loopback, runs the command with `{port}` replaced by its port, and writes the first mail that it sends as it
came over the wire, with dot-stuffing undone.
"""

import socket
import subprocess
import sys
from pathlib import Path


def session(peer: socket.socket) -> bytes:
    """Speaks as little SMTP as mailers need; returns the content of DATA."""
    lines = peer.makefile("rb")
    peer.sendall(b"220 mx.example ESMTP\r\n")
    for line in lines:
        verb = line[:4].upper()
        if verb == b"DATA":
            peer.sendall(b"354 go on\r\n")
            content = b""
            while (line := lines.readline()) not in (b".\r\n", b""):
                content += line.removeprefix(b".")
            peer.sendall(b"250 taken\r\n")
            return content
        peer.sendall(b"250-mx.example\r\n250 8BITMIME\r\n" if verb == b"EHLO" else b"250 OK\r\n")
    return b""


def main(target: str, *command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(300)
        port = str(server.getsockname()[1])
        with subprocess.Popen([word.replace("{port}", port) for word in command]) as mailer:
            peer, _ = server.accept()
            with peer:
                Path(target).write_bytes(session(peer))
                while line := peer.recv(4096):
                    peer.sendall(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 OK\r\n")
                    if line.upper().startswith(b"QUIT"):
                        break
            if mailer.wait(60):
                sys.exit(f"{command[0]} failed")


main(*sys.argv[1:])
