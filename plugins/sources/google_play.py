"""Google Play's reviews: fetched from the Google Play Developer API, as files of its JSON, and as the monthly
CSV of the Play Console.

https://developers.google.com/android-publisher/reply-to-reviews
https://developers.google.com/android-publisher/api-ref/rest/v3/reviews
https://developers.google.com/identity/protocols/oauth2/service-account#httprest

Google sends no webhook that tells of a review. The API gives those with words, of the last week, in the order
of their last edit; the console's export has all of them, with their first time, and the same ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote, urlencode

from triggeriq import Connection, FileHint, Item, Nothing, Received, Source, hookimpl
from triggeriq.names import BASE_ADDRESS
from triggeriq.payload import at, identifier, milliseconds, moment, name, parse_object
from triggeriq.values import JSON

if TYPE_CHECKING:
    from triggeriq.fetching import Page
    from triggeriq.polling import Http, Polled

_PER_PAGE = 100
"""The most that Google gives."""
_WEEK = 1_000
"""Pages of the first poll: all that there are, since none is older than a week."""
_PAGES = 40
"""Pages of one poll: Google lets 200 requests an hour through for an app.
https://support.google.com/googleplay/android-developer/contact/review_apiqr"""
_SCOPE = "https://www.googleapis.com/auth/androidpublisher"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_TOKEN_SECONDS = 3_600
_EXPORTED = re.compile(r"reviews_(?P<package>[A-Za-z0-9_.]{1,200})_\d{6}\b.*", re.ASCII)
"""How the console names a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GooglePlaySettings:
    """Reviews are fetched from the Google Play Developer API, or come as files. Google sends no webhooks: all
    are refused.

    In a project of the Google Cloud console, enable the Google Play Android Developer API, make a service
    account, and a key of it as JSON. In the Play Console, under Users and permissions, invite the account's
    address, and give it for this app the permissions "View app information" and "Reply to reviews", without
    which Google shows it no review.
    """

    package: str | None = field(default=None, metadata={"pattern": r"^[A-Za-z0-9_.]{1,200}$"})
    """The app's package name, such as com.example.shop, as it stands in its address in the store. To fetch
    reviews it is needed. In files the column Package Name counts first, then the file's name, then this."""
    credentials: str = field(default="", metadata={"max_length": 2048})
    """The ARN of the secret with which reviews are fetched: it holds the service account's key, all of the
    JSON file that Google gave, of which client_email, private_key and private_key_id are used. Empty: nothing
    is fetched."""
    address: str = field(
        default="https://androidpublisher.googleapis.com", metadata={"pattern": BASE_ADDRESS}
    )
    """Where the API answers, for whoever has a proxy before it."""
    token_address: str = field(
        default="https://oauth2.googleapis.com/token", metadata={"pattern": BASE_ADDRESS}
    )
    """Where Google gives tokens. It is never taken from the key's own token_uri."""


class GooglePlay(Source):
    """Fetches reviews, and takes files of the API's JSON (a page of reviews.list, a review of reviews.get,
    NDJSON of either) and the console's CSV.

    A review has the same id and version by all ways. A reply of the developer answers it. Not fetched:
    ratings without words, and what is older than a week; such come as a file.
    """

    name = "google_play"
    title = "Google Play reviews (fetched, or as files; Google sends none, so all webhooks are refused)"
    reads = (".json", ".jsonl", ".ndjson", ".csv")
    settings = GooglePlaySettings

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Item | Nothing]]:
        """See `triggeriq.documents` for the marks of JSON; a row's is its last line, and the place behind
        it."""
        from plugins.sources.google_play_parts.export import (
            rows,  # a function that receives webhooks reads no files
        )
        from triggeriq.documents import documents, lines

        exported = _EXPORTED.fullmatch(hint.name)
        package = exported["package"] if exported else _settings(connection).package
        if hint.name.lower().endswith(".csv"):
            yield from rows(stream, resume, package)
        elif hint.name.lower().endswith((".jsonl", ".ndjson")):
            yield from lines(
                stream, resume, lambda item, where: _of_a_page(item, where, package), key="reviews"
            )
        else:
            alone = ("reviewId", "tokenPagination", "pageInfo")
            yield from documents(
                stream, resume, lambda item, where: _of_a_page(item, where, package), "reviews", alone=alone
            )

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        from plugins.sources.google_play_parts.reviews import things
        from triggeriq.documents import things_in

        package, body = _settings(connection).package, parse_object(received.body)
        if "reviewId" not in body:
            body.setdefault("reviews", [])  # Google leaves it out where there is none
        yield from things_in(body, "reviews", lambda item, where: things(item, where, package))

    def poll(
        self, cursor: str | None, connection: Connection, http: Http, deadline: datetime
    ) -> Iterator[Polled]:
        from triggeriq.fetching import newest_first

        settings = _settings(connection)
        if not (settings.credentials or connection.credentials):
            return
        calls = _Calls(settings, connection, http)
        yield from newest_first(cursor, calls.page, http, deadline, first_pages=_WEEK, most=_PAGES)


def _settings(connection: Connection) -> GooglePlaySettings:
    return connection.settings or GooglePlaySettings()


def _of_a_page(item: JSON, where: str, package: str | None) -> Iterator[Item]:
    """What a review holds; nothing in a page that Google gave without any, since it leaves them out."""
    from plugins.sources.google_play_parts.reviews import things

    if (
        isinstance(item, dict)
        and "reviewId" not in item
        and ("tokenPagination" in item or "pageInfo" in item)
    ):
        return
    yield from things(item, where, package)


class _Calls:
    """Calls of the API, with a token that the service account's key was changed for."""

    def __init__(self, settings: GooglePlaySettings, connection: Connection, http: Http) -> None:
        from triggeriq.fetching import credentials
        from triggeriq.polling import PollFailed

        if not settings.package:
            raise PollFailed("the connection's setting package is empty; it says whose reviews are fetched")
        self._http, self._settings = http, settings
        self._key = credentials(connection, "client_email", "private_key")
        path = f"androidpublisher/v3/applications/{quote(settings.package, safe='')}/reviews"
        self._first = f"{settings.address.rstrip('/')}/{path}?maxResults={_PER_PAGE}"
        self._token = ""

    def page(self, place: str) -> Page:
        """place: the token of the page."""
        from triggeriq.fetching import Page, array_of, json_of

        headers = {"authorization": f"Bearer {self._changed()}", "accept": "application/json"}
        url = f"{self._first}&{urlencode({'token': place})}" if place else self._first
        answer = self._http.request("GET", url, headers=headers)
        body = json_of(answer)
        reviews = array_of(body, "reviews")
        return Page(
            body=answer.body,
            ids=[identifier(at(review, "reviewId")) for review in reviews],
            ages=[age for review in reviews if (age := _edited(review))],
            next=name(at(body, "tokenPagination", "nextPageToken")),
        )

    def _changed(self) -> str:
        from triggeriq.fetching import json_of
        from triggeriq.polling import PollFailed
        from triggeriq.tokens import signed

        if not self._token:
            now, asked = int(self._http.now().timestamp()), self._settings.token_address
            claims: dict[str, JSON] = {
                "iss": self._key["client_email"],
                "scope": _SCOPE,
                "aud": asked,
                "iat": now,
                "exp": now + _TOKEN_SECONDS,
            }
            assertion = signed("RS256", claims, self._key["private_key"], self._key.get("private_key_id", ""))
            form = urlencode({"grant_type": _GRANT, "assertion": assertion}).encode()
            headers = {"content-type": "application/x-www-form-urlencoded", "accept": "application/json"}
            token = name(
                at(json_of(self._http.request("POST", asked, headers=headers, body=form)), "access_token")
            )
            if token is None or not token.isascii() or not token.isprintable():
                raise PollFailed("Google gave no access_token for the service account's key")
            self._token = token
        return self._token


def _edited(review: JSON) -> int:
    """When its author last edited it, in milliseconds; 0 where it does not say."""
    comments = at(review, "comments")
    times = (
        moment(at(comment, "userComment", "lastModified"))
        for comment in (comments if isinstance(comments, list) else [])
    )
    return max(map(milliseconds, times), default=0)


@hookimpl
def register_sources(register: Any) -> None:
    register(GooglePlay)
