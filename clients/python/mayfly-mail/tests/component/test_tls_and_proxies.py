"""Both transports over TLS and through proxies, with real sockets."""

from __future__ import annotations

import asyncio
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from mayfly_mail import Unavailable

from .halves import HALVES, close, health
from .serving import OK, CorkedServer, Server, as_json, certified


@HALVES
async def test_a_server_is_checked_by_the_authority_that_was_given(kind: Any, tmp_path: Path) -> None:
    with certified(tmp_path) as (context, authority), Server(context=context) as server:
        client = kind(f"https://127.0.0.1:{server.port}", ca_file=authority)
        assert ["ok", "ok"] == [await health(client), await health(client)]
        assert 1 == server.connections
        server.hang_up()
        await asyncio.sleep(0.02)
        assert "ok" == await health(client)
        await close(client)
        with pytest.raises(
            Unavailable, match=r"certificate verify failed for 127\.0\.0\.1: self.signed certificate; ca_file names"
        ):
            await health(kind(f"https://127.0.0.1:{server.port}", retry_for=60))


@HALVES
async def test_an_answer_that_nobody_asked_for_is_never_taken_for_one_over_tls(kind: Any, tmp_path: Path) -> None:
    with certified(tmp_path) as (context, authority), CorkedServer(context=context) as server:
        client = kind(f"https://127.0.0.1:{server.port}", ca_file=authority)
        assert ["ok", "ok", "ok"] == [await health(client) for _ in range(3)]
        assert 3 == server.connections
        await close(client)


@HALVES
async def test_a_certificate_of_another_name_is_refused(kind: Any, tmp_path: Path) -> None:
    with certified(tmp_path, "mayfly.example") as (context, authority), Server(context=context) as server:
        client = kind(f"https://localhost:{server.port}", ca_file=authority, retry_for=60)
        with pytest.raises(Unavailable, match="Hostname mismatch"):
            await health(client)


@HALVES
async def test_large_bodies_pass_through_tls_in_both_directions(kind: Any, tmp_path: Path) -> None:
    large = as_json({"status": "ok", "ok": True, "filler": "x" * 3_000_000})
    with certified(tmp_path) as (context, authority), Server(lambda *_: large, context) as server:
        client = kind(f"https://localhost:{server.port}", ca_file=authority)
        assert "ok" == await health(client)
        await close(client)


@HALVES
async def test_a_server_without_tls_is_no_server_with_it(kind: Any, tmp_path: Path) -> None:
    with certified(tmp_path) as (_, authority), Server(lambda *_: b"") as server:
        client = kind(f"https://127.0.0.1:{server.port}", ca_file=authority, retry_for=0, timeout=0.1)
        with pytest.raises(Unavailable, match="no answer from https://"):
            await health(client)


class TunnelProxy(Server):
    """An HTTP proxy: whole URLs are answered by itself, CONNECT by a tunnel to `to`."""

    def __init__(self, to: int, status: int = 200) -> None:
        super().__init__()
        self._to, self._status = to, status

    def _talk(self, peer: socket.socket) -> None:
        head = b""
        while b"\r\n\r\n" not in head and (data := peer.recv(65536)):
            head += data
        self.requests.append(head)
        if not head.startswith(b"CONNECT "):
            peer.sendall(OK)
            return
        peer.sendall(f"HTTP/1.1 {self._status} x\r\nContent-Length: 0\r\n\r\n".encode())
        if self._status == 200:
            with socket.create_connection(("127.0.0.1", self._to)) as server:
                back = threading.Thread(target=self._pass, args=(server, peer))
                back.start()
                self._pass(peer, server)
                back.join()

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            return


@HALVES
async def test_a_proxy_of_the_environment_gets_the_whole_url(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with TunnelProxy(0) as proxy:
        monkeypatch.setenv("http_proxy", f"http://ann:secret@127.0.0.1:{proxy.port}")
        client = kind("http://mayfly.example:8080/base", "mf_key")
        assert "ok" == await health(client)
        assert proxy.requests[0].startswith(
            b"GET http://mayfly.example:8080/base/health HTTP/1.1\r\nHost: mayfly.example:8080\r\n"
        )
        assert b"Proxy-Authorization: Basic YW5uOnNlY3JldA==\r\n" in proxy.requests[0]
        await close(client)


@HALVES
async def test_https_goes_through_a_tunnel_and_the_proxy_sees_no_key(
    kind: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with certified(tmp_path, "mayfly.example") as (context, authority), Server(context=context) as server:
        with TunnelProxy(server.port) as proxy:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
            client = kind("https://mayfly.example", "mf_key", ca_file=authority)
            assert "ok" == await health(client)
            await close(client)
            server.hang_up()
        assert proxy.requests[0].startswith(b"CONNECT mayfly.example:443 HTTP/1.1\r\nHost: mayfly.example:443\r\n")
        assert b"mf_key" not in proxy.requests[0]
        assert b"X-API-Key: mf_key" in server.requests[0]


@HALVES
async def test_a_proxy_that_refuses_is_told(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with TunnelProxy(0, 403) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.port}")
        with pytest.raises(Unavailable, match="the proxy refused a tunnel with status 403"):
            await health(kind("https://mayfly.example", retry_for=0))
