"""Where things go wrong: doctor says at which step, Ctrl-C and a closed pipe are quiet."""

import json
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from tests.system.receiving import listening

if TYPE_CHECKING:
    from mayfly_local.stack import Stack

pytestmark = pytest.mark.usefixtures("interruptible")
WITHIN = 20.0


def stopped_at(ran: Any) -> tuple[int, str, str]:
    """The exit code, the step that failed, and what to do about it."""
    *_, fail, advice = ran.out.splitlines()
    assert fail.startswith("FAIL ")
    return ran.code, fail.removeprefix("FAIL ").partition(":")[0], advice.strip()


def test_doctor_stops_where_there_is_no_key_and_sees_the_one_that_lies_there(
    run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.delenv("MAYFLY_API_KEY")
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".mayfly").mkdir()
    (tmp_path / ".mayfly" / "api-key").write_text("x")
    ran = run("doctor")
    assert (2, "configuration") == stopped_at(ran)[:2]
    assert "there is one here: export MAYFLY_API_KEY_FILE=.mayfly/api-key" in ran.out


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://mayfly.invalid"])
def test_doctor_stops_where_the_server_is_away(run: Any, url: str) -> None:
    code, step, advice = stopped_at(run("doctor", "--url", url))
    assert (4, "server") == (code, step)
    assert "MAYFLY_URL or --url" in advice


def test_doctor_stops_where_the_key_is_wrong(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAYFLY_API_KEY", "mfk_wrong")
    assert (3, "API key") == stopped_at(run("doctor"))[:2]


def test_doctor_stops_where_the_port_speaks_the_api_of_mailpit(run: Any, stack: "Stack") -> None:
    assert (3, "server") == stopped_at(run("doctor", "--url", stack.mailpit_url))[:2]


def test_doctor_stops_where_smtp_is_away_or_is_somebody_elses(run: Any) -> None:
    assert (4, "SMTP") == stopped_at(run("doctor", "--smtp", "127.0.0.1:1"))[:2]
    with listening(lambda peer: peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as url:
        assert (4, "SMTP") == stopped_at(run("doctor", "--smtp", url.removeprefix("http://").removesuffix("/hook")))[:2]


def refusing(peer: socket.socket) -> None:
    """An SMTP server that relays for nobody."""
    peer.sendall(b"220 mx.example ESMTP\r\n")
    while line := peer.recv(1000):
        peer.sendall(b"550 5.7.1 \x1b[31mRelaying denied\r\n" if line.upper().startswith(b"RCPT") else b"250 ok\r\n")


def swallowing(peer: socket.socket) -> None:
    """An SMTP server that takes mail and keeps it."""
    peer.sendall(b"220 mx.example ESMTP\r\n")
    is_data = False
    while octets := peer.recv(65536):
        if is_data and not octets.endswith(b"\r\n.\r\n"):
            continue
        peer.sendall(b"354 go on\r\n" if octets.upper().startswith(b"DATA") else b"250 ok\r\n")
        is_data = octets.upper().startswith(b"DATA")


def test_doctor_stops_where_the_mail_is_refused_and_removes_its_inbox(run: Any) -> None:
    with listening(refusing) as url:
        ran = run("doctor", "--smtp", url.removeprefix("http://").removesuffix("/hook"))
    assert (3, "mail") == stopped_at(ran)[:2]
    assert "550 5.7.1 \\x1b[31mRelaying denied" in ran.out
    assert "no inboxes\n" == run("inbox", "ls", "--label", "mayfly doctor").err


def test_doctor_stops_where_the_mail_does_not_arrive(run: Any) -> None:
    with listening(swallowing) as url:
        ran = run("doctor", "--timeout", "200ms", "--json", "--smtp", url.removeprefix("http://").removesuffix("/hook"))
    report = json.loads(ran.out)
    assert (1, False, "arrival") == (ran.code, report["ok"], report["steps"][-1]["step"])
    assert "parser" in report["steps"][-1]["advice"]
    assert "no inboxes\n" == run("inbox", "ls", "--label", "mayfly doctor").err


def test_a_server_that_is_not_mayfly_is_named_as_such(run: Any) -> None:
    def web(peer: socket.socket) -> None:
        peer.recv(65536)
        peer.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 15\r\nContent-Type: text/html\r\n\r\n<h1>\x1b[2JHi</h1>")

    with listening(web) as url:
        ran = run("inbox", "ls", "--url", url.removesuffix("/hook"))
    assert 0 != ran.code
    assert "not Mayfly's" in ran.err
    assert "Traceback" not in ran.err


def test_ctrl_c_is_one_word_and_a_hundred_and_thirty(command: Any) -> None:
    waiting = command("wait", "--timeout", "20")
    assert "(new, ends in " in waiting.stderr.readline()
    waiting.send_signal(signal.SIGINT)
    assert ("", "interrupted\n") == waiting.communicate(timeout=WITHIN)
    assert 130 == waiting.returncode


def test_a_pipe_that_closes_early_is_quiet(command: Any, environment: dict[str, str]) -> None:
    printing = command("completion", "bash")
    printing.stdout.close()
    assert ("", 0) == (printing.stderr.read(), printing.wait(WITHIN))


def test_a_stdout_that_is_closed_is_no_failure(command: Any) -> None:
    printing = command("version", stdout=None, preexec_fn=lambda: os.close(1))
    assert ("", 0) == (printing.communicate(timeout=WITHIN)[1], printing.returncode)


def test_without_the_extra_it_says_how_to_install_it(environment: dict[str, str]) -> None:
    program = (
        "import sys; sys.modules['cyclopts'] = None; from mayfly_mail.cli import main; sys.exit(main(['version']))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False, env=environment)
    assert (2, "") == (ran.returncode, ran.stdout)
    assert 'python -m pip install "mayfly-mail[cli]"' in ran.stderr
