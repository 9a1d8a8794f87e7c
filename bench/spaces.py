"""`make bench-spaces`: mail to many addresses of one space, lists right after it, searches, and RCPT among many spaces.

Starts all of Mayfly on free ports, with default settings but for plans without limits. Sends mails to 500 addresses of
the default space over kept connections and lists them at once, with `consistent=true`; asks for recipients with one
space and with 10,000; searches with 100 and with 5,000 messages in the space. Prints figures, and which mails the list
has not exactly once.
"""

import smtplib
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import httpx
from pymongo import MongoClient

from bench import options
from bench.plans import unlimited
from bench.smtp_load import mails
from mayfly_local.stack import Stack

ADDRESSES = 500
SENDERS = 16
TIMES = 40
DEFAULT = "00000000"
SEARCHES = (
    "code",
    '"your code"',
    "from:sender -invoice",
    "subject:code larger:2kb",
    "zzzz-is-nowhere",
    "is:unread has:code to:user7@",
)


def main() -> None:
    asked = options.read(mails="1000", messages="5000", spaces="10000")
    with tempfile.TemporaryDirectory(prefix="bench-spaces-") as folder:
        env = {"MAYFLY_PLANS_FILE": str(unlimited(Path(folder)))}
        with Stack(Path(folder) / "data", env=env) as stack, _client(stack) as api:
            api.patch(f"/api/v1/spaces/{DEFAULT}", json={"max_messages": int(asked["messages"])}).raise_for_status()
            burst(stack, api, int(asked["mails"]))
            recipients(stack, int(asked["spaces"]))
            searches(stack, api, int(asked["messages"]))


def burst(stack: Stack, api: httpx.Client, count: int) -> None:
    """Send the mails over 16 connections, and list the space right after the last 250."""
    api.post(f"/api/v1/inboxes/{DEFAULT}/clear").raise_for_status()
    seconds = send(stack, count)
    print(f"{count} mails of 10 to 20 kB to {ADDRESSES} addresses of one space: {count / seconds:.0f} acks/s")
    begun = time.perf_counter()
    subjects = Counter(subject for page in pages(api) for subject in page)
    waited = time.perf_counter() - begun
    missing = [number for number in range(count) if subjects[_subject(number)] != 1]
    print(f"listed at once: {sum(subjects.values())} in {waited:.1f} s, {len(missing)} missing or double")


def recipients(stack: Stack, count: int) -> None:
    """RCPT for new addresses of a space, and for an inbox, with one space and with many."""
    for others in (0, count):
        _insert_spaces(stack, others)
        _report(f"RCPT to a new address of a space, {others} other spaces", _rcpt(stack, "user{}@00000000.mayfly.test"))
        _report(f"RCPT to any address at the open port, {others} other spaces", _rcpt(stack, "user{}@example.com"))


def searches(stack: Stack, api: httpx.Client, count: int) -> None:
    """Each search with 100 messages in the space, and with `count`."""
    api.post(f"/api/v1/inboxes/{DEFAULT}/clear").raise_for_status()
    there = 0
    for wanted in (100, count):
        send(stack, wanted - there)
        there = wanted
        _get(api, f"/api/v1/inboxes/{DEFAULT}/stats?consistent=true")
        for words in SEARCHES:
            _report(f"{words!r} among {wanted} messages", _timed(partial(_search, api, words)))


def send(stack: Stack, count: int) -> float:
    """Send so many different mails to addresses of any domain; seconds until the last 250."""
    octets = mails(mixed=True)

    def one_sender(first: int) -> None:
        with smtplib.SMTP("127.0.0.1", stack.mailpit_smtp_port, timeout=60) as peer:
            for number in range(first, count, SENDERS):
                head = f"X-Number: {number}\r\n".encode()
                mail = octets[number % len(octets)].replace(b"Subject: ", f"Subject: {_subject(number)} ".encode(), 1)
                peer.sendmail("app@example.com", [f"user{number % ADDRESSES}@example.com"], head + mail)

    begun = time.perf_counter()
    with ThreadPoolExecutor(SENDERS) as pool:
        list(pool.map(one_sender, range(SENDERS)))
    return time.perf_counter() - begun


def pages(api: httpx.Client) -> Iterator[list[str]]:
    """The numbered subjects of each page of the space's list; the first one is consistent."""
    path = f"/api/v1/inboxes/{DEFAULT}/messages?limit=100"
    cursor = "&consistent=true"
    while cursor:
        answer = _get(api, path + cursor)
        yield [" ".join(entry["subject"].split()[:2]) for entry in answer.json()]
        following = answer.headers.get("X-Next-Cursor")
        cursor = f"&cursor={following}" if following else ""


def _get(api: httpx.Client, path: str) -> httpx.Response:
    """The answer, asked for again while the mail before it is not stored in time, as it says."""
    answer = api.get(path)
    while answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        answer = api.get(path)
    return answer.raise_for_status()


def _subject(number: int) -> str:
    return f"number {number}"


def _search(api: httpx.Client, words: str) -> None:
    api.get(f"/api/v1/inboxes/{DEFAULT}/messages", params={"q": words, "limit": 50}).raise_for_status()


def _rcpt(stack: Stack, address: str) -> list[float]:
    """Seconds of each RCPT of one session, in transactions of 50."""
    port = stack.smtp_port if "mayfly.test" in address else stack.mailpit_smtp_port
    seconds: list[float] = []
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as peer:
        peer.ehlo("bench.example")
        for transaction in range(10):
            peer.mail("app@example.com")
            for number in range(50):
                seconds += _timed(partial(peer.rcpt, address.format(1000 * transaction + number)), times=1)
            peer.rset()
    return seconds


def _insert_spaces(stack: Stack, count: int) -> None:
    with MongoClient[dict[str, Any]](stack.mongo_uri, tz_aware=True) as client:
        inboxes = client["mayfly"]["inboxes"]
        space = inboxes.find_one({"_id": DEFAULT}) or {}
        made = ({"_id": f"z{number:07}", "address": f"*@z{number:07}.mayfly.test"} for number in range(count))
        if count:
            own = {"domains": [], "created_at": datetime.now(UTC)}
            inboxes.insert_many([{**space, **own, **each} for each in made])


def _timed(call: Callable[[], object], times: int = TIMES) -> list[float]:
    seconds = []
    for _ in range(times):
        begun = time.perf_counter()
        call()
        seconds.append(time.perf_counter() - begun)
    return seconds


def _report(what: str, seconds: Sequence[float]) -> None:
    ordered = sorted(seconds)
    p50, p99 = statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.99)] * 1000
    print(f"{what}: p50 {p50:.1f} ms, p99 {p99:.1f} ms")


def _client(stack: Stack) -> httpx.Client:
    headers = {"X-API-Key": stack.api_key}
    return httpx.Client(base_url=stack.http_url, headers=headers, timeout=60, trust_env=False)


if __name__ == "__main__":
    main()
