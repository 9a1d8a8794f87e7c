"""Old and new version on the same servers: beside each other, one after the other, and back again.

The old one is the last release, as it is in this repository's history; it runs in this environment.
"""

import io
import os
import signal
import subprocess
import sys
import tarfile
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest

from tests.system.conversation import NO_TLS, mail, send, until

ROOT = Path(__file__).parents[3]
# There is no release yet: until there is a tag, this is the version that one must be able to go back to.
FIRST = "e0fd87e"
MODULES = ("api_gateway", "smtp_ingest", "message_parser", "webhook_dispatcher", "expiry_reaper")
TOKEN = "operator-token-0123456789"


def git(*words):
    return subprocess.run(["git", "-C", str(ROOT), *words], capture_output=True, check=False, timeout=60)


def last_release():
    tags = git("tag", "--sort=-creatordate", "--merged", "HEAD", "--no-contains", "HEAD", "v*").stdout.decode().split()
    return tags[0] if tags else FIRST


@pytest.fixture(scope="module")
def older(tmp_path_factory):
    """The import path of the last release's code."""
    packed = git("archive", "--format=tar", last_release(), "lib", "services")
    if packed.returncode:
        pytest.skip(f"the history of this clone does not reach back to {last_release()}")
    folder = tmp_path_factory.mktemp("older")
    with tarfile.open(fileobj=io.BytesIO(packed.stdout)) as tree:
        tree.extractall(folder, filter="data")
    return os.pathsep.join(str(path) for path in (folder / "lib" / "src", *(folder / "services").glob("*/src")))


class Version:
    """The five services of one version, with ports of their own."""

    def __init__(self, environment, free_ports, folder):
        self.http_port, self.smtp_port = free_ports.take(), free_ports.take()
        self.probes = {module: free_ports.take() for module in MODULES}
        ports = {"MAYFLY_HTTP_PORT": str(self.http_port), "MAYFLY_SMTP_PORT": str(self.smtp_port)}
        self.environment = {**environment, **ports}
        self.folder = folder
        self.key = {}
        self.processes = {}

    def start(self):
        self.processes = {module: self.process(module) for module in MODULES}
        for module, probe in self.probes.items():
            until(lambda module=module, probe=probe: self.is_ready(module, probe), seconds=60)
        url = f"http://127.0.0.1:{self.http_port}"
        self.http = httpx.Client(base_url=url, timeout=20, trust_env=False, headers=self.key)
        return self

    def process(self, module):
        environment = {**self.environment, "MAYFLY_PROBE_PORT": str(self.probes[module])}
        with (self.folder / f"{module}-{self.http_port}.log").open("ab") as log:
            argv = [sys.executable, "-m", module]
            return subprocess.Popen(argv, env=environment, cwd=self.folder, stdout=log, stderr=log)

    def is_ready(self, module, probe):
        log = self.folder / f"{module}-{self.http_port}.log"
        assert self.processes[module].poll() is None, f"{module} ended: {log.read_text()[-500:]}"
        try:
            return httpx.get(f"http://127.0.0.1:{probe}/readyz", trust_env=False, verify=NO_TLS).status_code == 200
        except httpx.TransportError:
            return False

    def stop(self):
        """SIGTERM to all; each has to end with 0."""
        self.http.close()
        for process in self.processes.values():
            process.send_signal(signal.SIGTERM)
        assert {0} == {process.wait(30) for process in self.processes.values()}

    def kill(self):
        for process in self.processes.values():
            process.kill()
            process.wait()

    def call(self, method, path, **options):
        answer = self.http.request(method, path, **options)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def becomes_account(self, key):
        self.key = key
        self.http.headers.update(key)

    def inbox(self, **wish):
        return self.call("POST", "/api/v1/inboxes", json=wish)["address"]

    def subjects(self, address):
        return sorted(message["subject"] for message in self.call("GET", f"/api/v1/inboxes/{address}/messages"))

    def gets_mail(self, address, subject):
        send(self, mail(address, subject), address)
        until(lambda: subject in self.subjects(address), seconds=30)

    def shows(self, address):
        """What it makes of everything that the inbox holds."""
        listed = self.call("GET", f"/api/v1/inboxes/{address}/messages")
        messages = [self.call("GET", f"/api/v1/messages/{m['id']}?peek=true") for m in listed]
        codes = [self.call("GET", f"/api/v1/messages/{m['id']}/otp")["otp"] for m in listed]
        return sorted((m["subject"], m["text_preview"], code) for m, code in zip(messages, codes, strict=True))


@pytest.fixture
def servers(mongo_uri, mongo_database, clean_nats):
    """The settings that say where the servers are."""
    return {
        "MAYFLY_MONGO_URI": mongo_uri,
        "MAYFLY_MONGO_DATABASE": mongo_database,
        "MAYFLY_NATS_URL": clean_nats,
    }


@pytest.fixture
def versions(older, servers, free_ports, tmp_path):
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("MAYFLY_")}
    environment = {
        **inherited,
        **servers,
        "MAYFLY_ADMIN_TOKEN": TOKEN,
        "MAYFLY_AUTHENTICATION": "false",
        "MAYFLY_CHILDREN": "1",
        "MAYFLY_GRACE_SECONDS": "5",
    }
    made = SimpleNamespace(
        older=Version({**environment, "PYTHONPATH": older}, free_ports, tmp_path),
        newer=Version(environment, free_ports, tmp_path),
    )
    yield made
    for version in (made.older, made.newer):
        version.kill()


def account(version):
    body = {"email": "a@example.com", "plan": "pro"}
    made = version.call("POST", "/api/v1/admin/accounts", json=body, headers={"Authorization": f"Bearer {TOKEN}"})
    return {"X-API-Key": made["api_key"]}


def test_the_new_version_starts_beside_the_old_one_takes_over_and_can_be_left_again(versions):
    older, newer = versions.older.start(), versions.newer
    older.becomes_account(account(older))
    addresses = side_by_side(older, newer)
    left = {address: newer.shows(address) for address in addresses}
    gone = newer.inbox()
    newer.call("DELETE", f"/api/v1/inboxes/{gone}")
    newer.stop()
    older.start()
    assert left == {address: older.shows(address) for address in addresses}
    older.gets_mail(addresses[0], "back again")
    assert set(addresses) == {inbox["address"] for inbox in older.call("GET", "/api/v1/inboxes")}
    older.call("DELETE", f"/api/v1/inboxes/{addresses[1]}")
    older.stop()


def test_the_old_version_starts_on_what_the_new_one_created(versions):
    newer = versions.newer.start()
    newer.becomes_account(account(newer))
    side_by_side(newer, versions.older)
    versions.older.stop()


def side_by_side(first, second):
    """Start the second version beside the first, then stop the first; both write and read. Returns two inboxes."""
    one = first.inbox(label="of the first")
    first.gets_mail(one, "by the first alone")
    second.start().becomes_account(first.key)
    assert first.shows(one) == second.shows(one)
    two = second.inbox(label="of the second", webhook_url="https://hooks.example.com/x")
    for version, name, address in ((first, "first", two), (second, "second", one), (second, "second", two)):
        version.gets_mail(address, f"beside, by the {name}")
    assert first.shows(two) == second.shows(two)
    first.stop()
    second.gets_mail(one, "by the second alone")
    return one, two
