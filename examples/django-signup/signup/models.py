"""Codes that were sent to people who have not confirmed their address yet."""

import secrets

from django.conf import settings
from django.db import models


def six_digits() -> str:
    """Return a code that nobody can guess from earlier ones."""
    return f"{secrets.randbelow(1_000_000):06}"


class Confirmation(models.Model):
    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)
    code = models.CharField(max_length=6, default=six_digits)

    def __str__(self) -> str:
        return f"confirmation of {self.user}"
