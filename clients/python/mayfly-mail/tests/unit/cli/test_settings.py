"""The settings of each framework are read by the framework's own rules, also with letters that mean something to it."""

import ast
import json
import re
import shlex
import subprocess
from urllib.parse import unquote, urlsplit

import pytest

from mayfly_mail.cli.settings import FRAMEWORKS, Login, settings

LOGIN = Login("mail.example", 2525, "h4xvw9q2", "mfs_Secret-1")
ODD = Login("::1", 25, "o'neil", "a\"b'c\\d$e#f &/@:é")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_all_four_values_are_in_the_settings(framework: str) -> None:
    text = settings(framework, LOGIN)
    assert [] == [value for value in ("mail.example", "2525", "h4xvw9q2", "mfs_Secret-1") if value not in text]


@pytest.mark.parametrize("login", [LOGIN, ODD])
def test_django_settings_are_python_with_the_values(login: Login) -> None:
    assigned = {node.targets[0].id: node.value.value for node in ast.parse(settings("django", login)).body}
    expected = {
        "EMAIL_HOST": login.host,
        "EMAIL_PORT": login.port,
        "EMAIL_HOST_USER": login.user,
        "EMAIL_HOST_PASSWORD": login.password,
    }
    assert expected == {name: assigned[name] for name in expected}


@pytest.mark.parametrize("login", [LOGIN, ODD])
def test_nodemailer_settings_have_strings_of_javascript(login: Login) -> None:
    text = settings("nodemailer", login)
    found = re.search(r"host: (.*),\n  port: (\d+),.*user: (.*), pass: (.*) \}", text, re.DOTALL)
    assert found is not None
    assert [login.host, login.user, login.password] == [json.loads(found[number]) for number in (1, 3, 4)]


@pytest.mark.parametrize("login", [LOGIN, ODD])
def test_a_shell_that_reads_the_environment_has_the_values(login: Login) -> None:
    script = (
        settings("env", login) + '\nprintf "%s\\n" "$SMTP_HOST" "$SMTP_PORT" "$SMTP_USER" "$SMTP_PASSWORD" "$SMTP_URL"'
    )
    printed = subprocess.run(
        ["/bin/sh", "-c", script], capture_output=True, text=True, check=True, encoding="utf-8"
    ).stdout.splitlines()
    assert [login.host, str(login.port), login.user, login.password, login.url] == printed


@pytest.mark.parametrize("login", [LOGIN, ODD])
def test_symfonys_url_has_the_values(login: Login) -> None:
    line = settings("symfony", login).splitlines()[1].partition("=")[2]
    parts = urlsplit(shlex.split(line)[0])
    assert (login.host, login.port) == (parts.hostname, parts.port)
    assert [login.user, login.password] == [unquote(parts.username or ""), unquote(parts.password or "")]


def test_rubys_strings_keep_quotes_and_backslashes() -> None:
    text = settings("rails", ODD)
    assert "  user_name: 'o\\'neil'," in text
    assert "  password: 'a\"b\\'c\\\\d$e#f &/@:é'," in text


def test_a_properties_file_keeps_backslashes_and_letters_beyond_ascii() -> None:
    assert "spring.mail.password=a\"b'c\\\\d$e#f &/@:\\u00e9\\ud83c\\udf89" in settings(
        "spring", Login("h", 1, "u", ODD.password + "🎉")
    )


def test_laravels_env_file_quotes_what_it_would_read_otherwise() -> None:
    assert "MAIL_PASSWORD='a b$c'" in settings("laravel", Login("h", 1, "u", "a b$c"))


def test_a_login_shows_no_password_by_accident() -> None:
    assert "Login(h4xvw9q2@mail.example:2525)" == repr(LOGIN)
