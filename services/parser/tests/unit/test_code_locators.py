"""Words in URLs, addresses, host names and names of files say nothing about a number, wherever they stand."""

from time import process_time

import pytest

from message_parser.domain import otp
from message_parser.domain.otp.locators import find_locators

LONG = "https://track.example/c/" + "shop-order-" * 180 + "?promo-code=1&u=https%3A%2F%2Fshop.example%2F20%25-off"
LOCATORS = [
    "https://shop.test/verify?t=1",
    "HTTPS://SHOP.TEST/ORDER-NUMBER",
    "<https://shop.test/checkout/order-number>",
    "<https://shop.test/checkout/\norder-number/discount>",
    "[1] https://shop.test/offers",
    "(https://shop.test/offers)",
    "[Open it](https://shop.test/promo-code?x=20%25)",
    "acmeshop://order/number/promo-code",
    "shop.example.com/verify",
    "www.sale-offers.example",
    "shop.bank.example:8443/order/invoice",
    "Booking.com",
    "shop-order.de",
    "orders@shop.example",
    "promo+order-number@shop.example",
    "@shop_offers",
    "promo-code-order-number.pdf",
    "Order.PNG",
    "/checkout?promo-code=sale&order=number",
    LONG,
]


def confidence(text: str, subject: str = "Hello") -> float:
    """Of 482193, if it is the code."""
    found = otp.find_codes(subject, otp.Body(text), otp.Body)
    return found[0].confidence if found and found[0].code == "482193" else 0.0


@pytest.mark.parametrize("locator", LOCATORS)
@pytest.mark.parametrize(
    "text",
    [
        "Your code is 482193. {}",
        "Your code is 482193. {}\nIt expires in 10 minutes.",
        "{}\nYour code is 482193.",
        "See {} and enter the code 482193 there.",
        "Your verification code:\n\n{}\n\n482193",
        "Your verification code:\n\n482193 {}",
        "Ihr Code lautet 482193. {}",
        "您的验证码是 482193。 {}",
        "Ваш код: 482193\n{}",
        "رمز التحقق: 482193\n{}",
    ],
)
def test_a_locator_changes_nothing_wherever_it_stands(text, locator):
    plain = confidence(text.format(""))
    assert confidence(text.format(locator)) == pytest.approx(plain, abs=0.08)
    assert plain > 0.8


@pytest.mark.parametrize(
    "locator", ["https://a.test/verification-code/enter?sign-in=1", "code@verify.example", "code.example.com"]
)
@pytest.mark.parametrize(
    ("text", "most"),
    # Nothing names the last number something else, and no other number is there.
    [("Room 482193. {}", 0.1), ("{}\nInvoice 482193 is due.", 0.1), ("Our office is at 482193 {}", 0.3)],
)
def test_words_of_a_locator_make_no_code_of_a_number(text, most, locator):
    assert confidence(text.format(locator)) == pytest.approx(confidence(text.format("")), abs=0.02)
    assert most > confidence(text.format(locator))


def test_the_code_in_a_query_is_none():
    assert [] == otp.find_codes("Hello", otp.Body("Verify: https://shop.test/verify?code=482193"), otp.Body)
    assert [] == otp.find_codes("Hello", otp.Body("Verify: /verify?t=1&code=482193"), otp.Body)


def test_a_code_is_shown_where_it_stands_in_the_mail():
    text = f"Grüße {LONG} und İ <https://shop.test/a\n/b>: Ihr Code lautet 482 193. orders@shop.example"
    (found,) = otp.find_codes("Hello", otp.Body(text), otp.Body)
    assert "482 193" == text[slice(*found.span)] == found.display


@pytest.mark.parametrize(
    "text",
    [
        "Your verification code.Enter it now",
        "Org.nr. 76133832, Ref.no 4821, z.B. und u.a.",
        "and/or at 10:30, 3.5 of 4.0, v1.2.3",
        "e-mail @ noon; 5 = five; a ? b",
        "@shop.test #482193",
    ],
)
def test_what_locates_nothing_stays(text):
    assert [] == find_locators(text)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Go to https://shop.test/a(b). Then", "Go to ). Then"),
        ("(see https://shop.test/a) now", "(see ) now"),
        ("前往https://shop.test/order。然后", "前往。然后"),
        ("to tester@123456.com or at 123456.com now", "to  or at  now"),
        ("code 482193.it expires, 482193.sofort", "code 482193.it expires, 482193.sofort"),
        ("mail orders@shop.example, or", "mail , or"),
        ("at https://shop.test/a-very-long-path/that-a-mailer-has-broken?\ntoken=shop&order=1 now", "at  now"),
        ("at https://shop.test/a-very-long-path/that-a-mailer-did-not-break\nYour code", "at \nYour code"),
    ],
)
def test_a_locator_ends_where_the_sentence_goes_on(text, left):
    position, pieces = 0, list[str]()
    for start, end in find_locators(text):
        pieces.append(text[position:start])
        position = end
    assert left == "".join([*pieces, text[position:]])


@pytest.mark.parametrize(
    "hostile",
    [
        "a.b ",
        "a.",
        "a@b ",
        "@a",
        "a=b ",
        "?a=b",
        "a://b ",
        "://",
        "%40=",
        "-.",
        "https://a.b/" + "(" * 99,
        "x\n://y?\n",
    ],
)
def test_many_marks_of_locators_take_no_time(hostile):
    text = "https://a.example/" + hostile * 20_000
    begun = process_time()
    otp.find_codes("Hello", otp.Body(text), otp.Body)
    assert 5 > process_time() - begun  # 0.05 s; what looks at each mark again for each other takes minutes
