"""`python -m message_parser`: runs one parser until SIGTERM. It starts its own child processes."""

import mayfly.service.imports  # noqa: F401 - before what it keeps out

# isort: split
from mayfly.service.run import run
from message_parser.app import build
from message_parser.settings import Settings

if __name__ == "__main__":
    run("parser", build, Settings)
