"""The code of docs/coming-from.md, run as it stands there."""

import json
import re
from pathlib import Path

import pytest
import requests

from tests.system.conversation import Caller, mail, new_account, run, send

PAGE = (Path(__file__).parents[3] / "docs" / "coming-from.md").read_text(encoding="utf-8")


def code(heading: str, language: str) -> str:
    """The one block of code in this language below this heading."""
    [section] = re.findall(rf"(?ms)^## {re.escape(heading)}$(.*?)(?=^## |\Z)", PAGE)
    [block] = re.findall(rf"(?ms)^```{language}\n(.*?)^```$", section)
    return str(block)


@pytest.fixture(scope="module")
def key(stack):
    return new_account(stack, "coming-from@example.com")


def node(stack, key: str, code: str, main: str) -> object:
    """What `main`, the body of an async function, returns after `code`."""
    script = f"const [API, KEY] = {json.dumps([stack.http_url, key])};\n{code}\n"
    script += f"(async () => {{ {main} }})().then((found) => console.log(JSON.stringify(found)));"
    return json.loads(run("node", "-", text=script))


def test_mailslurps_calls(stack, key):
    main = """
        const inbox = await createInbox();
        await fetch(`${API}/api/v1/inboxes/${inbox.address}/messages`, {
          method: "POST", body: "Subject: Hello\\r\\n\\r\\nThe text.\\r\\n",
          headers: { authorization: `Bearer ${KEY}`, "content-type": "message/rfc822" },
        });
        return (await waitForLatestEmail(inbox)).body_text.trim();
    """
    assert "The text." == node(stack, key, code("MailSlurp", "js"), main)


def test_mailosaurs_call(stack, key):
    with Caller(stack, key) as caller:
        space = caller.post("/api/v1/spaces", {"name": "Suite"}, expect=201)
    address = space["address"].replace("*", "ann")
    send(stack, mail(address), address)
    found = node(
        stack, key, code("Mailosaur", "js"), f"return await get({json.dumps(space['id'])}, {json.dumps(address)});"
    )
    assert "482193" == found["otp_detected"]


def test_mail_tms_calls(stack):
    names = {"requests": requests, "API": stack.http_url}
    exec(code("mail.tm", "python"), names)
    address, headers = names["inbox"]()
    assert [] == names["messages"](address, headers)
    send(stack, mail(address, subject="Hello"), address)
    with Caller(stack) as anybody:
        anybody.http.headers.update(headers)
        anybody.messages(address)
    assert ["Hello"] == [message["subject"] for message in names["messages"](address, headers)]
