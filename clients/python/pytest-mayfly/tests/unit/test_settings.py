import pytest

from pytest_mayfly.settings import INI, read


class Config:
    """Options and ini values, as pytest's own object answers them."""

    def __init__(self, url=None, keep=False, **ini):
        self.options = {"mayfly_url": url, "mayfly_keep": keep}
        self.ini = {**dict.fromkeys(INI, ""), **ini}

    def getoption(self, name):
        return self.options[name]

    def getini(self, name):
        return self.ini[name]


def test_without_settings_the_embedded_server_is_meant():
    assert read(Config(), {}).url is None


def test_the_option_wins_over_the_environment_and_that_over_the_ini_file():
    environment = {"MAYFLY_URL": "http://b:2"}

    assert "http://a:1" == read(Config(url="http://a:1", mayfly_url="http://c:3"), environment).url
    assert "http://b:2" == read(Config(mayfly_url="http://c:3"), environment).url
    assert "http://c:3" == read(Config(mayfly_url="http://c:3"), {}).url


def test_a_slash_at_the_end_of_the_url_is_the_same_url():
    assert "https://mail.example.com/mayfly" == read(Config(url="https://mail.example.com/mayfly/"), {}).url


@pytest.mark.parametrize(
    "url", ["mail.example.com", "ftp://a", "http://", "http://a:99999", "http://[::1", "http://a:0"]
)
def test_a_url_that_is_none_stops_the_run(url):
    with pytest.raises(pytest.UsageError, match="must look like"):
        read(Config(url=url), {})


def test_credentials_in_the_url_stop_the_run_and_are_not_shown():
    with pytest.raises(pytest.UsageError, match="MAYFLY_API_KEY") as raised:
        read(Config(), {"MAYFLY_URL": "http://user:hunter2@a:1"})

    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(("text", "expected"), [("localhost:2525", ("localhost", 2525)), ("[::1]:25", ("::1", 25))])
def test_the_address_of_smtp_is_host_and_port(text, expected):
    assert expected == read(Config(mayfly_smtp=text), {}).smtp


@pytest.mark.parametrize("text", ["localhost", ":25", "a:0", "a:65536", "a:b", "::1:25", "a b:25"])
def test_an_address_of_smtp_that_is_none_stops_the_run(text):
    with pytest.raises(pytest.UsageError, match="host:port"):
        read(Config(), {"MAYFLY_SMTP": text})


def test_times_are_seconds():
    settings = read(Config(mayfly_timeout="2.5", mayfly_ttl="600"), {})

    assert (2.5, 600) == (settings.timeout, settings.ttl)


@pytest.mark.parametrize("text", ["0", "-1", "soon", "nan", "inf"])
def test_a_time_that_is_none_stops_the_run(text):
    with pytest.raises(pytest.UsageError, match="mayfly_timeout"):
        read(Config(mayfly_timeout=text), {})
