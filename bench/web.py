"""`make bench-web`: what the web page costs a browser: sizes, first paint, memory, and frames while mail arrives.

Starts all of Mayfly, fills one inbox with 10,000 small mails, and opens it in this machine's Chromium, headless, with
an empty cache. Then 50 mails a second arrive while the frames of the page are counted, and the whole list is scrolled
through. Does the same with Mailpit's page where BENCH_MAILPIT or PATH has it (its list shows 50 mails a page, so there
is nothing to scroll through). Browser and servers share the cores. Checks the budget of the size, and no figure else.

    python -m bench.web [mails=10000] [rate=50] [seconds=10] [only=mayfly,mailpit]
"""

import gzip
import json
import os
import re
import smtplib
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

import httpx
from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench import options, systems
from bench.plans import unlimited
from mayfly_local import browsers
from mayfly_local.stack import Stack

WEB = Path(__file__).parents[1] / "clients" / "web"
BUDGET_OCTETS = 100_000
CONNECTIONS = 8
VISITS = 5
_FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking")
_MAIL = "From: shop@example.com\r\nTo: ann@example.com\r\nSubject: Mail {0}\r\n\r\nYour code is {1}.\r\n"
# The gaps between frames, and the tasks of more than 50 ms, from now on.
_RECORD = """() => {
    window.gaps = []; window.tasks = []; window.isRecording = true;
    const seen = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((each) => each.duration)));
    seen.observe({entryTypes: ['longtask']});
    let last = performance.now();
    const frame = (now) => { gaps.push(now - last); last = now; if (isRecording) requestAnimationFrame(frame); };
    requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame); });
}"""
_RECORDED = "() => { window.isRecording = false; return [gaps, tasks]; }"
# Scrolls a screen's height each fifth frame, and waits at the end until nothing more is loaded.
_SCROLL = """(selector) => new Promise((done) => {
    const box = document.querySelector(selector);
    let still = 0, frames = 0;
    const frame = () => {
        frames += 1;
        if (frames % 5 === 0) {
            const before = box.scrollTop;
            box.scrollTop += box.clientHeight;
            still = box.scrollTop === before ? still + 1 : 0;
        }
        if (still > 180) done(Math.round(box.scrollHeight / box.querySelector('li').offsetHeight));
        else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
})"""


@dataclass(frozen=True)
class Shown:
    """A system whose page is open: where it is, where its mail goes, and what a row of its list is."""

    url: str
    smtp_port: int
    address: str
    row: str
    scroller: str = ""
    storage: str = ""


def main() -> None:
    given = options.read(mails="10000", rate="50", seconds="10", only="")
    names = given["only"].split(",") if given["only"] else [each for each in SYSTEMS if _is_here(each)]
    program = browsers.chromium()
    if program is None:
        sys.exit("no Chromium on this machine")
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.2f}; {program}")
    is_small = sizes() if "mayfly" in names else True
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=_FLAGS)
        for name in names:
            with tempfile.TemporaryDirectory() as folder, SYSTEMS[name](Path(folder)) as shown:
                print(f"\n{name}")
                measure(browser, shown, int(given["mails"]), float(given["rate"]), float(given["seconds"]))
        browser.close()
    sys.exit(0 if is_small else 1)


def sizes() -> bool:
    """Build the page and print the size of each of its files as it is sent; return whether it keeps its budget."""
    subprocess.run([sys.executable, str(WEB / "build.py"), "build"], check=True)
    index = (WEB / "dist" / "index.html").read_text()
    files = sorted((WEB / "dist" / "assets").glob("*.*s"))
    octets = {file.name: len(gzip.compress(file.read_bytes(), 9)) for file in files if file.suffix in {".js", ".css"}}
    for name, size in sorted(octets.items(), key=lambda item: -item[1]):
        print(f"  {name:<40} {size / 1000:>8.1f} kB gzip {'at once' if name in index else ''}")
    page = sum(size for name, size in octets.items() if not name.startswith("docs"))
    first = sum(size for name, size in octets.items() if name in index)
    _say("the page without the API reference, gzip", page / 1000, "kB")
    _say("  of these at once", first / 1000, "kB")
    return page <= BUDGET_OCTETS


def measure(browser: Browser, shown: Shown, mails: int, rate: float, seconds: float) -> None:
    """Print the figures of one system's page."""
    fill(shown, mails)
    visits = [visit(browser, shown) for _ in range(VISITS)]
    _say("first paint", median(paint for paint, _ in visits), "ms")
    _say("first mail visible", median(mail for _, mail in visits), "ms")
    page, session = opened(browser, shown)
    _say("heap, list open", *heap(session))
    page.evaluate(_RECORD)
    pour(shown, rate, seconds)
    frames(page, f"{rate:g} mails a second arrive")
    _say("heap, after these", *heap(session))
    if shown.scroller:
        page.evaluate(_RECORD)
        began = time.perf_counter()
        rows = page.evaluate(_SCROLL, shown.scroller)
        frames(page, f"scrolling through {rows} mails")
        _say("  seconds for that", time.perf_counter() - began, "s")
        _say(f"heap, after {rows} mails", *heap(session))
        _say("elements in the page", page.evaluate("document.querySelectorAll('*').length"), "")
    page.context.close()


def visit(browser: Browser, shown: Shown) -> tuple[float, float]:
    """Open the page with an empty cache; return the milliseconds until its first paint and its first mail."""
    page, _ = opened(browser, shown)
    [paint, mail] = page.evaluate(
        "() => [performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN, window.seen]"
    )
    page.context.close()
    return paint, mail


def opened(browser: Browser, shown: Shown) -> tuple[Page, CDPSession]:
    """Open the page in a new browser, until it shows a mail."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    if shown.storage:
        context.add_init_script(f"if (self === top) sessionStorage.setItem('mayfly.key', {json.dumps(shown.storage)})")
    page = context.new_page()
    page.goto(shown.url, wait_until="commit")
    look = f"() => document.querySelector({json.dumps(shown.row)}) && (window.seen ??= performance.now())"
    page.wait_for_function(look, polling="raf", timeout=60_000)
    return page, context.new_cdp_session(page)


def heap(session: CDPSession) -> tuple[float, str]:
    """The JavaScript heap in use, after a garbage collection."""
    session.send("HeapProfiler.enable")
    session.send("HeapProfiler.collectGarbage")
    session.send("Performance.enable")
    found = {each["name"]: each["value"] for each in session.send("Performance.getMetrics")["metrics"]}
    return found["JSHeapUsedSize"] / 2**20, "MiB"


def frames(page: Page, during: str) -> None:
    """Print the gaps between frames since they were recorded."""
    gaps, tasks = page.evaluate(_RECORDED)
    gaps.sort()
    print(f"  frames while {during}: {len(gaps)}")
    for name, gap in (("p50", gaps[len(gaps) // 2]), ("p95", gaps[len(gaps) * 95 // 100]), ("worst", gaps[-1])):
        _say(f"  gap {name}", gap, "ms")
    _say("  tasks of more than 50 ms", len(tasks), f"(longest {max(tasks, default=0):.0f} ms)")


def fill(shown: Shown, mails: int) -> None:
    """Send the mails over several connections at once."""
    began = time.perf_counter()
    with ThreadPoolExecutor(CONNECTIONS) as threads:
        shares = [range(first, mails, CONNECTIONS) for first in range(CONNECTIONS)]
        list(threads.map(lambda numbers: _send(shown, numbers, 0), shares))
    print(f"  {mails} mails sent in {time.perf_counter() - began:.0f} s")
    time.sleep(2)


def pour(shown: Shown, rate: float, seconds: float) -> None:
    """Send at a rate."""
    _send(shown, range(int(rate * seconds)), 1 / rate)
    time.sleep(0.5)


def _send(shown: Shown, numbers: Sequence[int], pause: float) -> None:
    began = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", shown.smtp_port, timeout=60) as peer:
        for count, number in enumerate(numbers):
            peer.sendmail("shop@example.com", [shown.address], _MAIL.format(number, 100_000 + number))
            time.sleep(max(0.0, began + count * pause - time.perf_counter()) if pause else 0)


def _say(what: str, figure: float, unit: str) -> None:
    print(f"  {what:<44} {figure:>10,.1f} {unit}", flush=True)


@contextmanager
def mayfly(folder: Path) -> Iterator[Shown]:
    """`make run` with an account and one inbox."""
    env = {
        "MAYFLY_PLANS_FILE": str(unlimited(folder)),
        "MAYFLY_WEB_DIR": str(WEB / "dist"),
        "MAYFLY_MAX_MESSAGES_PER_INBOX": "1000000",
        "MAYFLY_SMTP_MAILS_PER_MINUTE_PER_INBOX": "1000000",
    }
    with Stack(folder / "data", env=env) as stack:
        headers = {"X-API-Key": stack.api_key}
        with httpx.Client(base_url=stack.http_url, headers=headers, trust_env=False) as api:
            inbox = api.post("/api/v1/inboxes", json={}).raise_for_status().json()
        url = f"{stack.http_url}/ui/inbox/{inbox['id']}"
        yield Shown(url, stack.smtp_port, inbox["address"], "main li .row-link", ".list-scroll", stack.api_key)


@contextmanager
def mailpit(folder: Path) -> Iterator[Shown]:
    with systems.mailpit(folder / "mailpit") as running:
        _print_sizes_of(f"http://127.0.0.1:{running.http_port}")
        yield Shown(running.url, running.smtp_port, "ann@example.com", "a.message")


SYSTEMS = {"mayfly": mayfly, "mailpit": mailpit}


def _is_here(name: str) -> bool:
    return name in systems.found_here()


def _print_sizes_of(url: str) -> None:
    """Print what a browser loads of a page that does not say it itself, compressed."""
    total = 0
    with urllib.request.urlopen(url) as answer:
        names = re.findall(r'(?:src|href)="([^"]+\.(?:js|css)[^"]*)"', answer.read().decode())
    for name in names:
        with urllib.request.urlopen(f"{url}/{name.lstrip('/')}") as answer:
            octets: bytes = answer.read()
            total += len(gzip.compress(octets, 9))
    _say("scripts and style sheets, gzip", total / 1000, "kB")


if __name__ == "__main__":
    main()
