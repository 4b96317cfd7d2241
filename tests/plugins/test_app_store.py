"""App Store Connect's customer reviews."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from plugins.sources.app_store import AppStore
from triggeriq import Bad, Connection, Feedback, FileHint, NotVerified, Request
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
    Bad("data[2]", ""),
    Bad("data[3]", ""),
    {"title": "素晴らしい", "text": "👍 とても便利", "rating": 4},
)
CONNECTION = Connection(source="app_store")
SETTINGS = {"app_id": "com.example.app"}

LINES = b"\n".join(json.dumps(one, ensure_ascii=False).encode() for one in json.loads(PAGE)["data"]) + b"\n"
ON_ONE_LINE = json.dumps(json.loads(PAGE)).encode()
IN_LINES = (*REVIEWS[:2], Bad("line 3", ""), Bad("line 4", ""), REVIEWS[4])
ONE_FURTHER = (*REVIEWS[:2], Bad("line 4", ""), Bad("line 5", ""), REVIEWS[4])


def on_line(number: int) -> tuple[Any, ...]:
    """The page, where all of it stands on one line."""
    return tuple(Bad(f"line {number}", "") if isinstance(one, Bad) else one for one in REVIEWS)


class TestAppStore(FileContract):
    source = AppStore
    uploads = (
        Upload(name="page.json", body=PAGE, settings=SETTINGS, expect=REVIEWS),
        Upload(
            name="pages.json",
            body=PAGE + b"\n" + PAGE,
            settings=SETTINGS,
            expect=(*REVIEWS, *REVIEWS[:2], Bad("data[7]", ""), Bad("data[8]", ""), *REVIEWS[4:]),
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
        *(
            Upload(name=f"lines{ending}", body=LINES, settings=SETTINGS, expect=IN_LINES)
            for ending in (".ndjson", ".jsonl")
        ),
        Upload(name="LINES.NDJSON", body=LINES.replace(b"\n", b"\r\n"), settings=SETTINGS, expect=IN_LINES),
        Upload(name="marked.jsonl", body=b"\xef\xbb\xbf\n" + LINES, settings=SETTINGS, expect=ONE_FURTHER),
        Upload(name="wide.jsonl", body=LINES.decode().encode("utf-16"), settings=SETTINGS, expect=IN_LINES),
        Upload(name="lines.json", body=LINES, settings=SETTINGS, expect=REVIEWS),
        Upload(name="one.json", body=LINES.split(b"\n")[0], settings=SETTINGS, expect=REVIEWS[:1]),
        Upload(
            name="pages.ndjson",
            body=ON_ONE_LINE + b"\n\n" + ON_ONE_LINE,
            settings=SETTINGS,
            expect=(*on_line(1), *on_line(3)),
        ),
        Upload(
            name="arrays.jsonl",
            body=json.dumps(json.loads(PAGE)["data"]).encode() + b"\n[]\n",
            settings=SETTINGS,
            expect=on_line(1),
        ),
        Upload(
            name="broken.ndjson",
            body=LINES.replace(b"\n", b"\n{oops\n", 1),
            settings=SETTINGS,
            expect=(
                REVIEWS[0],
                Bad("line 2", ""),
                REVIEWS[1],
                Bad("line 4", ""),
                Bad("line 5", ""),
                REVIEWS[4],
            ),
        ),
        Upload(
            name="other.ndjson",
            body=b'{"id": "1", "rating": 2, "review": "flat"}\n7\n"text"\n{"data": 5}\n{"errors": []}\n',
            expect=tuple(Bad(f"line {number}", "") for number in range(1, 6)),
        ),
        Upload(name="wide.json", body=PAGE.decode().encode("utf-16"), settings=SETTINGS, expect=REVIEWS),
    )


NOTHING_SAID = (
    {},
    None,
    [],
    "words",
    {"rating": None},
    {"rating": 0},
    {"rating": 9},
    {"title": "  ", "body": ""},
    {"title": None, "body": None, "rating": "many"},
    {"reviewerNickname": "jo", "createdDate": "2026-01-02T11:19:36-07:00", "territory": "NOR"},
)


@pytest.mark.parametrize("attributes", NOTHING_SAID)
@pytest.mark.parametrize("form", ["page", "array", "lines"])
def test_a_review_that_says_nothing_is_bad(attributes: object, form: str) -> None:
    empty = {"type": "customerReviews", "id": "1", "attributes": attributes}
    said = {"type": "customerReviews", "id": "2", "attributes": {"rating": 4}}
    name, body = {
        "page": ("a.json", json.dumps({"data": [empty, said]})),
        "array": ("a.json", json.dumps([empty, said])),
        "lines": ("a.ndjson", f"{json.dumps(empty)}\n{json.dumps(said)}"),
    }[form]
    hint = FileHint(name=name, modified_at=datetime(2026, 1, 2, tzinfo=UTC))
    bad, review = (item for _, item in AppStore().read(BytesIO(body.encode()), hint, None, CONNECTION))
    assert isinstance(bad, Bad)
    assert "no rating, no title and no body" in bad.reason
    assert isinstance(review, Feedback)


def test_every_webhook_is_refused() -> None:
    connection = Connection(source="app_store", secrets=("any",))
    with pytest.raises(NotVerified, match="missing"):
        AppStore().verify(Request(body=PAGE), connection, datetime(2026, 1, 2, tzinfo=UTC))
