"""Writes the answers of a real server into its file of facts: `make mailpit-facts` and `make mailhog-facts`.

python -m tests.system.mailpit mailpit|mailhog PROGRAM
"""

import sys

from tests.system.mailpit.collecting import Collector
from tests.system.mailpit.facts import write
from tests.system.mailpit.listening import told
from tests.system.mailpit.mailhog import MailHogCollector
from tests.system.mailpit.manners import shown
from tests.system.mailpit.server import mailhog, mailpit

if __name__ == "__main__":
    kind, program = sys.argv[1:]
    if kind == "mailpit":
        with mailpit(program) as server:
            write(kind, Collector(server).everything() | {"manners": shown(server), "events": told(server)})
    else:
        with mailhog(program) as server:
            write(kind, MailHogCollector(server).everything())
