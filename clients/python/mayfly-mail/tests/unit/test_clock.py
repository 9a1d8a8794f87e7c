import subprocess
import sys

FROZEN = """
import time

time.monotonic = lambda: 42.0  # what freezegun does

from mayfly_mail.blocking import run
from mayfly_mail.effects import now

before = run(now())
print(before < run(now()))
"""


def test_waits_go_on_where_a_test_has_stopped_the_clock():
    assert "True\n" == subprocess.run([sys.executable, "-c", FROZEN], capture_output=True, text=True, check=True).stdout
