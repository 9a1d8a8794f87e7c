"""Sign-up and password reset, with the mail that Django really sends."""

from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model


@pytest.fixture
def ann(client):
    return get_user_model().objects.create_user("ann@example.com", "ann@example.com", "old-password")


def test_sign_up_asks_for_the_code_that_was_sent(client, mayfly_django):
    client.post("/sign-up/", {"email": "eve@example.com", "password": "correct horse"})

    code = mayfly_django.wait_for_code(to="eve@example.com")
    page = client.post("/confirm/", {"email": "eve@example.com", "code": code})

    assert "Welcome, eve@example.com" in page.content.decode()


def test_a_wrong_code_opens_nothing(client, mayfly_django):
    client.post("/sign-up/", {"email": "eve@example.com", "password": "correct horse"})
    code = mayfly_django.wait_for_code(to="eve@example.com")
    wrong = f"{(int(code) + 1) % 1_000_000:06}"

    assert client.post("/confirm/", {"email": "eve@example.com", "code": wrong}).status_code == 400
    assert not client.login(username="eve@example.com", password="correct horse")


def test_a_forgotten_password_is_replaced_by_the_link_in_the_mail(client, ann, mayfly_django):
    client.post("/password-reset/", {"email": ann.email})

    link = mayfly_django.wait_for_link("/reset/", to=ann.email, subject="new password")
    form = client.get(urlsplit(link).path, follow=True)
    client.post(form.request["PATH_INFO"], {"new_password1": "new-pass-word", "new_password2": "new-pass-word"})

    assert client.login(username=ann.email, password="new-pass-word")


def test_nobody_learns_who_has_an_account(client, ann, mayfly_django):
    page = client.post("/password-reset/", {"email": "nobody@example.com"}, follow=True)

    assert "If we know this address" in page.content.decode()
    mayfly_django.wait_for_none(to="nobody@example.com", within=0)


def test_a_sign_up_whose_mail_is_refused_can_be_tried_again(client, mayfly_django, mayfly_faults):
    mayfly_faults("451 x1, accept", mayfly_django)
    answers = {"email": "eve@example.com", "password": "correct horse"}

    assert client.post("/sign-up/", answers).status_code == 503
    assert client.post("/sign-up/", answers).status_code == 200
    assert len(mayfly_django.wait_for_code(to="eve@example.com")) == 6
