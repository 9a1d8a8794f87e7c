"""The web page: which file and which headers each path gets, for browsers and for programs."""

import gzip
import re
from urllib.parse import urljoin

import pytest

from api_gateway.edge.web_files import read_web_files
from mayfly.failures import PermanentFailure

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
INDEX = """\
<!doctype html><title>Mayfly</title><link rel="icon" href="./icon.svg">
<script type="module" crossorigin src="./assets/index-4f2a.js"></script><a href="../docs">API</a><a href="https://example.com/./x">"./x"</a>
"""
SCRIPT = "console.log('a page of its own');\n" * 50


@pytest.fixture
def built(tmp_path):
    """A folder as `make web` leaves it."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "docs").mkdir()
    (tmp_path / "index.html").write_text(INDEX)
    (tmp_path / "docs" / "index.html").write_text('<script type="module" src="../assets/docs-77aa.js"></script>')
    (tmp_path / "icon.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    (tmp_path / "assets" / "index-4f2a.js").write_text(SCRIPT)
    (tmp_path / "assets" / "index-4f2a.js.gz").write_bytes(gzip.compress(SCRIPT.encode()))
    (tmp_path / "assets" / "docs-77aa.js").write_text("docs()")
    (tmp_path / ".built").write_text("a stamp")
    return tmp_path


@pytest.fixture
async def gateway(make_gateway, built):
    return await make_gateway(web_dir=str(built))


async def test_a_browser_gets_the_page_at_the_root_and_a_program_gets_json(gateway):
    page = await gateway.http.get("/", headers=BROWSER)
    assert (200, "text/html; charset=utf-8") == (page.status_code, page.headers["content-type"])
    assert ("Accept", "no-cache") == (page.headers["vary"], page.headers["cache-control"])
    answer = await gateway.http.get("/")
    assert ("/ui/", "Accept", "no-store") == (
        answer.json()["web"],
        answer.headers["vary"],
        answer.headers["cache-control"],
    )


@pytest.mark.parametrize(
    "path", ["/", "/ui", "/ui/", "/ui/inbox/00000000", "/ui/inbox/a@b.test/", "/ui/account/keys?q=1"]
)
async def test_every_screen_is_the_page_and_finds_its_files_also_below_a_prefix(gateway, path):
    page = await gateway.http.get(path, headers=BROWSER)
    script, icon = (re.search(f'{name}="([^"]+)"', page.text)[1] for name in ("crossorigin src", 'icon" href'))
    for prefix in ("", "/mail", "/of/a/proxy"):
        url = f"http://mayfly{prefix}"
        assert f"{url}/ui/assets/index-4f2a.js" == urljoin(url + path, script)
        assert f"{url}/ui/icon.svg" == urljoin(url + path, icon)
        assert f"{url}/docs" == urljoin(url + path, re.search('<a href="([^"]+)"', page.text)[1])
    assert '<a href="https://example.com/./x">"./x"</a>' in page.text
    assert 200 == (await gateway.http.get(urljoin(f"{gateway.url}{path}", script))).status_code


async def test_no_request_leads_out_of_the_page_or_to_another_host(gateway):
    for path in (
        "//evil.example/ui",
        "/ui/../../../etc/passwd",
        "/ui/assets/../index.html",
        "/ui/assets/%2e%2e/.built",
    ):
        answer = await gateway.raw(f"GET {path} HTTP/1.1\r\nHost: mayfly\r\nAccept: text/html\r\n\r\n".encode())
        assert b"root:" not in answer
        assert b"a stamp" not in answer
        assert b"evil.example" not in answer
    assert 404 == (await gateway.http.get("/ui/assets/.built")).status_code
    assert INDEX.count("<script") == (await gateway.http.get("/ui/.built")).text.count(
        "<script"
    )  # a screen, not the file


async def test_the_page_may_load_nothing_from_elsewhere_and_nobody_may_frame_it(gateway):
    headers = (await gateway.http.get("/ui/all", headers=BROWSER)).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert "'self'" == policy["default-src"] == policy["connect-src"] == policy["frame-src"]
    assert "'none'" == policy["base-uri"] == policy["frame-ancestors"] == policy["form-action"] == policy["object-src"]
    assert "unsafe" not in headers["content-security-policy"]
    assert ("nosniff", "no-referrer", "same-origin") == (
        headers["x-content-type-options"],
        headers["referrer-policy"],
        headers["cross-origin-opener-policy"],
    )
    assert "camera=()" in headers["permissions-policy"]
    assert "off" == headers["x-dns-prefetch-control"]  # of hosts that links in mail name


async def test_a_hashed_file_is_kept_for_ever_compressed_and_of_an_older_build_404(gateway):
    file = await gateway.http.get("/ui/assets/index-4f2a.js", headers={"Accept-Encoding": "br;q=0, gzip"})
    assert ("gzip", "Accept-Encoding", SCRIPT) == (
        file.headers["content-encoding"],
        file.headers["vary"],
        file.text,
    )
    assert "public, max-age=31536000, immutable" == file.headers["cache-control"]
    assert "text/javascript; charset=utf-8" == file.headers["content-type"]
    plain = await gateway.http.get("/ui/assets/index-4f2a.js", headers={"Accept-Encoding": "gzip;q=0"})
    assert ("content-encoding" in plain.headers, SCRIPT) == (False, plain.text)
    assert file.headers["etag"] != plain.headers["etag"]
    missing = await gateway.http.get("/ui/assets/index-0000.js", headers=BROWSER)
    assert (404, "not_found") == (missing.status_code, missing.json()["error"])


@pytest.mark.parametrize("path", ["/ui/", "/ui/icon.svg", "/docs"])
async def test_what_the_client_has_already_is_not_sent_again(gateway, path):
    first = await gateway.http.get(path, headers=BROWSER)
    for held in (first.headers["etag"], f'"other", W/{first.headers["etag"]}', "*"):
        again = await gateway.http.get(path, headers={**BROWSER, "If-None-Match": held})
        assert (304, b"", first.headers["etag"]) == (again.status_code, again.content, again.headers["etag"])
    assert 200 == (await gateway.http.get(path, headers={**BROWSER, "If-None-Match": '"other"'})).status_code
    head = await gateway.http.head(path, headers=BROWSER)
    assert (200, b"", first.headers["etag"]) == (head.status_code, head.content, head.headers["etag"])


async def test_a_name_with_a_slash_is_a_screen_of_the_page_and_elsewhere_no_path(gateway):
    for path in ("/ui/inbox/a%2Fb", "/ui/wait/..%2f..%2fapi"):
        page = await gateway.http.get(path, headers=BROWSER)
        assert (200, True) == (page.status_code, 'src="../../ui/assets/index-4f2a.js"' in page.text)
    assert 404 == (await gateway.http.get("/api/v1%2Fdomains", headers=BROWSER)).status_code


async def test_the_documentation_is_the_viewer_and_stays_readable_without_scripts(gateway):
    viewer = await gateway.http.get("/docs", headers=BROWSER)
    assert 'src="ui/assets/docs-77aa.js"' in viewer.text
    assert (
        viewer.headers["content-security-policy"] == (await gateway.http.get("/ui/")).headers["content-security-policy"]
    )
    static = await gateway.http.get("/docs/static")
    assert "<script" not in static.text
    assert 'href="../openapi.json"' in static.text


async def test_the_operators_port_has_the_page_and_the_open_door_leads_to_it(make_gateway, built, free_ports):
    operator, door = free_ports.take(), free_ports.take()
    gateway = await make_gateway(web_dir=str(built), admin_port=operator, mailpit_http_port=door)
    page = await gateway.http.get(f"http://127.0.0.1:{operator}/ui/operator/overview", headers=BROWSER)
    assert "../../ui/assets/index-4f2a.js" in page.text
    mails = await gateway.http.get(f"http://127.0.0.1:{door}/", headers=BROWSER, follow_redirects=True)
    assert f'href="{gateway.url}/"' in mails.text
    assert 404 == (await gateway.http.get(f"http://127.0.0.1:{door}/ui/", headers=BROWSER)).status_code
    elsewhere = await gateway.http.get(f"http://127.0.0.1:{door}/search", headers={"Host": "mail.internal:8025"})
    assert f'href="http://mail.internal:{gateway.url.rpartition(":")[2]}/"' in elsewhere.text


async def test_the_open_door_names_the_public_url_where_there_is_one(make_gateway, built, free_ports):
    door = free_ports.take()
    gateway = await make_gateway(web_dir=str(built), mailpit_http_port=door, public_url="https://mail.example.com/m/")
    assert 'href="https://mail.example.com/m/"' in (await gateway.http.get(f"http://127.0.0.1:{door}/search")).text
    without = await make_gateway(mailpit_http_port=(other := free_ports.take()))
    assert "web page" not in (await without.http.get(f"http://127.0.0.1:{other}/search")).text


async def test_without_a_page_browsers_are_sent_to_the_documentation(make_gateway):
    gateway = await make_gateway()
    assert (302, "docs") == (
        (root := await gateway.http.get("/", headers=BROWSER)).status_code,
        root.headers["location"],
    )
    assert 404 == (await gateway.http.get("/ui/", headers=BROWSER)).status_code
    assert "web" not in (await gateway.http.get("/")).json()
    assert "<script" not in (await gateway.http.get("/docs")).text


def test_a_folder_without_a_page_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(PermanentFailure, match=r"has no index\.html: build the page with `make web`"):
        read_web_files(str(tmp_path))


def test_links_out_of_the_folder_are_not_followed(built):
    (built / "assets" / "secret.txt").symlink_to("/etc/hostname")
    assert "assets/secret.txt" not in read_web_files(str(built)).files
