"""Settings come from the environment alone."""

import pytest

from mayfly_mcp.settings import Settings, WrongSettings

KEY = "mfk_0123456789abcdef"


def test_without_any_variable_it_asks_this_machine_without_a_key():
    assert Settings("http://127.0.0.1:8080", None, any_inbox=False) == Settings.of({})


def test_a_key_stands_in_a_variable_or_in_a_file(tmp_path):
    file = tmp_path / "key"
    file.write_text(f"{KEY}\n")
    assert KEY == Settings.of({"MAYFLY_API_KEY": f" {KEY}\n"}).api_key
    assert KEY == Settings.of({"MAYFLY_API_KEY_FILE": str(file)}).api_key
    assert "other" == Settings.of({"MAYFLY_API_KEY": "other", "MAYFLY_API_KEY_FILE": str(file)}).api_key


def test_no_repr_shows_the_key():
    assert KEY not in repr(Settings.of({"MAYFLY_API_KEY": KEY}))


@pytest.mark.parametrize("word", ["true", "TRUE", "1", "yes"])
def test_any_inbox_is_asked_for_in_words(word):
    assert Settings.of({"MAYFLY_MCP_ANY_INBOX": word}).any_inbox


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"MAYFLY_MCP_ANY_INBOX": "maybe"}, "MAYFLY_MCP_ANY_INBOX"),
        ({"MAYFLY_URL": "localhost:8080"}, "MAYFLY_URL"),
        ({"MAYFLY_API_KEY_FILE": "/nowhere/at/all"}, "MAYFLY_API_KEY_FILE"),
        ({"MAYFLY_API_KEY_FILE": "/dev/null"}, "MAYFLY_API_KEY_FILE"),
        ({"MAYFLY_API_KEY": "${input:mayfly-key}"}, "MAYFLY_API_KEY"),
    ],
)
def test_a_wrong_setting_is_named(environment, named):
    with pytest.raises(WrongSettings, match=named):
        Settings.of(environment)
