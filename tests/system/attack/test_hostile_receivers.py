"""Receivers and URLs that mean harm, against a whole running Mayfly."""

import json
import smtplib
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path
from queue import Queue
from typing import Any

import httpx
import pytest

from tests.system.receiving import listening

FORBIDDEN = [
    "https://10.0.0.1/",
    "https://169.254.169.254/latest/meta-data/",
    "https://metadata.google.internal/computeMetadata/v1/",
    "https://[::1]/",
    "https://[::ffff:10.0.0.1]/",
    "https://[fd00:ec2::254]/",
    "https://[64:ff9b::a00:1]/",
    "https://[2002:a00:1::]/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://user:secret@example.com/",
    "https://example.com@10.0.0.1/",
    "https://example.com\\@10.0.0.1/",
    "https://example.com/#@10.0.0.1/",
    "http://8.8.8.8/",
    "http://192.168.0.1/",
    "ftp://127.0.0.1/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:25/_MAIL",
    "https://example.com/\r\nHost: 10.0.0.1",
    "https://1.2.3.4.5/",
    "https://100.64.0.1/",
    "https://224.0.0.1/",
    "javascript:alert(1)",
    "",
]


def never(peer: socket.socket) -> None:
    peer.recv(1)
    time.sleep(8)


def drip(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(80):
        peer.sendall(b"X: y\r\n")
        time.sleep(0.1)


def endless_head(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 200 OK\r\n")
    for _ in range(2000):
        peer.sendall(b"X: " + b"y" * 4096 + b"\r\n")


def endless_body(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 99999999999\r\n\r\n")
    for _ in range(4000):
        peer.sendall(b"z" * 16384)


def inwards(peer: socket.socket) -> None:
    peer.sendall(b"HTTP/1.1 307 X\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n")


def garbage(peer: socket.socket) -> None:
    peer.sendall(b"\x00\xff" * 5000)


def slam(peer: socket.socket) -> None:
    peer.close()


HOSTILE = [never, drip, endless_head, endless_body, inwards, garbage, slam]


@contextmanager
def well() -> Iterator[tuple[str, Queue[Any]]]:
    received: Queue[Any] = Queue()

    def serve(peer: socket.socket) -> None:
        octets = b""
        while b"\r\n\r\n" not in octets:
            octets += peer.recv(65536)
        head, _, body = octets.partition(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        while len(body) < length:
            body += peer.recv(65536)
        received.put(json.loads(body))
        peer.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")

    with listening(serve) as url:
        yield url, received


@pytest.fixture
def api(stack: Any) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {stack.api_key}"}
    with httpx.Client(base_url=stack.http_url, headers=headers, timeout=20, trust_env=False) as client:
        yield client


def inbox(api: httpx.Client, url: str) -> str:
    answer = api.post("/api/v1/inboxes", json={"webhook_url": url})
    assert 201 == answer.status_code, answer.text
    return str(answer.json()["address"])


def send(stack: Any, addresses: list[str]) -> None:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "noreply@example.com", "Your code"
    mail.set_content("482193")
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as peer:
        peer.send_message(mail, "noreply@example.com", addresses)


def memory_mib(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) // 1024


@pytest.mark.parametrize("url", FORBIDDEN)
def test_no_call_registers_a_url_that_leads_inwards(api, url):
    for path, field in (("/api/v1/webhooks", "url"), ("/api/v1/inboxes", "webhook_url")):
        answer = api.post(path, json={field: url})
        assert 400 == answer.status_code, path
        assert field in answer.json()["message"]


def test_hostile_receivers_cost_neither_a_healthy_one_nor_the_dispatcher_anything(api, stack):
    process = stack.pid("webhook-dispatcher")
    before = memory_mib(process)
    with well() as (healthy, received):
        receivers = [listening(serve) for serve in HOSTILE]
        urls = [receiver.__enter__() for receiver in receivers]
        try:
            addresses = [inbox(api, url) for url in urls]
            answering = inbox(api, healthy)
            for _ in range(10):
                send(stack, addresses)
            send(stack, [answering])
            assert answering == received.get(timeout=10)["address"]
            send(stack, [answering])
            assert answering == received.get(timeout=10)["address"]
        finally:
            for receiver in receivers:
                receiver.__exit__(None, None, None)
    assert process == stack.pid("webhook-dispatcher")
    assert memory_mib(process) < before + 150
