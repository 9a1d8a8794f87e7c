"""Mails that mailers of other languages wrote (tests/corpus/mailers), sent by SMTP and read back over the API."""

from typing import Any

import pytest

from tests.system.conversation import send
from tests.system.mailers.letters import FOLDER, LETTERS, meant, shown

CAPTURED = sorted(path.stem for path in FOLDER.glob("*.eml"))
NO_QUOTES = {"name": "Acme Shop , Inc.", "address": "no-reply@shop.example"}
DAMAGED = {"name": r'033$B3t<02q<R%7%g%C%W033(B 033$B;3K\!"<uIU033(B', "address": "uketsuke@shop.example"}
CHANGED: dict[str, dict[str, Any]] = {
    "go-mail-code": {"from": NO_QUOTES},
    "go-mail-order": {
        "to": [{**person, "name": person["name"].replace('"', "")} for person in LETTERS["order"]["to"]],
        "reply_to": LETTERS["order"]["reply_to"][-1:],
    },
    "gomail-invite": {"attachments": [{**LETTERS["invite"]["attachments"][0], "type": "text/calendar"}]},
    "phpmailer-japanese": {"from": DAMAGED, "to": [{"name": "", "address": "taro@mayfly.test"}]},
}
"""What a mailer itself changes of a letter: go-mail turns quotes in names into blanks and keeps one Reply-To, gomail
takes the type from the file's name, in names PHPMailer writes the escape character of ISO-2022-JP as a backslash and digits."""
MISLABELLED = {"phpmailer-japanese", "rails-japanese", "rails-latin"}
"""Their text is in another charset than they declare: read right, with a warning."""


@pytest.mark.parametrize("captured", CAPTURED)
def test_a_captured_mail_is_read_back_equal(stack, caller, captured):
    letter = {**LETTERS[captured.rpartition("-")[2]], **CHANGED.get(captured, {})}
    address = caller.inbox()["address"]
    send(stack, (FOLDER / f"{captured}.eml").read_bytes(), address)
    assert {**meant(letter), "warned": captured in MISLABELLED} == shown(caller, address, letter)
