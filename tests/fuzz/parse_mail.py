"""Coverage-guided fuzzing of the whole parse; needs atheris, which is no locked dependency (`pip install atheris`).

    python -m tests.fuzz.parse_mail -max_total_time=300 corpus_folder

Fails on any exception, on a result that cannot be encoded, and on more than 5 s for one input.
"""

import sys
import time

import atheris
import msgspec

with atheris.instrument_imports(include=["message_parser"]):
    from message_parser.domain.parse import parse

LIMIT_SECONDS = 5


def one_input(octets: bytes) -> None:
    began = time.monotonic()
    msgspec.msgpack.encode(parse(octets))
    if time.monotonic() - began > LIMIT_SECONDS:
        raise TimeoutError


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
