"""Points Django's mail at a space of Mayfly: what the fixture `mayfly_django` does. Imports Django when it is used."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_mayfly.server import SmtpAddress

BACKEND = "django.core.mail.backends.smtp.EmailBackend"
MAILERS_SINCE = (6, 1)


class Login(Protocol):
    """What a space has to log in to its SMTP port."""

    @property
    def user(self) -> str: ...
    @property
    def password(self) -> str | None: ...


class NotDjango(Exception):
    """There is no configured Django; the text says what to do."""


@contextmanager
def sent_to(smtp: SmtpAddress, login: Login) -> Iterator[None]:
    """Let Django send by SMTP to a space. Settings are as before at the end, in tests that failed, too.

    Raises NotDjango where there are no settings to set.
    """
    __tracebackhide__ = True  # --showlocals would show a password
    try:
        settings = import_module("django.conf").settings
    except ImportError:
        raise NotDjango("mayfly_django needs Django, which is not installed for this Python.") from None
    if not settings.configured:
        raise NotDjango("mayfly_django needs Django's settings: install pytest-django, and set DJANGO_SETTINGS_MODULE.")
    with _quiet():
        override = import_module("django.test.utils").override_settings(
            **_settings(
                settings,
                {"host": smtp.host, "port": smtp.port, "username": login.user, "password": login.password},
            )
        )
        override.enable()
    try:
        yield
    finally:
        with _quiet():
            override.disable()


def _settings(settings: Any, options: dict[str, Any]) -> dict[str, Any]:
    """Return the settings to set: those of every mailer where the project has MAILERS, else the older ones."""
    __tracebackhide__ = True
    mailers = getattr(settings, "MAILERS", None) if import_module("django").VERSION >= MAILERS_SINCE else None
    if mailers is not None:
        return {"MAILERS": {alias: {"BACKEND": BACKEND, "OPTIONS": options} for alias in mailers or {"default": {}}}}
    return {
        "EMAIL_BACKEND": BACKEND,
        "EMAIL_HOST": options["host"],
        "EMAIL_PORT": options["port"],
        "EMAIL_HOST_USER": options["username"],
        "EMAIL_HOST_PASSWORD": options["password"],
        "EMAIL_USE_TLS": False,
        "EMAIL_USE_SSL": False,
        "EMAIL_SSL_CERTFILE": None,
        "EMAIL_SSL_KEYFILE": None,
        "EMAIL_TIMEOUT": 30,
    }


@contextmanager
def _quiet() -> Iterator[None]:
    """Hide Django's warning of deprecated settings: the project chose them, and tests may run with -W error."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"The EMAIL_\w+ setting is deprecated")
        yield
