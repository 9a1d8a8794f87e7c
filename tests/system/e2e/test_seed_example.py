"""VaultMail's own end-to-end example, with only the host replaced: bash, curl and jq."""

import json
import re
import subprocess

from tests.system.conversation import Caller, mail, run, send, until


def bash(stack, script: str) -> str:
    """What a script of the document prints, its host replaced by ours."""
    ours = script.replace("https://vaultmail.viktorarsov.com", stack.http_url)
    return run("bash", "-c", ours)


def test_the_documented_example_works_as_written(stack, tmp_path):
    printed = bash(
        stack,
        """\
# 1. Generate an inbox
ADDR=$(curl -s -X POST https://vaultmail.viktorarsov.com/api/v1/inboxes/generate \\
  -H 'Content-Type: application/json' -d '{}' | jq -r .address)
echo "Inbox: $ADDR"
""",
    )
    address = re.fullmatch(r"Inbox: (\S+@mayfly\.test)\n", printed).group(1)

    watch = f"curl -N {stack.http_url}/api/v1/sse/inbox/{address}"
    with (tmp_path / "sse").open("wb") as output:
        listener = subprocess.Popen(["bash", "-c", f"exec {watch}"], stdout=output, stderr=subprocess.DEVNULL)
        try:
            heard = (tmp_path / "sse").read_text
            until(lambda: "event: connected\n" in heard())
            assert f'data: {{"address":"{address}"}}\n' in heard()

            send(stack, mail(address, "Confirm your account (code 482193)"), address)
            until(lambda: "event: message\n" in heard())
        finally:
            listener.terminate()
            listener.wait(10)
    event = heard()[heard().index("event: message\n") :].split("\n\n")[0]
    data = json.loads(re.search(r"^data: (.*)$", event, re.MULTILINE).group(1))
    assert re.search(r"^id: [1-9][0-9]*$", event, re.MULTILINE)
    assert {"type": "new_message", "subject": "Confirm your account (code 482193)", "has_otp": True} == {
        key: data[key] for key in ("type", "subject", "has_otp")
    }

    (message,) = json.loads(bash(stack, f"curl https://vaultmail.viktorarsov.com/api/v1/inboxes/{address}/messages"))
    assert data["id"] == message["id"]
    otp = json.loads(bash(stack, f"curl https://vaultmail.viktorarsov.com/api/v1/messages/{message['id']}/otp | jq"))
    assert {
        "message_id": message["id"],
        "otp": "482193",
        "found": True,
        "subject": "Confirm your account (code 482193)",
    } == {key: otp[key] for key in ("message_id", "otp", "found", "subject")}


def test_the_documented_fields_are_all_there(stack):
    with Caller(stack) as caller:
        inbox = caller.anonymous_inbox({"domain": "mayfly.test", "local_part": "myalias"})
        assert "myalias@mayfly.test" == inbox["address"]
        assert {"id", "address", "message_count", "unread_count", "inbox_expires_at"} <= inbox.keys()
        for path in ("/api/v1/domains/", "/api/v1/domains"):
            (domain,) = caller.get(path)["domains"]
            assert {"name": "mayfly.test", "is_public": True, "tier_required": 0}.items() <= domain.items()
        assert {"status": "ok", "ok": True} == caller.get("/health")
        assert {"ready": True} == caller.get("/ready")
        assert "3.1" in caller.get("/openapi.json")["openapi"]
        assert 200 == caller.http.get("/docs", follow_redirects=True).status_code


def test_api_keys_live_as_documented(stack):
    with Caller(stack, stack.api_key) as owner:
        made = owner.post("/api/v1/api-keys", {"label": "CI", "expires_in_days": 90}, expect=201)
        assert re.fullmatch(r"mfy_[0-9a-f]{12}_[0-9a-f]{48}", made["plaintext"])
        assert made["plaintext"].split("_")[1] == made["key_prefix"]
        with Caller(stack) as caller:
            caller.http.headers["X-API-Key"] = made["plaintext"]
            listed = caller.get("/api/v1/api-keys")
            mine = next(key for key in listed if key["id"] == made["id"])
            assert {"key_prefix", "label", "is_active", "last_used_at", "created_at"} <= mine.keys()
            assert made["plaintext"] not in json.dumps(listed)
            owner.delete(f"/api/v1/api-keys/{made['id']}")
            until(lambda: 401 == caller.http.get("/api/v1/api-keys").status_code, seconds=2)
