"""App Store Connect's customer reviews."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from plugins.sources.app_store import AppStore
from triggeriq import Bad, Connection, NotVerified, Request
from triggeriq.testing import FileContract, Upload

PAGE = (Path(__file__).parents[1] / "data" / "reviews" / "app_store_page.json").read_bytes()
FIRST = {
    "external_id": "00000028-b08c-0014-9674-c54800000001",
    "version": 0,
    "kind": "review",
    "title": "Crashes on start",
    "text": "Since the update it closes at once.\nPlease fix!",
    "rating": 1,
    "author.name": "mørk_kaffe",
    "created_at": datetime(2026, 1, 2, 18, 19, 36, tzinfo=UTC),
    "app.id": "com.example.app",
    "attributes": {"territory": "NOR", "response_id": "resp-1"},
}
REVIEWS = (
    FIRST,
    {"rating": 5, "text": "", "title": None, "created_at": None},
    {"rating": None, "text": ""},
    Bad("data[3]", ""),
    {"title": "素晴らしい", "text": "👍 とても便利", "rating": 4},
)
SETTINGS = {"app_id": "com.example.app"}


class TestAppStore(FileContract):
    source = AppStore
    uploads = (
        Upload(name="page.json", body=PAGE, settings=SETTINGS, expect=REVIEWS),
        Upload(
            name="pages.json",
            body=PAGE + b"\n" + PAGE,
            settings=SETTINGS,
            expect=REVIEWS[:3] + REVIEWS[3:] + REVIEWS[:3] + (Bad("data[8]", ""),) + REVIEWS[4:],
        ),
        Upload(name="empty.json", body=b'{"data": [], "links": {}}', expect=()),
        Upload(
            name="truncated.json",
            body=PAGE[: PAGE.index(b'"no id"')],
            settings=SETTINGS,
            expect=REVIEWS[:3],
            unreadable="data[3]: the file ends here",
        ),
        Upload(name="marked.json", body=b"\xef\xbb\xbf" + PAGE, settings=SETTINGS, expect=REVIEWS),
        Upload(name="wide.json", body=PAGE.decode().encode("utf-16"), settings=SETTINGS, expect=REVIEWS),
    )


def test_every_webhook_is_refused() -> None:
    connection = Connection(source="app_store", secrets=("any",))
    with pytest.raises(NotVerified, match="missing"):
        AppStore().verify(Request(body=PAGE), connection, datetime(2026, 1, 2, tzinfo=UTC))
