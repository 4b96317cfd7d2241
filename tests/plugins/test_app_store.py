"""App Store Connect's customer reviews."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from plugins.sources.app_store import AppStore, AppStoreSettings
from tests.plugins.providers.keys import opened, p256, pem
from tests.plugins.providers.plain_http import PlainHttp
from tests.plugins.providers.provider import Given
from tests.plugins.providers.stores import AppStoreConnect
from triggeriq import (
    Answered,
    Bad,
    Connection,
    Feedback,
    FileHint,
    Item,
    NotVerified,
    PollFailed,
    Received,
    Request,
)
from triggeriq.settings import read_settings
from triggeriq.testing import FileContract, PollContract, Upload

DATA = Path(__file__).parents[1] / "data"
PAGE = (DATA / "reviews" / "app_store_page.json").read_bytes()
GOLDEN = DATA / "golden" / "app_store"
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
    "thread": "00000028-b08c-0014-9674-c54800000001",
    "attributes": {"territory": "NOR", "response_id": "resp-1"},
}
REVIEWS = (
    FIRST,
    {"rating": 5, "text": "", "title": None, "created_at": None},
    Bad("data[2]", ""),
    Bad("data[3]", ""),
    {"title": "素晴らしい", "text": "👍 とても便利", "rating": 4},
)
ANSWERED = Answered(thread=FIRST["external_id"], at=datetime(2026, 1, 3, tzinfo=UTC))
PAGES = (*REVIEWS, ANSWERED)
"""Of a page, whose responses stand behind its reviews."""
CONNECTION = Connection(source="app_store")
NOW = datetime(2026, 1, 4, tzinfo=UTC)
SETTINGS = {"app_id": "com.example.app"}

LINES = b"\n".join(json.dumps(one, ensure_ascii=False).encode() for one in json.loads(PAGE)["data"]) + b"\n"
ON_ONE_LINE = json.dumps(json.loads(PAGE)).encode()
IN_LINES = (*REVIEWS[:2], Bad("line 3", ""), Bad("line 4", ""), REVIEWS[4])
ONE_FURTHER = (*REVIEWS[:2], Bad("line 4", ""), Bad("line 5", ""), REVIEWS[4])


def on_line(number: int) -> tuple[Any, ...]:
    """The page, where all of it stands on one line."""
    return tuple(Bad(f"line {number}", "") if isinstance(one, Bad) else one for one in PAGES)


class TestAppStore(FileContract, PollContract):
    source = AppStore
    polls = GOLDEN
    credentials = json.dumps({"issuer_id": "issuer-1", "key_id": "KEY1", "private_key": pem(p256())})
    uploads = (
        Upload(name="page.json", body=PAGE, settings=SETTINGS, expect=PAGES),
        Upload(
            name="pages.json",
            body=PAGE + b"\n" + PAGE,
            settings=SETTINGS,
            expect=(*PAGES, *PAGES[:2], Bad("data[8]", ""), Bad("data[9]", ""), *PAGES[4:]),
        ),
        Upload(name="empty.json", body=b'{"data": [], "links": {}}', expect=()),
        Upload(
            name="truncated.json",
            body=PAGE[: PAGE.index(b'"no id"')],
            settings=SETTINGS,
            expect=REVIEWS[:3],
            unreadable="data[3]: the file ends here",
        ),
        Upload(name="marked.json", body=b"\xef\xbb\xbf" + PAGE, settings=SETTINGS, expect=PAGES),
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
            expect=on_line(1)[:-1],
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
        Upload(name="wide.json", body=PAGE.decode().encode("utf-16"), settings=SETTINGS, expect=PAGES),
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


def transformed(page: dict[str, Any], **settings: str) -> list[Item]:
    source = AppStore()
    connection = Connection(source="app_store", settings=read_settings(AppStoreSettings, settings))
    received = Received(id="1", received_at=NOW, body=json.dumps(page).encode())
    return list(source.transform(received, connection))


def test_a_page_names_its_app_where_no_setting_does() -> None:
    page = {
        **json.loads(PAGE),
        "links": {"self": "https://api.example/v1/apps/1404176564/customerReviews?limit=1"},
    }
    assert {item.app.id for item in transformed(page) if isinstance(item, Feedback)} == {"1404176564"}
    settled = transformed(page, app_id="other")
    assert {item.app.id for item in settled if isinstance(item, Feedback)} == {"other"}


RESPONSE = {
    "type": "customerReviewResponses",
    "id": "resp-1",
    "attributes": {"lastModifiedDate": "2026-01-03T00:00:00Z"},
}


@pytest.mark.parametrize(
    ("response", "answered"),
    [
        (RESPONSE, [ANSWERED]),
        ({**RESPONSE, "id": "of another"}, []),
        ({**RESPONSE, "attributes": {"state": "PUBLISHED"}}, []),
        (
            {**RESPONSE, "id": "?", "relationships": {"review": {"data": {"id": FIRST["external_id"]}}}},
            [ANSWERED],
        ),
    ],
)
def test_a_response_answers_the_review_that_it_belongs_to(response: Any, answered: list[Answered]) -> None:
    items = transformed({**json.loads(PAGE), "included": [response, {"type": "apps", "id": "1"}]})
    assert [item for item in items if isinstance(item, Answered)] == answered
    assert not any("We are on it" in str(item) for item in items)


@pytest.mark.parametrize(
    "next_page",
    [
        "https://elsewhere.example/v1/apps/1404176564/customerReviews?cursor=2",
        "//elsewhere.example/v1/apps/1404176564/customerReviews?cursor=2",
        "http://[::1/v1/x",
        "/v1/apps/1404176564/customerReviews?cursor=2",
    ],
)
def test_a_next_page_at_another_address_is_not_followed(next_page: str) -> None:
    with AppStoreConnect(NOW) as provider:
        provider.add(1, NOW)
        page = {"data": provider.reviews, "links": {"next": next_page}}
        provider.instead(Given.of(page))
        settings = read_settings(AppStoreSettings, provider.settings)
        connection = Connection(source="app_store", settings=settings, credentials=provider.credentials)
        with pytest.raises(PollFailed, match="another address"):
            list(AppStore().poll(None, connection, PlainHttp(NOW), NOW))
        assert len(provider.asked) == 1


def test_the_first_poll_leaves_history_to_files() -> None:
    with AppStoreConnect(NOW) as provider:
        for number in range(30):
            provider.add(number, NOW)
        settings = read_settings(AppStoreSettings, provider.settings)
        connection = Connection(source="app_store", settings=settings, credentials=provider.credentials)
        assert len(list(AppStore().poll(None, connection, PlainHttp(NOW), NOW))) == 10


def test_a_person_s_key_has_no_issuer() -> None:
    with AppStoreConnect(NOW) as provider:
        provider.add(1, NOW)
        settings = read_settings(AppStoreSettings, provider.settings)
        held = json.loads(provider.credentials)
        del held["issuer_id"]
        connection = Connection(source="app_store", settings=settings, credentials=json.dumps(held))
        assert len(list(AppStore().poll(None, connection, PlainHttp(NOW), NOW))) == 1
        (asked,) = provider.asked
        _, claims = opened(asked.headers["authorization"].removeprefix("Bearer "), p256())
        assert claims["sub"] == "user"
        assert "iss" not in claims


def test_behind_a_proxy_the_next_page_is_asked_of_the_proxy() -> None:
    with AppStoreConnect(NOW) as provider:
        provider.add(1, NOW)
        provider.add(2, NOW)
        provider.add(3, NOW)
        first = provider.answer
        provider.answer = lambda asked: replace(  # type: ignore[method-assign]
            first(asked),
            body=first(asked).body.replace(
                provider.address.encode(), b"https://api.appstoreconnect.apple.com"
            ),
        )
        settings = read_settings(AppStoreSettings, provider.settings)
        connection = Connection(source="app_store", settings=settings, credentials=provider.credentials)
        assert len(list(AppStore().poll(None, connection, PlainHttp(NOW), NOW))) == 2
