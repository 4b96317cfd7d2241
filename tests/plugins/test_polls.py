"""Sources that fetch, against servers that speak their providers' APIs: what is new, and what goes wrong."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from plugins.sources.app_store import AppStore
from plugins.sources.google_play import GooglePlay
from plugins.sources.itunes_rss import ItunesRss
from plugins.sources.trustpilot import Trustpilot
from tests.plugins.providers.plain_http import PlainHttp
from tests.plugins.providers.provider import HTML, SILENCE, Given
from tests.plugins.providers.stores import STORES, Reviewed, TrustpilotApi
from triggeriq import Connection, Feedback, Polled, PollFailed, Received, Source
from triggeriq.settings import read_settings

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SOURCES: dict[str, type[Source]] = {one.name: one for one in (AppStore, GooglePlay, ItunesRss, Trustpilot)}


@pytest.fixture(params=STORES, ids=[one.source for one in STORES])
def store(request: pytest.FixtureRequest) -> Iterator[Reviewed]:
    with request.param(NOW) as provider:
        provider.per_page = min(provider.per_page, 2)
        yield provider


@pytest.fixture
def paged(store: Reviewed) -> Reviewed:
    """One whose pages are short; Trustpilot's end where they are."""
    if isinstance(store, TrustpilotApi):
        store.per_page = 100
    return store


def fill(store: Reviewed, first: int, last: int) -> None:
    for number in range(first, last + 1):
        store.add(number, NOW - timedelta(hours=10) + timedelta(seconds=number), f"Said {number}")


def connection(store: Reviewed) -> Connection:
    settings: Any = SOURCES[store.source].settings
    return Connection(
        source=store.source, settings=read_settings(settings, store.settings), credentials=store.credentials
    )


def poll(
    store: Reviewed, cursor: str | None = None, *, seconds: float = 5, left: float = 60
) -> Iterator[Polled]:
    source = SOURCES[store.source]()
    http = PlainHttp(store.now, seconds)
    yield from source.poll(cursor, connection(store), http, store.now + timedelta(seconds=left))


def numbers(store: Reviewed, pages: list[Polled]) -> list[int]:
    """Of the reviews that the pages hold, as `transform` reads them."""
    source = SOURCES[store.source]()
    return [
        int(item.external_id.removeprefix("review-"))
        for page in pages
        for item in source.transform(Received(id="1", received_at=NOW, body=page.body), connection(store))
        if isinstance(item, Feedback)
    ]


def asked_for_pages(store: Reviewed) -> int:
    return sum(one.method == "GET" for one in store.asked)


def test_the_first_poll_fetches_what_there_is(paged: Reviewed) -> None:
    fill(paged, 1, 5)
    assert numbers(paged, list(poll(paged))) == [5, 4, 3, 2, 1]


def test_where_nothing_is_new_only_the_first_page_is_asked_for_and_has_the_same_bytes(
    paged: Reviewed,
) -> None:
    fill(paged, 1, 5)
    first = list(poll(paged))
    before = asked_for_pages(paged)
    again = list(poll(paged, first[-1].cursor))
    assert [page.body for page in again] == [first[0].body]
    assert again[-1].cursor == first[-1].cursor
    assert asked_for_pages(paged) == before + 1


def test_what_is_new_is_fetched_over_all_of_its_pages(paged: Reviewed) -> None:
    fill(paged, 1, 5)
    cursor = list(poll(paged))[-1].cursor
    fill(paged, 6, 10)
    found = numbers(paged, list(poll(paged, cursor)))
    assert {6, 7, 8, 9, 10} <= set(found)
    assert 1 not in found or isinstance(paged, TrustpilotApi)


def test_an_edit_on_the_first_page_is_seen(paged: Reviewed) -> None:
    fill(paged, 1, 3)
    first = list(poll(paged))
    paged.reviews.pop(0)
    paged.add(3, NOW - timedelta(hours=10) + timedelta(seconds=3), "Said otherwise")
    again = list(poll(paged, first[-1].cursor))
    assert again[0].body != first[0].body
    assert b"Said otherwise" in again[0].body


def test_a_poll_that_is_cut_short_is_taken_up_and_nothing_is_lost(paged: Reviewed) -> None:
    fill(paged, 1, 350 if isinstance(paged, TrustpilotApi) else 8)
    tokens = 1 if paged.source in ("google_play", "trustpilot") else 0
    paged.instead(*[None] * (tokens + 2), Given.of({}, 500))
    kept: list[Polled] = []
    with pytest.raises(PollFailed, match="500"):
        kept.extend(poll(paged))
    assert len(kept) == 2
    rest = list(poll(paged, kept[-1].cursor))
    assert set(numbers(paged, kept + rest)) == set(range(1, len(paged.reviews) + 1))
    assert list(poll(paged, rest[-1].cursor))[-1].cursor == rest[-1].cursor


@pytest.mark.parametrize(
    ("given", "status", "said"),
    [
        (Given.of({"errors": []}, 401), 401, "401"),
        (Given(429, b"", {"Retry-After": "120"}), 429, "429"),
        (Given.of({}, 500), 500, "500"),
        (HTML, 200, "HTML"),
        (Given(200, b"\xff\xfe"), 200, "can't be read"),
        (Given.of([]), 200, "can't be read"),
        (SILENCE, None, "did not answer"),
    ],
)
def test_what_is_no_page_ends_the_poll_and_says_so(
    store: Reviewed, given: Given, status: int | None, said: str
) -> None:
    fill(store, 1, 2)
    store.always(given)
    with pytest.raises(PollFailed, match=said) as failure:
        list(poll(store, seconds=0.2))
    assert failure.value.status == status
    store.always(None)
    assert numbers(store, list(poll(store))) == [2, 1]


def test_a_page_that_comes_again_for_ever_is_noticed(store: Reviewed) -> None:
    fill(store, 1, 100 if isinstance(store, TrustpilotApi) else 4)
    if isinstance(store, TrustpilotApi):
        store.per_page = 100
    first = store.page(0)
    store.page = lambda begin: first  # type: ignore[method-assign]  # whatever is asked for
    store.reviews = [*first, *first]
    pages = poll(store)
    next(pages)
    with pytest.raises(PollFailed, match=r"again|already"):
        list(pages)
    assert asked_for_pages(store) <= 3


def test_an_empty_list_is_no_page(store: Reviewed) -> None:
    assert list(poll(store)) == []


def test_after_the_deadline_no_page_is_begun(store: Reviewed) -> None:
    fill(store, 1, 2)
    assert list(poll(store, left=-1)) == []
    assert store.asked == []


def test_a_connection_for_files_alone_is_not_polled_in_vain(store: Reviewed) -> None:
    settings: Any = SOURCES[store.source].settings
    files_alone = Connection(source=store.source, settings=settings())
    assert list(SOURCES[store.source]().poll(None, files_alone, PlainHttp(NOW), NOW)) == []
    unconfigured = Connection(source=store.source)
    assert list(SOURCES[store.source]().poll(None, unconfigured, PlainHttp(NOW), NOW)) == []


def test_whose_reviews_are_fetched_must_be_said(store: Reviewed) -> None:
    if store.source == "itunes_rss":
        pytest.skip("it then fetches nothing")
    settings: Any = SOURCES[store.source].settings
    nameless = Connection(source=store.source, settings=settings(), credentials=store.credentials)
    with pytest.raises(PollFailed, match=r"setting (app_id|package|business_unit) is empty"):
        list(SOURCES[store.source]().poll(None, nameless, PlainHttp(NOW), NOW))


def test_a_wrong_key_is_refused_by_the_provider_or_before(store: Reviewed) -> None:
    if store.source == "itunes_rss":
        pytest.skip("it needs none")
    given = connection(store)
    spoilt = given.credentials.replace("-1", "-2").replace("KEY1", "KEY2")
    wrong = Connection(source=store.source, settings=given.settings, credentials=spoilt)
    with pytest.raises(PollFailed, match="40"):
        list(SOURCES[store.source]().poll(None, wrong, PlainHttp(NOW), NOW))
