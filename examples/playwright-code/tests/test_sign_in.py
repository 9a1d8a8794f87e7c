"""Signing in with a code from a mail, in a browser."""

from playwright.sync_api import Page, expect


def ask_for_code(page: Page, shop: str, address: str) -> None:
    page.goto(shop)
    page.get_by_label("Address").fill(address)
    page.get_by_role("button", name="Send code").click()


def test_the_code_from_the_mail_signs_in(page: Page, shop: str, inbox):
    ask_for_code(page, shop, inbox.address)

    page.get_by_label("Code").fill(inbox.wait_for_code())
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading")).to_have_text(f"Welcome, {inbox.address}")


def test_only_the_newest_code_counts(page: Page, shop: str, inbox):
    ask_for_code(page, shop, inbox.address)
    old = inbox.wait_for_code()
    ask_for_code(page, shop, inbox.address)
    new = inbox.wait_for_code(after=old.cursor)

    page.get_by_label("Code").fill(old)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_have_text("This code is wrong.")
    page.get_by_label("Code").fill(new)
    page.get_by_role("button", name="Sign in").click()

    expect(page.get_by_role("heading")).to_contain_text("Welcome")


def test_the_mail_looks_right_and_its_link_works(page: Page, shop: str, inbox):
    ask_for_code(page, shop, inbox.address)
    mail = inbox.wait_for_message(subject="Your code")

    mail.open(page)
    expect(page.locator("strong")).to_have_text(mail.code)
    page.get_by_role("link", name="I did not ask for it").click()

    expect(page.get_by_role("heading")).to_have_text("Somebody typed your address")
