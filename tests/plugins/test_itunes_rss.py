"""Apple's public feed of reviews: its JSON and its Atom."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from plugins.sources.itunes_rss import ItunesRss, ItunesRssSettings
from tests.plugins.providers.plain_http import PlainHttp
from tests.plugins.providers.provider import Asked, Given
from tests.plugins.providers.stores import ItunesFeed
from triggeriq import (
    Bad,
    Connection,
    Feedback,
    FileHint,
    Ignore,
    InvalidSetting,
    Item,
    Nothing,
    NotVerified,
    PollFailed,
    Received,
    Request,
    Unreadable,
)
from triggeriq.settings import read_settings
from triggeriq.testing import FileContract, PollContract, Upload

DATA = Path(__file__).parents[1] / "data"
FEED = (DATA / "reviews" / "itunes_rss.json").read_bytes()
ATOM = (DATA / "reviews" / "itunes_rss.xml").read_bytes()
NOW = datetime(2026, 1, 4, tzinfo=UTC)
FIRST = {
    "external_id": "11900000002",
    "version": 1767377976000,
    "kind": "review",
    "title": "Crashes on start",
    "text": "Since the update it closes at once.\nPlease fix!",
    "rating": 1,
    "author.id": "77",
    "author.name": "mørk_kaffe",
    "created_at": datetime(2026, 1, 2, 18, 19, 36, tzinfo=UTC),
    "app.id": "1404176564",
    "app.version": "4.2.0",
    "thread": "11900000002",
    "attributes": {"territory": "gb", "votes": 3, "helpful_votes": 2},
}
SECOND = {"external_id": "11900000001", "version": 0, "title": "素晴らしい", "text": "", "created_at": None}


def reviews(where: str) -> tuple[Any, ...]:
    return (Ignore(""), FIRST, SECOND, Bad(where.format(3), ""), Bad(where.format(4), ""))


class TestItunesRss(FileContract, PollContract):
    source = ItunesRss
    polls = DATA / "golden" / "itunes_rss"
    uploads = (
        Upload(name="page.json", body=FEED, expect=reviews("feed[0].entry[{}]")),
        Upload(
            name="pages.json",
            body=FEED + b"\n" + FEED,
            expect=(*reviews("feed[0].entry[{}]"), *reviews("feed[1].entry[{}]")),
        ),
        Upload(
            name="pages.ndjson",
            body=json.dumps(json.loads(FEED)).encode(),
            expect=reviews("line 1.entry[{}]"),
        ),
        Upload(name="empty.json", body=b'{"feed": {"author": {}}}', expect=()),
        Upload(name="other.json", body=b'{"feeds": []}', expect=(), unreadable='no "feed"'),
        Upload(
            name="one.json",
            body=json.dumps({"feed": {"entry": json.loads(FEED)["feed"]["entry"][1]}}).encode(),
            expect=({"external_id": "11900000002", "attributes": FIRST["attributes"]},),
        ),
        Upload(name="page.xml", body=ATOM, expect=reviews("entry[{}]")),
        Upload(
            name="wide.atom",
            body=ATOM.decode().replace("utf-8", "utf-16").encode("utf-16"),
            expect=reviews("entry[{}]"),
        ),
        Upload(
            name="cut.xml",
            body=ATOM[: ATOM.index(b"<id>11900000001")],
            expect=reviews("entry[{}]")[:2],
            unreadable="not XML, or cut off",
        ),
        Upload(name="rss.xml", body=b"<rss><channel/></rss>", expect=(), unreadable="no Atom feed"),
    )


def read(name: str, body: bytes) -> Iterator[Item]:
    hint = FileHint(name=name, modified_at=NOW)
    for _, item in ItunesRss().read(BytesIO(body), hint, None, Connection(source="itunes_rss")):
        if not isinstance(item, Nothing):
            yield item


def in_feed(*entries: str, before: str = "") -> bytes:
    names = 'xmlns="http://www.w3.org/2005/Atom" xmlns:im="http://itunes.apple.com/rss"'
    return f"{before}<feed {names}>{''.join(entries)}</feed>".encode()


ENTRY = "<entry><id>1</id><im:rating>2</im:rating><title>Hm</title></entry>"


def test_both_forms_tell_of_the_same_feedback() -> None:
    def told(name: str, body: bytes) -> list[Feedback]:
        return [item for item in read(name, body) if isinstance(item, Feedback)]

    assert told("a.json", FEED) == told("a.xml", ATOM)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (in_feed(ENTRY, before='<!DOCTYPE feed [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'), "DOCTYPE"),
        (in_feed(ENTRY, before='<!DOCTYPE feed SYSTEM "file:///etc/passwd">'), "DOCTYPE"),
        (in_feed("<entry>" + "<a>" * 30 + "</a>" * 30 + "</entry>"), "deeper than"),
        (in_feed("<entry>" + "<a/>" * 2_000 + "</entry>"), "elements"),
        (in_feed(f"<entry><title>{'x' * 1_100_000}</title></entry>"), "longer than"),
        (in_feed(f'<entry><title a="{"x" * 1_500_000}"/></entry>'), "longer than"),
        (in_feed(f"<id>{'x' * 1_100_000}</id>"), "longer than"),
        (b'<?xml version="1.0" encoding="none-such"?><feed/>', "charset|not XML"),
        (in_feed("<entry>&nbsp;</entry>"), "not XML"),
        (b'<?xml version="1.0" encoding="utf-7"?><feed/>', "charset|not XML"),
    ],
)
def test_an_xml_that_no_feed_is_ends_there(body: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        list(read("a.xml", body))


def test_what_stands_before_the_fault_is_read() -> None:
    found = read("a.xml", in_feed(ENTRY) + b"<feed/>")
    assert isinstance(next(found), Feedback)
    with pytest.raises(Unreadable):
        list(found)


def test_the_text_is_the_plain_one_of_two_contents() -> None:
    (item,) = read(
        "a.xml",
        in_feed(
            '<entry><id>1</id><content type="html">&lt;b&gt;</content>',
            '<content type="text">a &amp; b</content></entry>',
        ),
    )
    assert isinstance(item, Feedback)
    assert item.text == "a & b"


def test_a_country_is_two_letters() -> None:
    with pytest.raises(InvalidSetting, match="two small letters") as refusal:
        read_settings(ItunesRssSettings, {"countries": ["us", "Germany"]})
    assert refusal.value.field == "countries"


class Countries(ItunesFeed):
    """The feeds of several countries, each with the same reviews."""

    def answer(self, asked: Asked) -> Given:
        return super().answer(asked._replace(path="/de" + asked.path[3:]))


def test_countries_are_fetched_one_by_one_and_one_that_fails_begins_anew() -> None:
    with Countries(NOW) as provider:
        for number in range(1, 4):
            provider.add(number, datetime(2026, 1, 1, 0, number, tzinfo=UTC))
        settings = read_settings(ItunesRssSettings, {**provider.settings, "countries": ["de", "at"]})
        connection = Connection(source="itunes_rss", settings=settings)

        def poll(cursor: str | None) -> tuple[list[str], str | None]:
            asked = len(provider.asked)
            try:
                for page in ItunesRss().poll(cursor, connection, PlainHttp(NOW), NOW):
                    cursor = page.cursor
            except PollFailed:
                pass
            return [one.path.split("/")[1] for one in provider.asked[asked:]], cursor

        provider.instead(*[None] * 4, Given.of({}, 500))
        asked, cursor = poll(None)
        assert asked == ["de", "de", "de", "at", "at"]
        asked, cursor = poll(cursor)
        assert asked == ["at", "at", "at", "de"]
        asked, cursor = poll(cursor)
        assert sorted(asked) == ["at", "de"]


def test_a_page_without_reviews_holds_nothing() -> None:
    received = Received(id="1", received_at=NOW, body=b'{"feed": {}}')
    (item,) = ItunesRss().transform(received, Connection(source="itunes_rss"))
    assert isinstance(item, Ignore)


def test_every_webhook_is_refused() -> None:
    with pytest.raises(NotVerified, match="missing"):
        ItunesRss().verify(Request(body=FEED), Connection(source="itunes_rss", secrets=("any",)), NOW)
