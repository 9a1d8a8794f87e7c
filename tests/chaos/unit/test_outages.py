"""How long users had to do without, as the ledger shows it."""

from chaos.outages import Outage, find


def mail(begun, seconds=0.1, result="accepted", reply="250 OK", token="t"):
    return {"what": "mail", "at": begun + seconds, "begun": begun, "result": result, "reply": reply, "token": token}


def read(begun, status=200, seconds=0.1):
    return {"what": "read", "at": begun + seconds, "begun": begun, "status": status, "messages": []}


def fault(number, at):
    return {"what": "fault", "number": number, "at": at}


def test_an_outage_lasts_from_the_first_failure_to_the_next_success():
    calls = [read(1), read(2, 503), read(3, 0), read(4)]
    assert [Outage("api", 2, 2.0999999999999996, 7)] == find([fault(7, 1.5), *calls])


def test_an_outage_without_an_end_lasts_until_the_last_call():
    assert [1.5] == [round(each.seconds, 1) for each in find([read(1), read(2, 503), read(3, 0, seconds=0.5)])]


def test_a_success_that_took_too_long_is_an_outage_of_its_own():
    assert [(1, 9.0)] == [(each.begun, round(each.seconds, 1)) for each in find([mail(1, 8), mail(9.9)])]


def test_an_outage_belongs_to_a_fault_that_began_while_its_first_call_was_under_way():
    assert [2] == [each.fault for each in find([fault(1, 0.5), fault(2, 3), read(2, 0, seconds=10), read(13)])]


def test_a_mail_that_is_announced_late_is_an_outage_of_the_stream():
    early = {"what": "sse", "at": 2.0, "token": "t1"}
    late = {"what": "sse", "at": 12.0, "token": "t2"}
    found = find(
        [
            mail(1, token="t1"),
            early,
            mail(1.5, token="t2"),
            late,
            mail(13, token="t3"),
            {**late, "token": "t3", "at": 13.2},
        ]
    )
    assert [("stream", 11.6)] == [(each.way, round(each.seconds, 1)) for each in found]


def test_a_refusal_that_says_that_the_inbox_is_gone_is_no_outage():
    assert [] == find([mail(1, result="refused", reply="550 5.1.1 no such inbox"), mail(2)])
