"""`python -m message_parser`: one parser process."""

from mayfly.service.run import run
from message_parser.app import build
from message_parser.settings import Settings

if __name__ == "__main__":
    run("parser", build, Settings)
