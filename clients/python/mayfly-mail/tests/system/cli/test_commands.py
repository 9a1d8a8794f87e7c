"""Every command once, as a script uses it: what stands on stdout, and the exit code."""

import base64
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.system.conversation import until

from mayfly_mail import Inbox, Mayfly, NotFound

if TYPE_CHECKING:
    from mayfly_local.stack import Stack

CODE = "Your verification code is 482193"
HOSTILE = "\x1b[2J\x1b]0;owned\x07"


def hostile(before: str, after: str, body: str) -> bytes:
    """A mail that hides what terminals obey in its subject, encoded, as senders can."""
    subject = base64.b64encode(f"{before}{HOSTILE}{after}".encode()).decode()
    return f"From: shop@example.com\r\nSubject: =?utf-8?b?{subject}?=\r\n\r\n{body}\r\n".encode()


def test_an_inbox_is_made_listed_and_removed(run: Any) -> None:
    address = run("inbox", "new", "--label", "cli-ls", "--ttl", "10m").out.strip()
    row = run("inbox", "ls", "--label", "cli-ls").out.splitlines()
    assert [[address, "cli-ls", "9m"]] == [line.split("\t")[:3] for line in row]
    listed = json.loads(run("--json", "inbox", "ls", "--label", "cli-ls").out)
    assert [address] == [each["address"] for each in listed]
    assert (0, f"{address}\n") == ((done := run("inbox", "rm", "--label", "cli-ls")).code, done.out)
    gone = run("inbox", "rm", address)
    assert 3 == gone.code
    assert gone.err.startswith(f"mayfly: {address}: ")


def test_an_inbox_without_an_account_is_read_with_its_token_as_the_key(
    run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAYFLY_API_KEY")
    made = json.loads(run("inbox", "new", "--anonymous", "--json").out)
    monkeypatch.setenv("MAYFLY_API_KEY", made["token"])
    assert 0 == run("send-test", made["address"], "--code", "482193").code
    assert "482193\n" == run("wait", made["address"], "--code").out
    assert 0 == run("inbox", "rm", made["address"]).code


def test_without_a_key_the_failure_says_how_to_get_one(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MAYFLY_API_KEY")
    ran = run("inbox", "new")
    assert (2, "") == (ran.code, ran.out)
    assert "export MAYFLY_API_KEY=$(cat .mayfly/api-key)" in ran.err
    assert "mayfly inbox new --anonymous" in ran.err


def test_an_inbox_of_an_account_is_not_just_missing_where_the_key_was_forgotten(
    run: Any, inbox: Inbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MAYFLY_API_KEY")
    assert "no API key is set" in run("messages", "ls", inbox.address).err


def test_forwarding_to_a_variable_that_is_not_set_is_refused(run: Any) -> None:
    assert 2 == run("listen", "--forward-to", "").code


def test_a_wait_after_a_variable_that_is_not_set_makes_no_inbox(run: Any) -> None:
    ran = run("wait", "--code", "--after", "")
    assert 2 == ran.code
    assert "(new, " not in ran.err


def test_a_wrong_key_is_refused_and_not_shown(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAYFLY_API_KEY", "mfk_wrong_and_secret")
    ran = run("inbox", "ls")
    assert 3 == ran.code
    assert "wrong_and_secret" not in ran.out + ran.err


def test_a_code_a_link_and_an_id_stand_alone_on_stdout(run: Any, inbox: Inbox) -> None:
    assert 0 == run("send-test", inbox.address, "--code", "482193", "--link", "https://shop.example/reset/1").code
    assert "482193\n" == run("wait", inbox.address, "--code").out
    assert "https://shop.example/reset/1\n" == run("wait", inbox.id, "--link", "--url-part", "re:/reset/\\d").out
    message_id = run("wait", inbox.address, "--subject", "re:^Your", "--from", "mayfly-test@").out.strip()
    assert [message_id] == [each.id for each in inbox.messages()]
    document = json.loads(run("wait", inbox.address, "--code", "--json").out)
    assert ("482193", message_id, True) == (document["code"], document["message_id"], document["cursor"] > 0)


def test_a_wait_that_times_out_is_one_and_says_what_came_instead(run: Any, inbox: Inbox) -> None:
    inbox.inject(hostile("Wel", "come", "hello"))
    ran = run("wait", inbox.address, "--subject", "Reset", "--code", "--timeout", "200ms")
    expected = f"""mayfly: waited 0.2 s for subject='Reset', has_otp=True at {inbox.address}
  came: 'Wel[2J]0;ownedcome' (failed: subject, has_otp)
"""
    assert (1, "", expected) == (ran.code, ran.out, ran.err)
    failed = json.loads(run("wait", inbox.address, "--code", "--timeout", "0", "--json").err)
    assert ["wait_timeout", 1] == [failed["error"], failed["exit_code"]]
    assert [["has_otp"]] == [each["failed"] for each in failed["near_misses"]]


def test_with_a_cursor_only_later_mail_counts(run: Any, inbox: Inbox) -> None:
    inbox.inject(subject="old", body=CODE)
    mark = run("inbox", "cursor", inbox.address).out.strip()
    assert 1 == run("wait", inbox.address, "--code", "--after", mark, "--timeout", "0").code
    assert 1 == run("wait", inbox.address, "--code", "--after", "now", "--timeout", "0").code
    inbox.inject(subject="new", body="Your verification code is 555777")
    assert "555777\n" == run("wait", inbox.address, "--code", "--after", mark).out


def test_that_no_mail_comes_is_proved_or_refuted(run: Any, inbox: Inbox) -> None:
    inbox.inject(subject="Welcome")
    proof = run("wait", inbox.address, "--none", "--subject", "Reset", "--timeout", "0")
    assert (0, "none\n", "") == (proof.code, proof.out, proof.err)
    refuted = run("wait", inbox.address, "--none", "--timeout", "0")
    assert (1, "") == (refuted.code, refuted.out)
    assert "'Welcome'" in refuted.err


def test_a_wait_without_an_address_makes_an_inbox_and_says_which(run: Any) -> None:
    ran = run("wait", "--timeout", "0")
    address = ran.err.split()[0]
    assert 1 == ran.code
    assert f"at {address}\n  no mail came" in ran.err
    assert 0 == run("inbox", "rm", address).code


def test_mails_are_listed_shown_and_removed_and_nothing_in_them_acts(run: Any, inbox: Inbox) -> None:
    message_id = inbox.inject(hostile("Hi", "\tthere", f"{CODE}{HOSTILE}"))
    inbox.wait_for_message()
    (row,) = run("messages", "ls", inbox.address, "subject:hi").out.splitlines()
    assert [message_id, "shop@example.com"] == [row.split("\t")[0], row.split("\t")[2]]
    shown = run("messages", "show", message_id).out
    assert "\x1b" not in row + shown
    assert "Code:     482193" in shown
    assert CODE in shown
    assert [False] == [each["is_read"] for each in json.loads(run("messages", "ls", inbox.address, "--json").out)]
    assert CODE in json.loads(run("messages", "show", message_id, "--json").out)["body_text"]
    assert inbox.raw(message_id).decode() == run("messages", "raw", message_id).out
    assert 0 == run("messages", "rm", message_id).code
    assert 3 == run("messages", "rm", message_id).code
    assert "no mails\n" == run("messages", "ls", inbox.address).err


def test_a_mail_is_opened_as_a_page_by_the_users_browser(
    run: Any, inbox: Inbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = tmp_path / "opened"
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {opened}\n')
    browser.chmod(0o755)
    monkeypatch.setenv("BROWSER", f"{browser} %s")
    message_id = inbox.inject(subject="Page", html="<h1>Hello</h1><script>alert(1)</script>")
    inbox.wait_for_message()
    path = Path(run("messages", "open", message_id).out.strip())
    assert path.as_uri() == opened.read_text().strip()
    assert "&lt;h1&gt;Hello&lt;/h1&gt;" in path.read_text()
    path.unlink()
    path.parent.rmdir()


def test_a_fault_plan_is_set_shown_obeyed_and_cleared(run: Any, inbox: Inbox) -> None:
    assert "451 x1, 550 at rcpt\n" == run("fault", "set", inbox.address, "451 x1, 550 at rcpt").out
    refused = run("send-test", inbox.address)
    assert 3 == refused.code
    assert refused.err.startswith("mayfly: SMTP refused the mail: 451 ")
    shown = run("fault", "show", inbox.address)
    assert ["451\t1", "550\talways"] == [line.rsplit("\t", 4)[0] for line in shown.out.splitlines()]
    assert "mails seen: 1\n" == shown.err
    assert 0 == run("fault", "clear", inbox.address).code
    assert ("", "no fault plan\n") == ((none := run("fault", "show", inbox.address)).out, none.err)
    assert 0 == run("send-test", inbox.address).code


def test_an_unknown_recipient_and_a_server_that_is_away_have_codes_of_their_own(
    run: Any, inbox: Inbox, stack: "Stack"
) -> None:
    assert 3 == run("send-test", "nobody@elsewhere.example", "--smtp", f"127.0.0.1:{stack.smtp_port}").code
    assert 4 == run("send-test", inbox.address, "--smtp", "127.0.0.1:1").code
    assert 2 == run("send-test", "x@y\r\nRCPT TO:<z@y>", "--smtp", f"127.0.0.1:{stack.smtp_port}").code
    assert 2 == run("send-test", inbox.address, "--subject", "a\nBcc: b@c").code


def test_a_space_prints_settings_that_work(run: Any, stack: "Stack") -> None:
    made = json.loads(run("space", "new", "cli", "--ttl", "10m", "--json").out)
    assert ("127.0.0.1", stack.smtp_port) == (made["smtp"]["host"], made["smtp"]["port"])
    assert made["smtp"]["password"].startswith("mfs_")
    settings = run("space", "smtp", made["id"], "--for", "django").out
    password = re.search(r'EMAIL_HOST_PASSWORD = "(mfs_.*)"', settings)
    assert password is not None
    labels = [line.split("\t")[1] for line in run("space", "passwords", made["id"]).out.splitlines()]
    assert {"mayfly command"} < set(labels)
    assert [made["id"]] == [
        line.split("\t")[0] for line in run("space", "ls").out.splitlines() if line.split("\t")[1] == "cli"
    ]
    assert password[1] not in run("space", "passwords", made["id"], "--json").out
    assert (0, f"{made['id']}\n") == ((done := run("space", "rm", made["id"])).code, done.out)


def test_webhooks_are_made_listed_and_their_deliveries_shown_and_sent_again(run: Any, inbox: Inbox) -> None:
    def attempts() -> list[str]:
        return run("webhooks", "attempts", made["id"]).out.splitlines()

    with Mayfly() as mayfly:
        made = json.loads(run("webhooks", "new", "http://127.0.0.1:1/hook", "--inbox", inbox.address, "--json").out)
        assert made["secret"].startswith("whsec_")
        assert made["id"] in [line.split("\t")[0] for line in run("webhooks", "ls").out.splitlines()]
        delivery = mayfly.webhooks.test(made["id"]).delivery_id
        (row,) = until(attempts)
        assert [delivery, "webhook.test"] == [row.split("\t")[0], row.split("\t")[2]]
        assert 0 == run("webhooks", "attempts", "--delivery", delivery).code
        assert 3 == run("webhooks", "resend", delivery).code, "it is pending, so the server refuses"
        mayfly.webhooks.delete(made["id"])
        with pytest.raises(NotFound):
            mayfly.webhooks.get(made["id"])


def test_doctor_goes_the_whole_way_and_leaves_nothing_behind(run: Any) -> None:
    ran = run("doctor")
    steps = [line.split(":")[0].removeprefix("ok").strip() for line in ran.out.splitlines()]
    assert (0, ["configuration", "server", "API key", "inbox", "SMTP", "mail", "arrival", "code", "clean-up"]) == (
        ran.code,
        steps,
    )
    report = json.loads(run("doctor", "--json").out)
    assert [True, 9] == [report["ok"], len(report["steps"])]
    assert "no inboxes\n" == run("inbox", "ls", "--label", "mayfly doctor").err
