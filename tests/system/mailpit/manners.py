"""How a server answers beside its JSON: probes, pages, redirects, other methods, other origins."""

from typing import Any

import httpx

from tests.system.mailpit.mails import MAILS
from tests.system.mailpit.normal import Normal
from tests.system.mailpit.server import Server

KEPT = ("Content-Type", "Location", "Allow", "Access-Control-Allow-Origin", "Content-Disposition")
FOREIGN = {"Origin": "http://evil.example"}
ASKED: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("GET", "/livez", {}),
    ("GET", "/readyz", {}),
    ("GET", "/", {}),
    ("GET", "/search?q=to:ann", {}),
    ("GET", "/view/latest", {}),
    ("GET", "/view/latest?query=subject:meeting", {}),
    ("GET", "/view/latest?query=nothing-has-this", {}),
    ("GET", "/view/{plain}", {}),
    ("GET", "/view/latest.html", {}),
    ("GET", "/view/latest.txt", {}),
    ("GET", "/view/{calendar}.txt", {}),
    ("GET", "//view/{html-only}.html", {}),
    ("GET", "/api/v1/swagger.json", {}),
    ("GET", "/api/v1/message/{calendar}/raw?dl=1", {}),
    ("GET", "/api/v1/messages/", {}),
    ("HEAD", "/api/v1/messages", {}),
    ("HEAD", "/api/v1/message/{plain}/raw", {}),
    ("OPTIONS", "/api/v1/messages", {}),
    ("OPTIONS", "/api/v1/message/unknown", {}),
    ("PATCH", "/api/v1/messages", {}),
    ("POST", "/api/v1/tags", {}),
    ("GET", "/api/v1/messages", FOREIGN),
    ("OPTIONS", "/api/v1/messages", FOREIGN),
    ("POST", "/api/v1/send", FOREIGN),
    ("GET", "/view/{html-only}.html", FOREIGN),
    ("GET", "/livez", FOREIGN),
    ("GET", "/api/v1/messages", {"Origin": "OWN"}),
    ("GET", "/api/v1/messages", {"Authorization": "Basic YW55Ym9keTphbnk="}),
    ("GET", "/api/v1/messages", {"Accept": "text/html"}),
    ("DELETE", "/api/v1/messages", {**FOREIGN}),
)


def shown(server: Server) -> dict[str, Any]:
    """Status and some header fields of each of `ASKED`, of a server with three mails."""
    server.call("DELETE", "/api/v1/messages").raise_for_status()
    ids, normal = {}, Normal()
    for mail in MAILS:
        if mail.name in {"plain", "html-only", "calendar"}:
            ids[mail.name] = server.send(mail)
    normal.names = {known: name for name, known in ids.items()}
    found = {}
    for method, path, headers in ASKED:
        told = " ".join([method, path, *(f"{name}: {value}" for name, value in headers.items())])
        for name, known in ids.items():
            path = path.replace(f"{{{name}}}", known)  # noqa: PLW2901
        sent = {name: server.url if value == "OWN" else value for name, value in headers.items()}
        # As text: httpx would take a path that begins with two slashes for a host.
        answer = server.call(method, server.url + path, headers=sent)
        found[told] = {"status": answer.status_code, **_kept(answer, server, normal)}
    server.call("DELETE", "/api/v1/messages").raise_for_status()
    return found


def _kept(answer: httpx.Response, server: Server, normal: Normal) -> dict[str, str]:
    values = {name: answer.headers[name] for name in KEPT if answer.headers.get(name)}
    return {name: normal.text(value.replace(server.url, "OWN")) for name, value in values.items()}
