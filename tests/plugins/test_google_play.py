"""Google Play's reviews: the API's JSON, and the console's export."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from plugins.sources.google_play import GooglePlay, GooglePlaySettings
from tests.plugins.providers.keys import pem, rsa_2048
from tests.plugins.providers.plain_http import PlainHttp
from tests.plugins.providers.stores import GooglePlayApi
from triggeriq import (
    Answered,
    Bad,
    Connection,
    Feedback,
    FileHint,
    Ignore,
    Item,
    Nothing,
    NotVerified,
    Polled,
    Received,
    Request,
)
from triggeriq.settings import read_settings
from triggeriq.testing import FileContract, PollContract, Upload

DATA = Path(__file__).parents[1] / "data"
PAGE = (DATA / "reviews" / "google_play_page.json").read_bytes()
REVIEW = (DATA / "reviews" / "google_play_review.json").read_bytes()
CONSOLE = (DATA / "reviews" / "google_play_console.csv").read_bytes()
SETTINGS = {"package": "com.example.shop"}
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

FIRST = {
    "external_id": "gp:AOqpTOE-first",
    "version": 1767323045007,
    "kind": "review",
    "title": "Stürzt ab",
    "text": "Seit dem Update stürzt sie ab.",
    "rating": 1,
    "language": "de",
    "author.name": "Jo Müller",
    "created_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    "app.id": "com.example.shop",
    "app.version": "4.2.0",
    "thread": "gp:AOqpTOE-first",
    "device": {
        "model": "oriole (Pixel 6)",
        "manufacturer": "Google",
        "class": "FORM_FACTOR_PHONE",
        "os": "Android API 34",
    },
    "attributes": {"app_version_code": 420, "thumbs_up": 3, "thumbs_down": 0},
}
SECOND = {
    "title": None,
    "text": "Me gusta 👍",
    "language": "es-419",
    "author.name": None,
    "version": 1767236645000,
    "device": {},
}
REPLIED = Answered(thread="gp:AOqpTOE-first", at=datetime(2026, 1, 2, 4, 4, 5, tzinfo=UTC))
REVIEWS = (FIRST, REPLIED, SECOND, Bad("reviews[2]", ""), Bad("reviews[3]", ""))
CLOCK = "gp:AOqpTOFpm0yFEXsL_xjTrGQo7Rd7LgXCxl2k59hsQO3EBEo-spCsCzc3ivYVVjr4Acg7-MjZzASyprnVCWRg1g"
RECORDED = (
    {
        "external_id": CLOCK,
        "version": 1486482936525,
        "rating": 3,
        "language": "en-US",
        "app.version": "20161122",
    },
    Answered(
        thread=CLOCK,
        at=datetime(2017, 2, 7, 16, 56, 20, tzinfo=UTC),
    ),
)
FIREFOX = (
    {
        "external_id": "gp:AOqpTOGFHcW6aDWbjwXACr-GxhT7V-En08E6K55_nkeOBU-NA92XmePUee5q0tLjRorwSuN0lQX8vKP7"
        "ndNeKA",
        "version": 1519862422278,
        "title": None,
        "text": "Hilih Khintil",
        "language": "id",
        "created_at": datetime(2018, 3, 1, 0, 0, 14, 744_000, tzinfo=UTC),
        "app.id": "org.mozilla.firefox",
        "device": {"model": "Y31L"},
    },
    {"title": "😉😉😉", "rating": 5},
    {
        "external_id": "org.mozilla.firefox|1519863249042|E6833|5",
        "version": 1519863251311,
        "text": "",
        "url": None,
        "app.version": "58.0.2",
        "attributes": {"app_version_code": 2015539873},
    },
)
HEADER = CONSOLE.decode().splitlines()[0].split(",")


def exported(*rows: dict[str, str], without: tuple[str, ...] = ()) -> bytes:
    """The console's export of rows, of which the cells that are not given are empty."""
    names = [name for name in HEADER if name not in without]
    text = io.StringIO()
    writer = csv.DictWriter(text, names, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


ROW = {
    "Package Name": "com.example.shop",
    "Reviewer Language": "en",
    "Review Submit Millis Since Epoch": "1767323045007",
    "Review Last Update Millis Since Epoch": "1767323045007",
    "Star Rating": "2",
    "Review Text": 'It "crashes",\nall the time',
    "Developer Reply Millis Since Epoch": "1767326645000",
    "Developer Reply Text": "Sorry!",
    "Review Link": "https://play.google.com/console/developers/app/user-feedback/review-details?reviewId=gp%3AAOq-1&corpus=PUBLIC_REVIEWS",
}
CRASHES = {
    "external_id": "gp:AOq-1",
    "text": 'It "crashes",\nall the time',
    "rating": 2,
    "version": 1767323045007,
}
SORRY = Answered(thread="gp:AOq-1", at=datetime(2026, 1, 2, 4, 4, 5, tzinfo=UTC))
OLDEST = ("App Version Code", "App Version Name", "Device", "Package Name", "Review Link")
SCRAPED = b"""reviewId,userName,content,score,reviewCreatedVersion,at,replyContent,repliedAt
9f178610-e215-43ff,Jo,Songs are missing,1,8.8.1,2026-01-01 10:00:00,Sorry,2026-01-02 04:04:05
"""


class TestGooglePlay(FileContract, PollContract):
    source = GooglePlay
    polls = DATA / "golden" / "google_play"
    credentials = json.dumps({"client_email": "reviews@example.iam", "private_key": pem(rsa_2048())})
    uploads = (
        Upload(name="page.json", body=PAGE, settings=SETTINGS, expect=REVIEWS),
        Upload(
            name="pages.json",
            body=PAGE + PAGE,
            settings=SETTINGS,
            expect=(*REVIEWS, FIRST, REPLIED, SECOND, Bad("reviews[6]", ""), Bad("reviews[7]", "")),
        ),
        Upload(name="review.json", body=REVIEW, expect=RECORDED),
        Upload(
            name="reviews.ndjson",
            body=json.dumps(json.loads(REVIEW)).encode() * 1 + b"\n\n{oops\n",
            expect=(*RECORDED, Bad("line 3", "")),
        ),
        Upload(
            name="pages.jsonl",
            body=json.dumps(json.loads(PAGE)).encode(),
            settings=SETTINGS,
            expect=(*REVIEWS[:3], Bad("line 1", ""), Bad("line 1", "")),
        ),
        Upload(name="nothing.json", body=b'{"tokenPagination": {}}', expect=()),
        Upload(name="nothing.ndjson", body=b'{"pageInfo": {}}\n', expect=()),
        Upload(name="reviews_org.mozilla.firefox_201803.csv", body=CONSOLE, expect=FIREFOX),
        Upload(name="wide.csv", body=CONSOLE.decode().encode("utf-16"), expect=FIREFOX),
        Upload(name="marked.csv", body=b"\xef\xbb\xbf" + CONSOLE, expect=FIREFOX),
        Upload(name="replied.csv", body=exported(ROW, ROW), expect=(CRASHES, SORRY, CRASHES, SORRY)),
        Upload(
            name="reviews_com.example.shop_202601.csv",
            body=exported({key: value for key, value in ROW.items() if key not in OLDEST}, without=OLDEST),
            expect=(
                {"external_id": "com.example.shop|1767323045007||2", "app.id": "com.example.shop"},
                Answered(thread="com.example.shop|1767323045007||2", at=SORRY.at),
            ),
        ),
        Upload(
            name="silent.csv",
            body=exported({"Package Name": "a.b", "Device": "x"}, ROW),
            expect=(Bad("line 2", ""), CRASHES, SORRY),
        ),
        Upload(
            name="scraped.csv",
            body=SCRAPED,
            settings=SETTINGS,
            expect=(
                {
                    "external_id": "9f178610-e215-43ff",
                    "text": "Songs are missing",
                    "author.name": "Jo",
                    "app.id": "com.example.shop",
                    "app.version": "8.8.1",
                },
                Answered(thread="9f178610-e215-43ff", at=SORRY.at),
            ),
        ),
        Upload(
            name="other.csv",
            body=b"Package Name,Device\na.b,x\n",
            expect=(),
            unreadable="no export of reviews",
        ),
    )


def read(name: str, body: bytes) -> list[Item]:
    hint = FileHint(name=name, modified_at=NOW)
    found = GooglePlay().read(BytesIO(body), hint, None, Connection(source="google_play"))
    return [item for _, item in found if not isinstance(item, Nothing)]


@pytest.mark.parametrize(
    ("link", "review_id"),
    [
        (
            "https://play.google.com/apps/publish?account=1#ReviewDetailsPlace:p=a.b&reviewid=gp:AOq_1-x",
            "gp:AOq_1-x",
        ),
        (
            "http://play.google.com/console/developers/1/app/2/user-feedback/review-details?reviewId=d2b07a18-68e9&corpus=P",
            "d2b07a18-68e9",
        ),
        ("https://play.google.com/console/x?reviewId=gp%3AAOq%2B1", "gp:AOq+1"),
        ("https://play.google.com/apps/publish#ReviewPlace:id=gp:AOq2", "gp:AOq2"),
        ("https://play.google.com/apps/publish#ReviewPlace:p=a.b&id=gp:AOq2", "gp:AOq2"),
        ("https://play.google.com/store/apps/details?id=com.example.shop", None),
        ("#Review" + "Review" * 10_000, None),
    ],
)
def test_the_id_stands_in_the_link(link: str, review_id: str | None) -> None:
    (item, _) = read("a.csv", exported({**ROW, "Review Link": link}))
    assert isinstance(item, Feedback)
    assert item.external_id == (review_id or "com.example.shop|1767323045007||2")


def test_a_row_and_the_api_tell_of_the_same_feedback_and_version() -> None:
    comment = {"text": "x", "starRating": 2, "lastModified": {"seconds": "1767323045", "nanos": 7_999_999}}
    review = {"reviewId": "gp:AOq-1", "comments": [{"userComment": comment}]}
    by_api, by_row = read("a.json", json.dumps(review).encode())[0], read("a.csv", exported(ROW))[0]
    assert isinstance(by_api, Feedback)
    assert isinstance(by_row, Feedback)
    assert (by_api.external_id, by_api.version) == (by_row.external_id, by_row.version)


def test_rows_without_a_time_or_a_link_are_told_apart_by_all_of_their_cells() -> None:
    rows = [{"Star Rating": "5", "Review Text": words} for words in ("good", "better", "good")]
    ids = [item.external_id for item in read("a.csv", exported(*rows)) if isinstance(item, Feedback)]
    assert ids[0] == ids[2] != ids[1]


@pytest.mark.parametrize(
    ("words", "title", "text"),
    [
        ("a\tb", "a", "b"),
        ("\tb", None, "b"),
        ("a\t", "a", ""),
        ("b", None, "b"),
        ("a\tb\tc", "a", "b\tc"),
        ("\t", None, ""),
    ],
)
def test_a_tab_parts_title_and_body(words: str, title: str | None, text: str) -> None:
    review = {"reviewId": "1", "comments": [{"userComment": {"text": words, "starRating": 2}}]}
    (item,) = read("a.json", json.dumps(review).encode())
    assert isinstance(item, Feedback)
    assert (item.title, item.text) == (title, text)


def test_of_several_comments_the_last_edited_counts() -> None:
    comments: list[dict[str, Any]] = [
        {"userComment": {"text": text, "lastModified": {"seconds": seconds}}}
        for text, seconds in (("old", "1767236645"), ("new", "1767323045"), ("older", "1767000000"))
    ]
    (item,) = read("a.json", json.dumps({"reviewId": "1", "comments": comments}).encode())
    assert isinstance(item, Feedback)
    assert item.text == "new"


def test_a_page_without_reviews_holds_nothing() -> None:
    received = Received(id="1", received_at=NOW, body=b"{}")
    (item,) = GooglePlay().transform(received, Connection(source="google_play"))
    assert isinstance(item, Ignore)


def test_every_webhook_is_refused() -> None:
    with pytest.raises(NotVerified, match="missing"):
        GooglePlay().verify(Request(body=PAGE), Connection(source="google_play", secrets=("any",)), NOW)


def test_so_many_pages_are_asked_for_that_google_s_quota_holds() -> None:
    with GooglePlayApi(NOW) as provider:
        for number in range(100):
            provider.add(number, NOW)
        settings = read_settings(GooglePlaySettings, provider.settings)
        connection = Connection(source="google_play", settings=settings, credentials=provider.credentials)
        pages: list[Polled] = []
        for polls in range(1, 3):
            cursor = pages[-1].cursor if pages else None
            pages += GooglePlay().poll(cursor, connection, PlainHttp(NOW), NOW)
            assert sum(one.method == "GET" for one in provider.asked) <= polls * 40
        assert len({one["reviewId"] for page in pages for one in json.loads(page.body)["reviews"]}) == 100
