"""`make bench`: time from SMTP 250 until the API returns the message, one mail at a time.

Starts all of Mayfly on free ports, sends 200 mails of 20 kB over one persistent connection, and polls the API for each.
Prints figures; checks no target.
"""

import os
import smtplib
import statistics
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

import httpx

from bench.plans import unlimited
from mayfly_local.stack import Stack

MAILS = 200


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        # The API is polled thousands of times.
        env = {"MAYFLY_PLANS_FILE": str(unlimited(Path(folder)))}
        with (
            Stack(Path(folder) / "data", env=env) as stack,
            httpx.Client(base_url=stack.http_url, timeout=10, trust_env=False) as api,
            smtplib.SMTP("127.0.0.1", stack.smtp_port) as peer,
        ):
            address = api.post("/api/v1/inboxes/generate", json={}).json()["address"]
            measure(api, peer, address, 20)
            accepted, visible = measure(api, peer, address, MAILS)
    print(f"{MAILS} mails of 20 kB, one at a time, load average {os.getloadavg()[0]:.1f}")
    report("DATA end to 250", accepted)
    report("250 to visible by API", visible)


def measure(api: httpx.Client, peer: smtplib.SMTP, address: str, mails: int) -> tuple[list[float], list[float]]:
    """Seconds from the last octet to 250, and from 250 until the API returns the message."""
    accepted, visible = [], []
    path = f"/api/v1/inboxes/{address}"
    for _ in range(mails):
        already = api.get(path).json()["message_count"]
        started = time.perf_counter()
        peer.sendmail("bench@example.com", [address], example(address))
        acknowledged = time.perf_counter()
        while api.get(path).json()["message_count"] == already:
            continue
        accepted.append(acknowledged - started)
        visible.append(time.perf_counter() - acknowledged)
    return accepted, visible


def example(address: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "bench@example.com", address, "Your code is 482193"
    message.set_content("Your verification code is 482193\n" + "Lorem ipsum dolor sit amet. " * 200)
    message.add_alternative(
        "<p>Your verification code is <b>482193</b></p>" + "<p>Lorem ipsum.</p>" * 700, subtype="html"
    )
    return message.as_bytes()


def report(label: str, seconds: list[float]) -> None:
    cuts = statistics.quantiles(seconds, n=100)
    print(f"{label:>24}: p50 {cuts[49] * 1e3:6.1f} ms   p90 {cuts[89] * 1e3:6.1f} ms   p99 {cuts[98] * 1e3:6.1f} ms")


if __name__ == "__main__":
    main()
