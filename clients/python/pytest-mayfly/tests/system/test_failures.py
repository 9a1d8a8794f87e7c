"""What a user reads when tests fail: the whole output is kept in golden/failing.txt."""

import json
import re
from pathlib import Path

import pytest

from mayfly_mail import Mayfly

GOLDEN = Path(__file__).parent / "golden" / "failing.txt"


@pytest.fixture(scope="module")
def failed(run_project, stack):
    server = {"MAYFLY_URL": stack.http_url, "MAYFLY_API_KEY": stack.api_key}
    arguments = ["--showlocals", "-v", "--html=report/index.html", "--alluredir=allure"]
    return run_project("failing", *arguments, plugins=("pytest_html.plugin", "metadata", "allure_pytest"), **server)


def normal(run, stack):
    """Return the output without what differs from run to run."""
    text = (
        run.output.replace(stack.http_url, "URL")
        .replace(str(run.folder), "FOLDER")
        .replace(str(stack.smtp_port), "PORT")
    )
    for pattern, name in (
        (r"-[0-9a-f]{6}-[0-9a-f]{8}@", "-HASH-RANDOM@"),
        (r"\*@[a-z0-9]{8}\.", "*@SPACE."),
        (r"URL/ui/inbox/[0-9a-z-]+", "URL"),  # where a web page is built
        (r"\d\d:\d\d:\d\d\.\d{3}", "12:00:00.000"),
        (r"0x[0-9a-f]+", "0x0"),
        (r"in \d+\.\d+s", "in 1.00s"),
        (r"waited \d+(\.\d+)? s", "waited N s"),  # at least as long as was asked for, longer on a busy machine
        (r"[=_-]{6,}", "------"),
    ):
        text = re.sub(pattern, name, text)
    return "\n".join(line.rstrip() for line in text[text.index("collected") :].splitlines()) + "\n"


def test_the_output_is_the_golden_one(failed, stack):
    seen = failed.folder / "seen.txt"
    seen.write_text(normal(failed, stack))

    assert GOLDEN.read_text() == seen.read_text(), f"if it is meant to be so: cp {seen} {GOLDEN}"


def test_the_key_is_nowhere(failed, stack):
    assert stack.api_key not in failed.output
    written = [path for path in failed.folder.rglob("*") if path.is_file()]
    assert written
    assert not [path for path in written if stack.api_key.encode() in path.read_bytes()]


def test_the_mails_are_attached_to_the_report_of_pytest_html(failed):
    attached = sorted((failed.folder / "report" / "assets").glob("*.eml"))

    assert 4 == len(attached)
    assert any("Your code is 482193" in path.read_text() for path in attached)


def test_the_mails_are_attached_to_the_report_of_allure(failed):
    results = [json.loads(path.read_text()) for path in (failed.folder / "allure").glob("*-result.json")]
    attached = [
        each for result in results for each in result.get("attachments", []) if each["type"] == "message/rfc822"
    ]
    mails = [(failed.folder / "allure" / each["source"]).read_bytes() for each in attached]

    assert "Welcome.eml" in {each["name"] for each in attached}
    assert any(mail.endswith(b"\r\nYour code is 482193\r\n") for mail in mails)


def test_inboxes_of_failed_tests_are_kept_for_a_look(failed, stack):
    with Mayfly(stack.http_url, stack.api_key) as client:
        kept = [client.open(address) for address in re.findall(r"-- Mail to (\S+?@mayfly\.test) --", failed.output)]

    assert 3 == len(kept)
