"""Keys and words go encrypted, or stay at home."""

import logging

import pytest
from tests.unit.adapters.cloud_llm.membership import OPTIONS, member

from jennie_cli.adapters.cloud_llm.address import checked
from jennie_cli.engine.errors import SettingsError


@pytest.mark.parametrize(
    "url",
    [
        "https://api.example.com/v1",
        "http://localhost:8001/v1",
        "http://127.0.0.1:8001/v1",
        "http://[::1]:8001/v1",
    ],
)
def test_encrypted_or_on_this_machine_is_right_for_all(url: str) -> None:
    """A slash at the end makes no difference."""
    assert url == checked("openai", url + "/", own_network=False)


@pytest.mark.parametrize("host", ["192.168.0.7", "10.1.2.3", "[fd00::7]", "gpu", "gpu.local"])
def test_a_server_of_ones_own_may_be_asked_in_clear_text(
    host: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Within the own network, with a warning; a provider with a key never."""
    with caplog.at_level(logging.WARNING):
        checked("server", f"http://{host}:8001/v1", own_network=True)
    assert "clear text" in caplog.text
    with pytest.raises(SettingsError, match="clear text"):
        checked("openai", f"http://{host}:8001/v1", own_network=False)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "api.example.com",
        "ftp://example.com",
        "http://8.8.8.8/v1",
        "http://api.example.com/v1",
        "https://user:pass123@example.com/v1",
        "https://example.com/v1?key=pass123",
        "https://example.com:notaport/v1",
        "https://[broken",
        "https://exa mple.com",
        "https://bad_..label\u2024.com",
        "https://",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    """The text names the setting, the hint says how to set it, and a login is not shown."""
    with pytest.raises(SettingsError, match=r"server\.url") as caught:
        checked("server", url, own_network=True)
    assert "jennie config set server.url" in caught.value.hint
    assert "pass123" not in caught.value.message


@pytest.mark.parametrize("extra", ["[1]", "{", "3", '{"messages": []}', '{"system": ""}'])
def test_what_is_added_must_be_an_object_beside_the_prompt(extra: str) -> None:
    """A slip is told when the member is opened."""
    with pytest.raises(SettingsError, match=r"gemini\.extra"):
        member("gemini", "https://example.com", extra=extra)


def test_every_default_address_may_be_asked() -> None:
    """The server alone has none."""
    for name, options in OPTIONS.items():
        if name != "server":
            assert options.url == checked(name, options.url, own_network=False)
