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


def features_of(text, subject="Hello"):
    found = otp.find_codes(subject, otp.Body(text), otp.Body)
    return {item.code: {name for name, _ in item.evidence} for item in found}


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Your week", "Page views\n\n204816\n\nVisitors\n\n38127\n\nVerification e-mails sent\n\n1934"),
        ("Your week", "Previous reading\n004836\nThis reading\n004871"),
        ("Your week in numbers", "Umsatz\n48.120 EUR\nBestätigungscodes verschickt\n482193"),
        ("New sign-in", "Someone signed in to your account on 14 November 2031 from Oslo."),
        ("New sign-in", "Sie haben sich am 5. März 2031 neu angemeldet."),
        ("New sign-in", "Iniciaste sesión el 3 de mayo de 2031 en un equipo nuevo."),
        ("New sign-in", "You signed in on May 5, 2031 with a new phone."),
        ("New sign-in", "در تاریخ ۱۴ آبان ۱۴۰۴ به حساب خود وارد شدید"),
    ],
)
def test_figures_that_take_turns_with_names_and_years_of_dates_are_no_codes(subject, text):
    assert code_of(text, subject) is None


def test_a_code_below_its_name_is_no_figure_even_where_a_number_follows_below_text():
    text = "Your sign-in code:\n\n482193\n\nIt is valid for 10 minutes.\n\nTicket 5512 is closed."
    assert "in-column" not in features_of(text)["482193"]
    assert code_of(text) == "482193"


def test_a_code_that_looks_like_a_year_is_told_from_the_year_of_a_date():
    text = "Your code expires on 5 May 2031. Your code: 1987"
    assert code_of(text, "Your code") == "1987"
    assert "year-of-date" not in features_of("Locker 7 code 2024", "Code")["2024"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('{"code": "482193 is your sign-in code"}', "482193"),
        ('{"text": "Your code is 482193", "lang": "en"}', "482193"),
        ('A scammer writes "Your code is 482193, read it to me" and waits.', None),
        ("Das schreiben Betrüger: „Ihr Code ist 482193“. Antworten Sie nicht.", None),
    ],
)
def test_a_value_of_json_is_no_example_and_a_quoted_sentence_is_one(text, code):
    assert code == code_of(text, "How it works")


def test_seven_digits_in_groups_of_three_and_four_are_one_code():
    assert code_of("Enter this code to sign in: 196 3508", "Your sign-in code") == "1963508"


def test_the_same_features_are_worth_other_weights_where_nothing_names_a_code():
    named = dict(
        otp.find_codes("Hello", otp.Body("Type 482193 on the screen. Your code is safe."), otp.Body)[0].evidence
    )
    unnamed = dict(otp.find_codes("Hello", otp.Body("Type 482193 on the screen. You are safe."), otp.Body)[0].evidence)
    assert "names-no-code" in unnamed.keys() - named.keys()
    assert any(named[name] != unnamed[name] for name in named.keys() & unnamed.keys())
