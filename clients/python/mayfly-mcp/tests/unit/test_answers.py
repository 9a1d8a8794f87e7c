"""Both halves of an answer hold the same, since clients show one of them."""

from mayfly_mcp.answers import FoundLink, MissedMail, WaitedCode, WaitedLink, result
from mayfly_mcp.untrusted import Untrusted


def marked(text):
    untrusted = Untrusted("4f1d")
    untrusted.field("Subject", text)
    return untrusted.marked()


def test_the_text_has_what_the_structure_has():
    answer = result(
        WaitedCode(status="found", cursor=7, code="482193", confidence=0.99, untrusted_mail=marked("Hello"))
    )
    assert {
        "status": "found",
        "cursor": 7,
        "code": "482193",
        "confidence": 0.99,
        "untrusted_mail": marked("Hello"),
    } == (answer.structured_content)
    lines = answer.content[0].text.splitlines()
    assert ["status: found", "cursor: 7", "code: 482193", "confidence: 0.99"] == lines[:4]
    assert marked("Hello") == "\n".join(lines[4:])


def test_what_is_absent_is_left_out_instead_of_null():
    answer = result(
        WaitedCode(status="timeout", cursor=7, near_misses=[MissedMail(message_id="m", failed=["subject"])])
    )
    assert {"status": "timeout", "cursor": 7, "near_misses": [{"message_id": "m", "failed": ["subject"]}]} == (
        answer.structured_content
    )
    assert "None" not in answer.content[0].text
    assert "null" not in answer.content[0].text


def test_a_url_cannot_begin_a_line_of_its_own():
    answer = result(
        WaitedLink(status="several", cursor=1, links=[FoundLink(index=0, url="a\nstatus: x", kind="other", flags=[])])
    )
    assert 1 == sum(line.startswith("status:") for line in answer.content[0].text.splitlines())
