"""The App Store's public feed of customer reviews, as JSON and as Atom: fetched, or as files.

    https://itunes.apple.com/us/rss/customerreviews/page=1/id=1404176564/sortby=mostrecent/json

Anybody may fetch it, without a key. Apple has no page about it; what is said here is what it answers. It has
the newest 500 reviews of a country's store, 50 a page. Each names its version of the app, and when it was
last edited (`updated`; older JSON feeds have no times). In older feeds the first entry is the app itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO

from triggeriq import Connection, FileHint, InvalidSetting, Item, Nothing, Received, Source, hookimpl
from triggeriq.names import BASE_ADDRESS
from triggeriq.payload import parse_object

if TYPE_CHECKING:
    from triggeriq.fetching import Page
    from triggeriq.polling import Http, Polled

_LAST_PAGE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class ItunesRssSettings:
    """Reviews are fetched from Apple's public feed, or come as files. It needs no key, and Apple sends no
    webhooks: all are refused."""

    app_id: str = field(default="", metadata={"pattern": r"^[0-9]{0,20}$"})
    """The app's number, as it stands in its address in the store behind `id`:
    apps.apple.com/us/app/shop/id1404176564. Empty: nothing is fetched."""
    countries: tuple[str, ...] = field(default=("us",), metadata={"min_length": 1, "max_length": 20})
    """The stores whose reviews are fetched, by the two letters of their country: ["us", "gb", "de"]. Each has
    reviews of its own."""
    address: str = field(default="https://itunes.apple.com", metadata={"pattern": BASE_ADDRESS})
    """Where the feed is, for whoever has a proxy before it."""

    def __post_init__(self) -> None:
        for country in self.countries:
            if not re.fullmatch("[a-z]{2}", country):
                raise InvalidSetting("a country is two small letters, such as us", "countries")


class ItunesRss(Source):
    """Fetches the feed as JSON, and takes files of JSON and of Atom. A review has the same id in both.

    Answers of the developer are not in the feed. What is not fetched: reviews beyond the newest 500 of a
    country. The reviews of `app_store` have other ids: use one of the two for an app.
    """

    name = "itunes_rss"
    title = "App Store reviews from Apple's public feed (fetched, or as files; it sends no webhooks)"
    reads = (".json", ".jsonl", ".ndjson", ".xml", ".atom", ".rss")
    settings = ItunesRssSettings

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Item | Nothing]]:
        """The marks of Atom are the number of entries read so far; see `triggeriq.documents` for the
        others."""
        # Not needed by a function that receives webhooks
        from plugins.sources.itunes_parts.atom import entries
        from plugins.sources.itunes_parts.feed import feed_things, review
        from triggeriq.documents import documents, lines

        app_id = _settings(connection).app_id
        if hint.name.lower().endswith((".xml", ".atom", ".rss")):
            done = int(resume or 0)
            for count, found in entries(stream):
                if found is None or count <= done:
                    yield str(max(count, done)), Nothing()
                else:
                    yield str(count), review(found[0], f"entry[{count - 1}]", found[1], app_id)
        elif hint.name.lower().endswith((".jsonl", ".ndjson")):
            yield from lines(stream, resume, lambda feed, at: feed_things(feed, at, app_id), key="feed")
        else:
            yield from documents(stream, resume, lambda feed, at: feed_things(feed, at, app_id), "feed")

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        from plugins.sources.itunes_parts.feed import feed_things
        from triggeriq.documents import things_in

        app_id = _settings(connection).app_id
        body = parse_object(received.body)
        yield from things_in(body, "feed", lambda feed, where: feed_things(feed, where, app_id))

    def poll(
        self, cursor: str | None, connection: Connection, http: Http, deadline: datetime
    ) -> Iterator[Polled]:
        """The countries one after the other; those that were not read to their end yet come first."""
        from triggeriq.fetching import Walk, read_cursor, walked, written
        from triggeriq.polling import Polled

        settings = _settings(connection)
        if not settings.app_id:
            return
        feeds = f"{settings.address.rstrip('/')}/{{country}}/rss/customerreviews"
        known = read_cursor(cursor)
        walks = {country: Walk.unpacked(known.get(country)) for country in settings.countries}
        for country in sorted(walks, key=lambda one: walks[one].until is not None):
            calls = _Calls(f"{feeds.format(country=country)}/page={{page}}/id={settings.app_id}", http)
            # At most ten pages: a walk that is interrupted begins anew, so that the cursor stays short
            for body, walk in walked(Walk(walks[country].until), calls.page, http, deadline):
                walks[country] = walk if not walk.place else Walk(walks[country].until)
                yield Polled(body=body, cursor=written({one: at.packed() for one, at in walks.items()}))


def _settings(connection: Connection) -> ItunesRssSettings:
    return connection.settings or ItunesRssSettings()


class _Calls:
    def __init__(self, address: str, http: Http) -> None:
        self._address, self._http = f"{address}/sortby=mostrecent/json", http

    def page(self, place: str) -> Page:
        """place: the number of the page."""
        from plugins.sources.itunes_parts.feed import age, entries_of, id_of
        from triggeriq.fetching import Page, json_of
        from triggeriq.polling import PollFailed

        number = int(place or 1)
        answer = self._http.request("GET", self._address.format(page=number))
        feed = json_of(answer).get("feed")
        if not isinstance(feed, dict):
            raise PollFailed("the provider answered with JSON that is no feed of reviews")
        reviews = entries_of(feed)
        return Page(
            body=answer.body,
            ids=[id_of(entry) for entry in reviews],
            ages=[known for entry in reviews if (known := age(entry))],
            next=str(number + 1) if number < _LAST_PAGE else None,
        )


@hookimpl
def register_sources(register: Any) -> None:
    register(ItunesRss)
