"""Options of benches: what is read, and what is said when one is not known."""

import subprocess
import sys

import pytest

READS = "from bench.options import read; print(read(mails='20', only=''))"


def run(*arguments):
    done = subprocess.run([sys.executable, "-c", READS, *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def test_an_option_has_the_value_that_was_given_or_else_its_default():
    assert (0, "{'mails': '5', 'only': 'a=b'}\n", "") == run("mails=5", "only=a=b")
    assert (0, "{'mails': '20', 'only': ''}\n", "") == run()


@pytest.mark.parametrize("argument", ["mail=5", "5", "mails", "--help"])
def test_an_unknown_option_ends_the_bench_with_the_names_of_all(argument):
    code, _, said = run("mails=5", argument)
    assert 2 == code
    assert f"Unknown: {argument.partition('=')[0]}. The options and their defaults: mails=20 only=\n" == said
