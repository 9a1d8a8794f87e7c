"""`python -m message_parser`: runs one parser until SIGTERM. It starts its own child processes."""

from mayfly.service.run import run
from message_parser.app import build
from message_parser.settings import Settings

if __name__ == "__main__":
    run("parser", build, Settings)
