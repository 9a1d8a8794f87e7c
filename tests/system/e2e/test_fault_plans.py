"""A fault plan is in force with its answer: also for a peer that has just sent to the same inbox."""

import smtplib
from contextlib import suppress

import httpx

PLAN = {"steps": [{"code": 451, "times": 1}, {"code": None}]}


def test_a_plan_holds_for_the_very_next_mail_and_its_end_for_the_one_after(stack):
    slipped = 0
    with (
        httpx.Client(base_url=stack.http_url, headers={"X-API-Key": stack.api_key}, verify=False) as api,
        smtplib.SMTP("127.0.0.1", stack.smtp_port) as peer,
    ):
        inbox = api.post("/api/v1/inboxes", json={"ttl_seconds": 600}).json()["address"]
        plan = f"/api/v1/inboxes/{inbox}/fault-plan"
        for _ in range(20):
            peer.sendmail("a@b.test", [inbox], "Subject: one\n\nhi\n")
            assert 200 == api.put(plan, json=PLAN).status_code
            with suppress(smtplib.SMTPResponseException):
                peer.sendmail("a@b.test", [inbox], "Subject: two\n\nhi\n")
                slipped += 1
            assert 204 == api.delete(plan).status_code
        api.delete(f"/api/v1/inboxes/{inbox}")
    assert 0 == slipped
