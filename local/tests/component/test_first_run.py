"""The first account of `make run`, on an API that is there before its store is."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from mayfly_local.faults import Breakdown
from mayfly_local.first_run import make_first_account


class Api(HTTPServer):
    """Answers with these statuses, then with what the API says of no account, and of a new one."""

    statuses: list[int]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answers)


class Answers(BaseHTTPRequestHandler):
    server: Api

    def do_GET(self) -> None:
        self._answer(200, {"accounts": []})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(201, {"api_key": "the-key"})

    def log_message(self, *_: object) -> None:
        """Print nothing."""

    def _answer(self, status: int, body: object) -> None:
        octets = json.dumps(body).encode()
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else status)
        self.send_header("Content-Length", str(len(octets)))
        self.end_headers()
        self.wfile.write(octets)


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def test_an_answer_of_503_is_asked_for_again(api: Api, tmp_path: Path) -> None:
    api.statuses = [503, 200, 503]
    assert make_first_account(f"http://127.0.0.1:{api.server_port}", "token", tmp_path / "key")
    assert "the-key" == (tmp_path / "key").read_text().strip()


def test_any_other_refusal_ends_the_start(api: Api, tmp_path: Path) -> None:
    api.statuses = [500]
    with pytest.raises(Breakdown, match="500"):
        make_first_account(f"http://127.0.0.1:{api.server_port}", "token", tmp_path / "key")
