"""`python -m message_parser.explain`: the findings in one mail and their reasons, for a terminal."""

import subprocess
import sys

import pytest

from message_parser.domain.parse import parse
from message_parser.explain import explain, main

MAIL = (
    b"Subject: Sign in\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"
    b"<p>Use 448 120 to sign in, and 559310 for the app.</p><a href='https://acme.example/login?t=1'>Sign in\x1b[2J</a>\r\n"
)


def test_it_shows_the_answer_each_candidate_with_its_evidence_and_each_link():
    lines = explain(MAIL).splitlines()
    found = parse(MAIL).otp_candidates
    assert ("448120", "code: 448120") == (found[0].code, lines[0])
    assert [one.code for one in found] == [line.split()[1] for line in lines if line.startswith("candidate: ")]
    first, *evidence = lines[2 : 3 + len(found[0].evidence)]
    assert f'candidate: 448120  {found[0].confidence:.1%}  (text, characters 4 to 11, written "448 120")' == first
    assert [[f"{weight:+.2f}", feature] for feature, weight in found[0].evidence] == [line.split() for line in evidence]
    assert lines[-1].startswith("link: magic        https://acme.example/login?t=1")


def test_nothing_in_a_mail_controls_the_terminal():
    assert all(line.isprintable() for line in explain(MAIL).splitlines())
    assert "\\x1b[2J" in explain(MAIL)


def test_a_mail_without_a_code_says_so():
    assert explain(b"Subject: News\r\n\r\nHello\r\n") == "code: none\n"


def test_it_takes_a_file_or_standard_input(tmp_path, capsys):
    path = tmp_path / "mail.eml"
    path.write_bytes(MAIL)
    main([str(path)])
    from_file = capsys.readouterr().out
    command = [sys.executable, "-m", "message_parser.explain"]
    piped = subprocess.run(command, input=MAIL, capture_output=True, check=True, timeout=60)
    assert explain(MAIL) == from_file == piped.stdout.decode()


def test_a_file_that_cannot_be_read_is_named(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        main([str(tmp_path / "none.eml")])
    assert "none.eml: No such file" in capsys.readouterr().err
