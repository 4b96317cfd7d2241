"""An address is shown without what may be secret in it."""

from __future__ import annotations

import pytest

from chalicelib.domain.delivery.address import origin, shown


@pytest.mark.parametrize(
    ("url", "format", "text"),
    [
        ("https://shop.example/hook?token=hush", "standard", "https://shop.example/hook"),
        ("https://shop.example:8443", "cloudevents", "https://shop.example:8443"),
        ("https://hooks.slack.com/services/T0/B0/hush", "slack", "https://hooks.slack.com"),
        ("https://x.logic.azure.com/workflows/hush/triggers?sig=hush", "teams", "https://x.logic.azure.com"),
        ("https://hush@shop.example/", "standard", "https://shop.example/"),
    ],
)
def test_an_address_is_shown(url: str, format: str, text: str) -> None:
    assert shown(url, format) == text  # type: ignore[arg-type]
    assert "hush" not in origin(url)
