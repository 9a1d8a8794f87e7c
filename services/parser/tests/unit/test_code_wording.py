"""Codes that no word for codes announces, and numbers that stand like one: told by the words and lines around them."""

import pytest

from message_parser.domain import otp


def code_of(text, subject="Hello", emphasised=()):
    return otp.best(otp.find_codes(subject, otp.Body(text, emphasised), otp.Body))


@pytest.mark.parametrize(
    ("subject", "text", "code"),
    [
        ("Almost in", "Hi Sam,\n\ngo back to the page you left open and try it with 904417.", "904417"),
        (
            "Ihr Paket ist da",
            "Drücken Sie am Display auf Abholen und tippen Sie 7206 ein, dann springt das Fach auf.",
            "7206",
        ),
        ("Votre livreur arrive", "Dites 509318 au livreur quand il sonne, sinon il repart avec le colis.", "509318"),
        ("お荷物のお届け", "宅配ボックスのボタンで 720618 を押してください。扉が開きます。", "720618"),
        ("Kargonuz dolapta", "Dolabın ekranına 835019 yazın, kapı kendiliğinden açılır.", "835019"),
        ("Твоя поездка", "Введите на экране 350917, и дверь откроется.", "350917"),
    ],
)
def test_the_words_beside_a_number_hand_it_over(subject, text, code):
    assert code == code_of(text, subject)


@pytest.mark.parametrize(
    "text",
    [
        "Write to us and quote 77120485 if the meter is wrong.",
        "You have been with us since 2014. Our street number is 4821.",
        "Your meter shows 284019kWh this year.",
        "We posted 1846 parcels in 48210 hours.",
        "Call 0800 442 118, then 918273#",
    ],
)
def test_other_numbers_are_not_handed_over(text):
    assert code_of(text, "Your account") is None


@pytest.mark.parametrize(
    ("shown", "code"),
    [
        (">>> 775 204 <<<", "775204"),
        ("582913#", "582913"),
        ("491 73 05", "4917305"),
        ("Q W H N X", "QWHNX"),
        ("B6YHK-92", "B6YHK-92"),
    ],
)
def test_shapes_of_a_code_alone_on_its_line(shown, code):
    assert code == code_of(f"To sign in, enter this code:\n\n{shown}\n\nIt expires in 10 minutes.", "Your sign-in code")


def test_a_quoted_line_is_no_frame():
    text = "Thanks, that worked.\n\n> Your sign-in code is 482193\n> It expires in 10 minutes."
    assert code_of(text, "Re: your code") is None


def test_a_hebrew_prefix_is_no_part_of_a_code():
    assert "075219" == code_of("קוד הכניסה הישן אינו בתוקף, יש להשתמש ב-075219 כדי להתחבר.", "קוד כניסה")


@pytest.mark.parametrize("between", [" or ", ", ", " / ", " oder\n"])
def test_of_two_equal_numbers_none_is_chosen(between):
    assert [] == [
        found.code
        for found in otp.find_codes(
            "Your code", otp.Body(f"Your verification code is 448120{between}559310 today."), otp.Body
        )
        if found.confidence >= otp.ACCEPTED
    ]


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("ใบเสร็จ", "เมื่อ 21 พ.ย. 2569 คุณเข้าสู่ระบบบัญชีของคุณ"),
        ("ورود", "در تاریخ ۱۴ آبان ۱۴۰۴ به حساب خود وارد شدید"),
    ],
)
def test_years_of_other_eras_are_years(subject, text):
    assert code_of(text, subject) is None


def test_a_line_that_holds_another_label_names_the_number_below():
    assert code_of("Order reference\n\nA 7 K 2 Q 9") is None
    assert code_of("Event number:\n\n662019\n\nIf this was not you, tell us.", "New sign-in to your account") is None


def test_a_receipt_shows_codes_of_the_terminal():
    receipt = "Bun 3 x 32.00\nTea 12.50\nTotal 108.50\n\nApproval code 576460, card **** 8448\nTill 2"
    assert code_of(receipt, "Your receipt 0008813") is None
    assert "576460" == code_of("Enter approval code 576460 to pay 108.50 to Bun & Tea.", "Approve a payment")


def test_a_word_with_an_amount_is_a_coupon():
    assert code_of("For you:\n\nWINTER25\n\nuntil Sunday at all our shops", "A present") is None
