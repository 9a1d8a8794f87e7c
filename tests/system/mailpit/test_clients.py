"""The clients of Mailpit, MailHog and Ethereal, as their registries have them, against Mayfly.

Those for Node are found by NODE_PATH (`.ci/tools` installs them); a test skips where its client is not installed.
"""

import functools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.system.conversation import Caller, new_account
from tests.system.mailpit.server import Server

CLIENTS = Path(__file__).parent / "clients"
NODE_PATH = os.environ.get("NODE_PATH", "")
NODEMAILERS = ("nodemailer6", "nodemailer7", "nodemailer8", "nodemailer9", "nodemailer")


@functools.cache
def installed(package: str) -> bool:
    asked = ["node", "-e", f'require("{package}")']
    return shutil.which("node") is not None and not subprocess.run(asked, capture_output=True, check=False).returncode


def node(script: str, *words: str, **environment: str) -> str:
    """What a script of clients/ prints; fails when it does."""
    command = ["node", str(CLIENTS / script), *words]
    words_of_node = {"PATH": os.environ["PATH"], "NODE_PATH": NODE_PATH, **environment}
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=words_of_node)
    assert done.returncode == 0, done.stderr
    return done.stdout


def port(server: Server) -> str:
    return server.url.rpartition(":")[2]


def pytest_mailpit(
    door: Server, folder: Path, name: str, *settings: str, **more: str
) -> subprocess.CompletedProcess[str]:
    """A run of pytest on `name` in a project of its own, which uses the plugin."""
    ini = folder / "pytest.ini"
    ini.write_text("\n".join(["[pytest]", "mailpit_poll_interval = 0.05", *settings, ""]))
    environment = {
        "PATH": os.environ["PATH"],
        "MAILPIT_URL": door.url,
        "MAILPIT_SMTP": f"127.0.0.1:{door.smtp_port}",
        **more,
    }
    command = [sys.executable, "-m", "pytest", "-c", str(ini), "--rootdir", str(folder), "-q"]
    command += ["-p", "no:cacheprovider", str(folder / name)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=120, check=False, env=environment, cwd=folder
    )


def copied(folder: Path) -> str:
    """The suite in a folder of its own, apart from this project's conftest."""
    (folder / "test_mail.py").write_text((CLIENTS / "inbox_suite.py").read_text())
    return "test_mail.py"


def test_a_suite_with_pytest_mailpit_passes(door, tmp_path):
    done = pytest_mailpit(door, tmp_path, copied(tmp_path))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "skipped" not in done.stdout


FAILING = """
import smtplib

def test_that_fails(mailpit_inbox, mailpit_smtp):
    with smtplib.SMTP(*mailpit_smtp) as peer:
        peer.sendmail("a@b.example", [mailpit_inbox.address], f"To: {mailpit_inbox.address}\\r\\nSubject: Kept\\r\\n\\r\\nx")
    mailpit_inbox.wait_for_message(subject="Other", timeout=0)
"""


def test_the_mail_of_a_failing_test_is_reported_tagged_and_kept(door, tmp_path):
    (tmp_path / "test_failing.py").write_text(FAILING)
    done = pytest_mailpit(door, tmp_path, "test_failing.py")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Kept" in done.stdout
    [tagged] = door.call("GET", "/api/v1/search", params={"query": "is:tagged subject:kept"}).json()["messages"]
    [tag] = tagged["Tags"]
    assert tag in done.stdout
    door.call("DELETE", "/api/v1/messages").raise_for_status()


@pytest.mark.skipif(not installed("mailpit-api"), reason="node with mailpit-api is not installed")
def test_every_method_of_mailpit_api(door):
    refused = json.loads(node("mailpit_api.js", door.url))
    assert {
        "getAttachmentThumbnail": 404,
        "htmlCheck": 400,
        "linkCheck": 400,
        "spamAssassinCheck": 404,
        "releaseMessage": 400,
    } == refused


@pytest.mark.skipif(not installed("mailhog"), reason="node with mailhog is not installed")
def test_every_method_of_npms_mailhog(door):
    node("mailhog.js", port(door), str(door.smtp_port))


@pytest.fixture(scope="module")
def key(stack):
    return new_account(stack, "clients-of-mailpit@example.com")


@pytest.fixture
def space(stack, key):
    """A space of an account, with its login."""
    with Caller(stack, key) as caller:
        made = caller.post("/api/v1/spaces", {"name": "One run of tests"}, expect=201)
        yield made
        caller.delete(f"/api/v1/spaces/{made['id']}")


def test_a_space_of_its_own_serves_a_suite_with_pytest_mailpit(stack, key, space, tmp_path):
    own = Server(f"{stack.http_url}/mailpit/{space['id']}/", stack.smtp_port)
    settings = f"mailpit_domain = {space['address'].partition('@')[2]}"
    credentials = {
        "MAILPIT_USERNAME": space["id"],
        "MAILPIT_PASSWORD": key,
        "SMTP_LOGIN": ":".join([space["smtp"]["user"], space["smtp"]["password"]]),
    }
    done = pytest_mailpit(own, tmp_path, copied(tmp_path), settings, **credentials)
    own.http.close()
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.skipif(not installed("mailpit-api"), reason="node with mailpit-api is not installed")
def test_a_space_of_its_own_serves_mailpit_api(stack, key, space):
    node("mailpit_api.js", f"{stack.http_url}/mailpit/{space['id']}", space["id"], key)


@pytest.mark.skipif(not installed("mailhog"), reason="node with mailhog is not installed")
def test_a_space_of_its_own_serves_npms_mailhog(stack, key, space):
    login = {"SMTP_USER": space["smtp"]["user"], "SMTP_PASSWORD": space["smtp"]["password"]}
    words = (str(stack.http_port), str(stack.smtp_port), f"{space['id']}:{key}", f"/mailpit/{space['id']}/api")
    node("mailhog.js", *words, **login)


@pytest.mark.parametrize("version", NODEMAILERS)
def test_a_test_account_of_nodemailer(stack, version):
    if not installed(version):
        pytest.skip(f"node with {version} is not installed")
    made = json.loads(node("ethereal.js", version, ETHEREAL_API=stack.http_url, ETHEREAL_CACHE="no"))
    assert made["user"]
