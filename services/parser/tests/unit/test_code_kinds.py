"""Kinds of mails that carry a code, or only look like it: each a class of its own, in several languages."""

import pytest

from mayfly.testing.mails import multipart
from message_parser.domain import otp
from message_parser.domain.parse import parse


def code(text: str, subject: str = "Acme") -> str | None:
    return otp.best(otp.find_codes(subject, otp.Body(text), otp.Body))


@pytest.mark.parametrize(
    "text",
    [
        "Here you go: 558203\n\nIt expires in ten minutes.",
        "Almost done! Type 558203 on the page you left open.",
        "558203 gets you in. If you did not ask for it, ignore this email.",
        "Bitte tippen Sie 558203 in das Feld auf der Seite, um sich anzumelden.",
        "Pour vous connecter, saisissez 558203 dans l'application.",
        "Introduce 558203 en la pantalla para iniciar sesión.",
        "Чтобы войти, введите 558203 на сайте.",
        "登录时请输入558203。",
        "ログインするには558203を入力してください。",
        "로그인하려면 558203을 입력하세요.",
    ],
)
def test_a_sentence_announces_a_code_without_naming_it(text):
    assert "558203" == code(text)


@pytest.mark.parametrize(
    "text",
    [
        "You asked us for a sign-in code. It works once and only on this device.\n\n558203\n\nIt expires in 10 minutes.",
        "Sie haben einen Anmeldecode angefordert. Er gilt nur für dieses Gerät.\n\n558203\n\nEr läuft in 10 Minuten ab.",
        "Vous avez demandé un code de connexion. Ne le communiquez à personne.\n\n558203\n\nIl expire dans 10 minutes.",
        "Вы запросили код для входа. Никому его не сообщайте.\n\n558203\n\nОн действует 10 минут.",
    ],
)
def test_the_label_is_sentences_away(text):
    assert "558203" == code(text)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Your Acme sign-in code is 558203", "Enter it on the page that is still open."),
        ("[Acme] Login code 558203", "It expires in 10 minutes. If you did not ask for it, ignore this email."),
        ("558203 ist Ihr Acme-Sicherheitscode", "Geben Sie ihn auf der Seite ein, die noch offen ist."),
        ("Votre code de vérification : 558203", "Il expire dans 10 minutes."),
    ],
)
def test_the_subject_has_the_code(subject, text):
    assert "558203" == code(text, subject)


@pytest.mark.parametrize(
    "quoted",
    [
        "On Mon, 23 Nov 2026 at 10:00, Acme <no-reply@acme.example> wrote:\n> Your code is 771904.\n",
        "Am 23.11.2026 um 10:00 schrieb Acme <no-reply@acme.example>:\n> Ihr Code lautet 771904.\n",
        "2026年11月23日(月) 10:00 Acme <no-reply@acme.example>:\n> 認証コード: 771904\n",
        "________________________________\nFrom: Acme\nSent: Monday, 23 November 2026 10:00\nTo: you\n\nYour code is 771904.\n",
        "-----Original Message-----\nFrom: Acme\n\nYour code is 771904.\n",
    ],
)
def test_a_new_code_stands_above_a_quoted_old_one(quoted):
    assert "558203" == code(f"Hello,\n\nhere is a new one for you: your code is 558203.\n\n{quoted}")
    assert code(f"Thank you, that one did not work for me at all.\n\n{quoted}") is None


@pytest.mark.parametrize(
    "head",
    [
        "---------- Forwarded message ---------\nFrom: Acme <no-reply@acme.example>\nDate: Mon, 23 Nov 2026 at 10:00\n",
        "Begin forwarded message:\n\nFrom: Acme <no-reply@acme.example>\nDate: 23 November 2026 at 10:00\n",
        "-----Ursprüngliche Nachricht-----\nVon: Acme\nGesendet: Montag, 23. November 2026 10:00\n",
    ],
)
def test_a_forwarded_mail_that_holds_nothing_else_counts_as_the_mail(head):
    assert "558203" == code(f"{head}Subject: Sign in\n\nYour verification code is 558203.\n", "Fwd: Sign in")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Your verification code is 2024.", "2024"),
        ("Ihr Bestätigungscode lautet 1998.", "1998"),
        ("Your verification code:\n\n20251130", "20251130"),
        ("In 2024 you chose a code. Your verification code is 7731.", "7731"),
        ("We send codes since 2024.", None),
    ],
)
def test_years_and_dates_are_codes_when_they_are_announced(text, expected):
    assert expected == code(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Your sign-in code is HKWPRT.", "HKWPRT"),
        ("Your sign-in code: k7f2q9", "k7f2q9"),
        ("Enter this code:\n\nk7f2-wq9p-3dlx", "k7f2-wq9p-3dlx"),
        ("Your verification code is 4.8.2.1.9.3", "482193"),
        ("Your verification code is 48.21.93", "482193"),
        ("Your verification code is 48 21 93", "482193"),
        ("Your verification code:\n\nX 7 K 2", "X7K2"),
        ("Your verification code is ABC-482193", "482193"),
        ("We moved to version 4.8.2.1, your notes are on 192.0.2.1 since 12.11.26.", None),
    ],
)
def test_codes_of_letters_and_in_groups(text, expected):
    assert expected == code(text)


@pytest.mark.parametrize(
    "text",
    [
        "Your old code 771904 no longer works. Please use 558203 instead.",
        "Use 558203 instead of 771904.",
        "Der alte Code 771904 ist nicht mehr gültig, geben Sie bitte 558203 ein.",
        "Le code 558203 remplace le code 771904.",
        "Старый код 771904 больше не действует. Новый код: 558203.",
    ],
)
def test_of_two_codes_the_newer_one_is_asked_for(text):
    assert "558203" == code(text)


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Your backup codes", "Keep these backup codes:\n\n4821 9930\n1177 2043\n5590 6612\n7731 0098\n"),
        ("Ihre Backup-Codes", "Jeder Code gilt einmal:\n\nK4F2-9QWX\nP7RD-22MN\nT5HJ-8KLA\nB3VC-6YZE\n"),
        (
            "New sign-in to your account",
            "Device: Pixel 8, 18:04, 192.0.2.17\nIf this was not you, call 0800 442 118 and quote 882014.\nSince 1998",
        ),
        (
            "Reset your password",
            "Open the link to choose a new password:\nhttps://acme.example/r/1\n\nSupport case 882014. Call us on 20404.",
        ),
        (
            "Your receipt",
            "Receipt 004821\nAmount: 12.40\nVisa ending 4242\nAuthorization code: 048213\nTerminal: 20914403",
        ),
        ("Save 20 %", "Use code 448120 at checkout and save 20 % on your basket. Offer ends Sunday."),
        ("Team call", "Dial +1 555 010 4477, then enter 882014#. Room 4021, floor 3."),
        ("Build failed", "The job ended with exit code 137 and error code 50014 after 4821 steps."),
    ],
)
def test_mails_without_a_code_that_is_asked_for(subject, text):
    assert code(text, subject) is None


@pytest.mark.parametrize(
    "text", ["Use 448120 or 559310 to sign in.", "Your codes are 448120 and 559310.", "Your code: 448120 / 559310"]
)
def test_a_tie_is_never_sure(text):
    assert code(text, "Your code") is None
    found = otp.find_codes("Your code", otp.Body(text), otp.Body)
    assert sum(item.confidence for item in found) <= 1.001
    assert all(item.confidence < 0.6 for item in found)


@pytest.mark.parametrize(
    "html",
    [
        '<p>Your sign-in code</p><p style="font-size:32px;letter-spacing:6px">558203</p><p>Acme, 94104 San Francisco</p>',
        "<table><tr><td>Customer</td><td>881204</td></tr><tr><td>Your sign-in code</td><td>558203</td></tr></table>",
        "<p>Your sign-in code:</p><table><tr><td>5</td><td>5</td><td>8</td><td>2</td><td>0</td><td>3</td></tr></table>",
        '<p>Hello</p><img src="https://img.example/c.png" alt="Your sign-in code is 558203">',
        '<p>Your sign-in code:</p><input type="text" value="558203" readonly>',
    ],
)
def test_the_html_has_the_code_beside_a_text_that_has_none(html):
    text = "This mail is written in HTML, please open it in another program. Reference 4410."
    plain, rich = f"Content-Type: text/plain\r\n\r\n{text}", f"Content-Type: text/html\r\n\r\n{html}"
    assert "558203" == parse(multipart(plain, rich, subtype="alternative")).otp


BOUND = "\n\n@acme.example #558203"


def test_a_last_line_that_binds_a_code_to_a_site_is_certain_and_the_only_candidate():
    (found,) = otp.find_codes("Acme", otp.Body(f"Your code is 771904, or is it 448120?{BOUND}\n"), otp.Body)
    assert ("558203", 0.99, "origin-bound") == (found.code, found.confidence, found.rule)


@pytest.mark.parametrize(
    "text",
    [
        f"Thank you, that one did not work for me.\n\n-----Original Message-----\nFrom: Acme\n\nHello.{BOUND}",
        f"Thank you, that one did not work for me.\n\n> Hello.\n> {BOUND.strip()}",
        "Follow us\n@acme #summer2026",
        "@acme.example #catalogue\n\nThe new one is here.",
    ],
)
def test_a_quoted_line_a_hashtag_or_an_earlier_line_binds_nothing(text):
    assert code(text) is None
