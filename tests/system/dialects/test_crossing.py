"""An inbox that is made in one dialect is the same inbox in every other."""

import pytest

from tests.system.conversation import mail
from tests.system.dialects.speaking import SPEAKERS, account, answer, deliver


@pytest.fixture(scope="module")
def owner(stack):
    with account(stack, "team") as http:
        yield http


@pytest.mark.parametrize("reader", SPEAKERS)
@pytest.mark.parametrize("maker", SPEAKERS)
def test_made_in_one_seen_read_and_ended_in_another(stack, owner, maker, reader):
    maker, reader = maker(owner), reader(owner)
    address = maker.create()
    assert address in reader.addresses()
    deliver(stack, owner, mail(address, "Crossing", "from one to the other\n"))
    ((subject, text),) = reader.subjects_and_texts(address)
    assert ("Crossing", "from one to the other") == (subject, text.strip())
    reader.delete(address)
    assert address not in maker.addresses()
    assert address not in reader.addresses()


def test_a_mail_read_in_one_dialect_is_read_in_the_others(stack, owner):
    for reader in (maker(owner) for maker in SPEAKERS):
        address = reader.create()
        deliver(stack, owner, mail(address))
        assert reader.subjects_and_texts(address)
        unread = owner.get(f"/api/v1/inboxes/{address}/stats").json()["unread_count"]
        # DustMail and Run2Mail have no call that reads one mail, only lists.
        assert (type(reader).__name__ in {"DustMail", "Run2Mail"}) == bool(unread)
        reader.delete(address)


def test_another_tenants_inbox_is_in_no_dialect(stack, owner):
    with account(stack, "pro") as stranger:
        address = SPEAKERS[0](owner).create()
        inbox_id = owner.get(f"/api/v1/inboxes/{address}").json()["id"]
        for path in (
            f"/api/v1/inboxes/{address}",
            f"/api/v1/inbox/{inbox_id}",
            f"/api/v1/inbox/{address}",
            f"/v1/mailboxes/{inbox_id}",
            f"/v1/mailboxes/{inbox_id}/mails",
            f"/v1/archived-mailboxes/{inbox_id}",
            f"/api/v1/emails/{address}/messages",
            f"/inbox/{address}",
        ):
            assert 404 == stranger.get(path).status_code, path
        assert [] == stranger.get("/v1/mailboxes", params={"address": address}).json()["items"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/v1/inboxes", {}),
        ("/api/v1/inbox", {"duration": 5}),
        ("/v1/mailboxes", {"expiresIn": 5}),
        ("/api/v1/emails/create", {"type": "random"}),
        ("/inbox", {"ttl_minutes": 5}),
    ],
)
def test_a_repeated_creation_with_an_idempotency_key_creates_once(owner, path, body):
    first, again = (owner.post(path, json=body, headers={"Idempotency-Key": f"once {path}"}) for _ in range(2))
    assert (201, 201) == (first.status_code, again.status_code)
    assert first.content == again.content
    other = owner.post(path, json={**body, "other": 1}, headers={"Idempotency-Key": f"once {path}"})
    assert "conflict" == answer(other, 409)["error"]


def test_a_repeated_injection_with_an_idempotency_key_makes_one_mail(owner):
    mailbox = answer(owner.post("/v1/mailboxes"), 201)["id"]
    form = {
        "content": b'--x\r\nContent-Disposition: form-data; name="sender"\r\n\r\na@example.com\r\n--x--\r\n',
        "headers": {"Content-Type": "multipart/form-data; boundary=x", "Idempotency-Key": "one mail"},
    }
    made = [answer(owner.post(f"/v1/mailboxes/{mailbox}/mails", **form), 201) for _ in range(2)]
    assert made[0] == made[1]
    assert 1 == answer(owner.get(f"/v1/mailboxes/{mailbox}"))["messageCount"]
