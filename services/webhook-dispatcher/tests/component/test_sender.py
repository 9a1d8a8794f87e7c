"""One HTTP request, against receivers that do as they please. Real sockets; names are resolved by the test."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import dns.asyncresolver
import dns.name
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from mayfly.mail.peers import IpAddress
from mayfly.webhooks.destinations import Policy, parse_policy
from webhook_dispatcher.adapters.connections import Resolver
from webhook_dispatcher.adapters.sender import open_sender
from webhook_dispatcher.domain.verdict import Response

from .receiver import OK, answer, receiving

LOOPBACK = parse_policy(["127.0.0.0/8"])


class Names:
    """Each name means what the test says, or one thing after the other."""

    def __init__(self, *answers: str) -> None:
        self.answers = [[ip_address(address) for address in text.split()] for text in answers]
        self.asked: list[str] = []

    async def addresses(self, host: str) -> list[IpAddress]:
        self.asked.append(host)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


async def at_once(_seconds: float) -> None:
    """A pause of no time."""


async def send(
    url: str, *, policy: Policy = LOOPBACK, names: Names | None = None, ca_file: str = "", timeout: float = 5
) -> Response:
    async with open_sender(policy, ca_file, names or Names("127.0.0.1"), at_once) as sender:
        return await sender.send(url, {"X-Extra": "1"}, b'{"a":1}', timeout)


async def test_a_delivery_is_one_post_of_the_payload_with_its_headers():
    async with receiving(lambda _: answer(202, body=b"thanks")) as receiver:
        result = await send(receiver.url + "?a=b")
        request = await receiver.next()
    assert (202, None, "thanks", True) == (result.status, result.error, result.excerpt, result.is_success)
    assert ("/hook?a=b", b'{"a":1}', "1") == (request.path, request.body, request.headers["X-Extra"])
    assert ("application/json", "identity") == (request.headers["Content-Type"], request.headers["Accept-Encoding"])
    assert f"127.0.0.1:{receiver.port}" == request.headers["Host"]
    assert receiver.requests.empty()


async def test_a_redirect_is_an_answer_and_is_not_followed():
    async with receiving() as target, receiving(lambda _: answer(307, f"Location: {target.url}\r\n")) as receiver:
        result = await send(receiver.url)
    assert (307, "answered 307", False) == (result.status, result.error, result.is_success)
    assert target.requests.empty()


async def test_a_proxy_of_the_environment_is_not_used(monkeypatch):
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    async with receiving() as receiver:
        assert (await send(receiver.url)).is_success


async def test_only_the_first_kibibyte_of_an_answer_is_kept_and_64_are_read():
    async with receiving(lambda _: answer(500, body=b"x" * 3_000_000)) as receiver:
        result = await send(receiver.url)
    assert (500, "x" * 1024) == (result.status, result.excerpt)


async def test_an_endless_answer_ends_at_64_kibibytes():
    chunk = b"10000\r\n" + b"y" * 65536 + b"\r\n"
    async with receiving(lambda _: b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 40) as receiver:
        result = await send(receiver.url)
    assert (200, 1024) == (result.status, len(result.excerpt))


async def test_a_compressed_answer_is_not_unpacked():
    import gzip

    bomb = gzip.compress(b"\0" * 5_000_000)
    async with receiving(lambda _: answer(200, "Content-Encoding: gzip\r\n", bomb)) as receiver:
        assert 1024 >= len((await send(receiver.url)).excerpt)


async def test_octets_that_are_no_text_are_replaced_in_the_log():
    async with receiving(lambda _: answer(200, body=b"\xff\xfeok")) as receiver:
        assert "\ufffd\ufffdok" == (await send(receiver.url)).excerpt


async def test_no_answer_within_the_time_is_a_failure_that_says_so():
    async with receiving(lambda _: None) as receiver:
        result = await send(receiver.url, timeout=0.1)
    assert (None, "no answer within 0.1 s") == (result.status, result.error)


async def test_a_status_in_time_counts_although_the_body_dawdles():
    async with receiving(lambda _: b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf") as receiver:
        result = await send(receiver.url, timeout=0.2)
    assert (200, "half", True) == (result.status, result.excerpt, result.is_success)


@pytest.mark.parametrize(
    "octets",
    [
        b"SSH-2.0-OpenSSH_9.6\r\n\r\n",
        b"\x00" * 100,
        b"HTTP/1.1 banana\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 30_000,
    ],
)
async def test_what_is_not_http_is_said_to_be_none(octets):
    async with receiving(lambda _: octets) as receiver:
        assert "the answer was not HTTP" == (await send(receiver.url)).error


async def test_nobody_listening_is_connection_refused():
    async with receiving() as receiver:
        url = receiver.url
    assert "connection refused" == (await send(url)).error


@pytest.mark.parametrize(
    ("text", "seconds"), [("120", 120), ("0", 0), ("soon", None), ("-5", None), ("9" * 40, 999999999)]
)
async def test_retry_after_in_seconds_is_read(text, seconds):
    async with receiving(lambda _: answer(503, f"Retry-After: {text}\r\n")) as receiver:
        assert seconds == (await send(receiver.url)).retry_after


async def test_retry_after_as_a_date_is_read():
    at = datetime.now(UTC) + timedelta(hours=1)
    field = at.strftime("Retry-After: %a, %d %b %Y %H:%M:%S GMT\r\n")
    async with receiving(lambda _: answer(503, field)) as receiver:
        assert 3500 < ((await send(receiver.url)).retry_after or 0) <= 3600


@pytest.mark.parametrize(
    "date",
    [
        "Mon, 01 Jan 99999999999 00:00:00 GMT",
        "Mon, 99999999999999999999 Jan 2020 00:00:00 GMT",
        "Mon, 01 Jan 2020 99999999999:00:00 GMT",
        "Mon, 01 Jan 2020 00:00:00 -" + "9" * 40,
    ],
)
async def test_retry_after_as_a_date_that_no_calendar_has_is_none(date):
    async with receiving(lambda _: answer(503, f"Retry-After: {date}\r\n")) as receiver:
        result = await send(receiver.url)
    assert (503, None) == (result.status, result.retry_after)


@pytest.mark.parametrize("target", ["/hook;v=1", "/a;b=2/hook;v=1?c=d;e", "/?", "/hook?a=/b//"])
async def test_the_path_and_the_query_are_those_of_the_url(target):
    async with receiving() as receiver:
        await send(receiver.url.removesuffix("/hook") + target)
        assert target.removesuffix("?") == (await receiver.next()).path


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "::ffff:127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "64:ff9b::7f00:1"]
)
async def test_a_name_that_means_a_forbidden_address_is_refused_before_any_connection(address):
    async with receiving() as receiver:
        url = f"https://innocent.example.com:{receiver.port}/"
        result = await send(url, policy=Policy(), names=Names(address))
        assert receiver.requests.empty()
        assert 0 == receiver.connections
    assert result == await send(url, policy=Policy(), names=Names("")), "as if there were no such name"
    assert (False, None, 1.0) == (result.refused, result.status, result.duration)


async def test_what_is_not_reachable_is_one_answer_after_one_time_whatever_the_reason():
    """Else the log of a webhook would tell which names exist inside, and what kind of address they have."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    answers = set()
    for url, addresses in (
        ("https://gone.example/", ""),
        ("https://mongodb.mayfly.svc.cluster.local/", "10.96.0.7"),
        ("https://mongodb.mayfly.svc.cluster.local/", ""),
        ("http://receiver.example.com/", "8.8.8.8"),
        ("https://both.example.com:22/", "8.8.8.8 192.168.0.1"),
        ("https://metadata.example.com/", "169.254.169.254 fd00:ec2::254"),
    ):
        async with open_sender(LOOPBACK, "", Names(addresses), pause) as sender:
            answers.add(await sender.send(url, {}, b"{}", 5))
    (only,) = answers
    assert (1.0, False) == (only.duration, only.refused)
    assert "the host is not reachable" in (only.error or "")
    assert 6 == len(pauses)
    assert all(0 < seconds <= 1.0 for seconds in pauses)


async def test_a_name_that_changes_its_meaning_is_judged_anew_at_each_connection():
    async with receiving(lambda _: answer(200, "Connection: close\r\n")) as receiver:
        names = Names("127.0.0.1", "10.0.0.7")
        async with open_sender(LOOPBACK, "", names, at_once) as sender:
            url = f"http://rebinding.example.com:{receiver.port}/"
            first, second = [await sender.send(url, {}, b"{}", 5) for _ in range(2)]
    assert (True, "the host is not reachable") == (first.is_success, (second.error or "").partition(":")[0])
    assert 2 == len(names.asked), "looked up once for each connection, and not again by whoever dials"


async def test_of_several_addresses_only_allowed_ones_are_dialled_until_one_answers():
    async with receiving() as receiver:
        names = Names("10.0.0.1 127.0.0.2 127.0.0.1")
        assert (await send(f"http://many.example.com:{receiver.port}/", names=names)).is_success
        assert "many.example.com" in (await receiver.next()).headers["Host"]


async def test_a_url_that_was_registered_before_the_rules_changed_is_refused():
    result = await send("http://127.0.0.1:1/", policy=Policy())
    assert (True, None) == (result.refused, result.status)


@pytest.fixture(scope="module")
def authority(tmp_path_factory) -> Path:
    """A self-made authority's certificate for hooks.example.com, with its key, in one folder."""
    folder = tmp_path_factory.mktemp("tls")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "hooks.example.com")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("hooks.example.com")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return folder


@pytest.fixture
def server_tls(authority) -> tuple[ssl.SSLContext, list[str]]:
    """A server's side of TLS, and the names its clients asked for."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority / "cert.pem", authority / "key.pem")
    asked: list[str] = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    return context, asked


async def test_tls_is_verified_for_the_urls_name_although_a_checked_address_is_dialled(authority, server_tls):
    context, asked = server_tls
    async with receiving(tls=context) as receiver:
        result = await send(f"https://hooks.example.com:{receiver.port}/hook", ca_file=str(authority / "cert.pem"))
        request = await receiver.next()
    assert (200, ["hooks.example.com"]) == (result.status, asked)
    assert f"hooks.example.com:{receiver.port}" == request.headers["Host"]


async def test_a_certificate_nobody_vouches_for_is_refused(server_tls):
    async with receiving(tls=server_tls[0]) as receiver:
        result = await send(f"https://hooks.example.com:{receiver.port}/")
    assert "the certificate is not trusted" in (result.error or "")
    assert receiver.requests.empty()


async def test_a_certificate_for_another_name_is_refused(authority, server_tls):
    async with receiving(tls=server_tls[0]) as receiver:
        result = await send(f"https://other.example.com:{receiver.port}/", ca_file=str(authority / "cert.pem"))
    assert "the certificate is not trusted" in (result.error or "")


async def test_localhost_is_loopback_without_asking_dns():
    assert [ip_address("127.0.0.1"), ip_address("::1")] == await Resolver().addresses("localhost")
    async with receiving() as receiver, open_sender(LOOPBACK, "", Resolver()) as sender:
        assert (await sender.send(f"http://localhost:{receiver.port}/", {}, b"{}", 5)).is_success


async def test_names_are_looked_up_as_they_are_and_bare_ones_never():
    asked = []

    class Question(dns.asyncresolver.Resolver):
        def __init__(self):
            super().__init__(configure=False)
            self.search, self.ndots, self.use_search_by_default = [dns.name.from_text("svc.cluster.local")], 5, True
            self.nameservers = ["127.0.0.1"]

        async def resolve(self, qname, *_, search=None, **__):
            asked.append(self._get_qnames_to_try(qname, search))
            raise dns.resolver.NXDOMAIN

    resolver = Resolver(Question)
    for bare in ("mongodb", "mongodb.", "nats"):
        assert [] == await resolver.addresses(bare)
    assert [] == asked
    for name in ("mongodb.mayfly", "mongodb.mayfly.svc.cluster.local", "example.com."):
        assert [] == await resolver.addresses(name)
        assert [[dns.name.from_text(name)]] * 2 == asked
        asked.clear()


async def test_a_root_dot_is_no_part_of_the_name_that_tls_verifies(authority, server_tls):
    context, asked = server_tls
    async with receiving(tls=context) as receiver:
        result = await send(f"https://Hooks.Example.com.:{receiver.port}/a?b=c", ca_file=str(authority / "cert.pem"))
        request = await receiver.next()
    assert (200, ["hooks.example.com"], "/a?b=c") == (result.status, asked, request.path)


async def test_a_kept_connection_is_used_again():
    connections = set()

    def reply(request):
        connections.add(request.headers["Host"])
        return OK

    async with receiving(reply) as receiver, open_sender(LOOPBACK, "", Names("127.0.0.1")) as sender:
        for _ in range(3):
            assert (await sender.send(f"http://kept.example.com:{receiver.port}/", {}, b"{}", 5)).is_success
        assert 1 == receiver.connections
