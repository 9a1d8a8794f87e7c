"""Django for pytest: settings, and a database in memory that each test finds empty. With pytest-django you need none of it."""

import os

import django
import pytest
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "signup.settings")
django.setup()
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # quick, as tests like it


@pytest.fixture(scope="session")
def database():
    from django.test.runner import DiscoverRunner

    runner = DiscoverRunner(verbosity=0, interactive=False)
    runner.setup_test_environment()
    databases = runner.setup_databases()
    yield
    runner.teardown_databases(databases)
    runner.teardown_test_environment()


@pytest.fixture
def client(database):
    from django.core.management import call_command
    from django.test import Client

    yield Client()
    call_command("flush", verbosity=0, interactive=False)
