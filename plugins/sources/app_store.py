"""App Store Connect's customer reviews: pages of `GET /v1/apps/{id}/customerReviews`, fetched, or as a file;
or NDJSON with a review a line.

https://developer.apple.com/documentation/appstoreconnectapi/get-v1-apps-_id_-customerreviews
https://developer.apple.com/documentation/appstoreconnectapi/generating-tokens-for-api-requests

Apple's specification makes every attribute optional; one of rating, title and body is needed. A review has no
edit date, so its version is 0, and the core recognises an edited review by its digest: the newest 200 are
fetched each time. A review names no app, so the connection's settings may.

App Store Connect sends webhooks, too, but none of their event types tells of a review (`WebhookEventType` of
version 4.3: states of builds and versions, beta feedback, background assets, alternative distribution). So
there is nothing to take from them, and all are refused.
https://developer.apple.com/documentation/appstoreconnectapi/webhook-events
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import quote, urlsplit

from triggeriq import (
    Answered,
    App,
    Author,
    Bad,
    Connection,
    Feedback,
    FileHint,
    Item,
    Nothing,
    Received,
    Source,
    hookimpl,
)
from triggeriq.names import BASE_ADDRESS
from triggeriq.payload import at, identifier, milliseconds, moment, name, parse_object, rating, text
from triggeriq.values import JSON

if TYPE_CHECKING:
    from triggeriq.fetching import Page
    from triggeriq.polling import Http, Polled

_REVIEWS, _RESPONSES = "customerReviews", "customerReviewResponses"
_ADDRESS = "https://api.appstoreconnect.apple.com"
_PER_PAGE = 200
"""The most that Apple gives."""
_TOKEN_SECONDS = 600
"""How long a token is good; Apple takes 20 minutes at most."""
_RESPONSES_KEPT = 10_000
"""Of so many reviews the response is still known when it comes: a page has them behind all of its reviews."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppStoreSettings:
    """Reviews are fetched from App Store Connect, or come as files. There is no way to verify an App Store
    webhook: all are refused.

    In App Store Connect, under Users and Access, Integrations, App Store Connect API, an Account Holder or
    Admin makes a team key with the role Customer Support, which sees reviews and answers them, and little
    else; or a user of that role makes an individual key in his profile. Its file AuthKey_….p8 can be
    downloaded once.
    """

    app_id: str | None = field(default=None, metadata={"max_length": 200})
    """The app's Apple ID, a number such as 1404176564, which App Store Connect shows under App Information.
    To fetch reviews it is needed; for files it may be the bundle id as well, since a review does not name its
    app."""
    credentials: str = field(default="", metadata={"max_length": 2048})
    """The ARN of the secret with which reviews are fetched. It holds {"issuer_id": …, "key_id": …,
    "private_key": …}: the issuer's id that stands above the team's keys, the key's id, and the text of its
    .p8 file. An individual key has no issuer_id. Empty: nothing is fetched."""
    address: str = field(default=_ADDRESS, metadata={"pattern": BASE_ADDRESS})
    """Where App Store Connect answers, for whoever has a proxy before it."""


class AppStore(Source):
    """Fetches reviews and takes files. Apple signs no request that holds a review, so every webhook is
    refused.

    A response of the developer that is published answers the review. What is not fetched: reviews that were
    older than the newest 2,000 when the first poll came, and edits and responses of reviews that 200 newer
    ones have left behind. Such come as a file.
    """

    name = "app_store"
    title = "App Store Connect reviews (fetched, or as files; it sends none, so all webhooks are refused)"
    reads = (".json", ".jsonl", ".ndjson")
    settings = AppStoreSettings

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Item | Nothing]]:
        """See `triggeriq.documents` for the marks."""
        from triggeriq.documents import documents, lines  # not needed by a function that receives webhooks

        reviews = _Reviews(_settings(connection).app_id)
        if hint.name.lower().endswith((".jsonl", ".ndjson")):
            yield from lines(stream, resume, reviews.things, key="data", also=("included",))
        else:
            alone = ("id", "attributes")
            yield from documents(stream, resume, reviews.things, "data", also=("included",), alone=alone)

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        from triggeriq.documents import things_in

        body = parse_object(received.body)
        reviews = _Reviews(_settings(connection).app_id or _app_of(body))
        yield from things_in(body, "data", reviews.things, also=("included",))

    def poll(
        self, cursor: str | None, connection: Connection, http: Http, deadline: datetime
    ) -> Iterator[Polled]:
        from triggeriq.fetching import newest_first

        settings = _settings(connection)
        if not (settings.credentials or connection.credentials):
            return
        calls = _Calls(settings, connection, http)
        yield from newest_first(cursor, calls.page, http, deadline)


def _settings(connection: Connection) -> AppStoreSettings:
    return connection.settings or AppStoreSettings()


class _Calls:
    """Calls of the API, with a token that is made anew before it is too old."""

    def __init__(self, settings: AppStoreSettings, connection: Connection, http: Http) -> None:
        from triggeriq.fetching import credentials
        from triggeriq.polling import PollFailed

        if not settings.app_id:
            raise PollFailed("the connection's setting app_id is empty; it says whose reviews are fetched")
        self._http = http
        self._key = credentials(connection, "key_id", "private_key")
        self._address = settings.address.rstrip("/")
        query = f"sort=-createdDate&limit={_PER_PAGE}&include=response"
        self._first = f"/v1/apps/{quote(settings.app_id, safe='')}/customerReviews?{query}"
        self._token, self._until = "", 0

    def page(self, place: str) -> Page:
        """place: of the page the address behind the host."""
        from triggeriq.fetching import Page, array_of, json_of

        headers = {"authorization": f"Bearer {self._signed()}", "accept": "application/json"}
        asked = place if place.startswith("/") else self._first
        answer = self._http.request("GET", self._address + asked, headers=headers)
        body = json_of(answer)
        reviews = array_of(body, "data")
        times = (moment(at(review, "attributes", "createdDate")) for review in reviews)
        return Page(
            body=answer.body,
            ids=[identifier(at(review, "id")) for review in reviews],
            ages=[milliseconds(time) for time in times if time is not None],
            next=self._place(name(at(body, "links", "next"))),
        )

    def _place(self, url: str | None) -> str | None:
        """What stands behind the host in the address of the next page, where that is Apple's or the
        setting's. It is asked of the setting's, so that no other is ever shown the token."""
        from triggeriq.polling import PollFailed

        if url is None:
            return None
        try:
            there = urlsplit(url)
            known = [one.path for one in map(urlsplit, (self._address, _ADDRESS)) if one[:2] == there[:2]]
        except ValueError:
            known = []
        if not known or not there.path.startswith(f"{known[0]}/"):
            raise PollFailed("the provider names a next page at another address, which is not followed")
        path = there.path.removeprefix(known[0])
        return f"{path}?{there.query}" if there.query else path

    def _signed(self) -> str:
        from triggeriq.tokens import signed

        now = int(self._http.now().timestamp())
        if now >= self._until:
            self._until = now + _TOKEN_SECONDS // 2
            issuer = self._key.get("issuer_id")
            claims: dict[str, JSON] = {
                **({"iss": issuer} if issuer else {"sub": "user"}),  # a team's key, and one of a person
                "iat": now,
                "exp": now + _TOKEN_SECONDS,
                "aud": "appstoreconnect-v1",
            }
            self._token = signed("ES256", claims, self._key["private_key"], self._key["key_id"])
        return self._token


def _app_of(page: JSON) -> str | None:
    """The app that a page's own address names."""
    parts = (name(at(page, "links", "self")) or "").partition("/v1/apps/")[2].split("/")
    return parts[0][:200] if parts[0].isdigit() and parts[1:] else None


class _Reviews:
    """Reads reviews, and the responses behind them in a page."""

    def __init__(self, app_id: str | None) -> None:
        self._app_id = app_id
        self._asked: dict[str, str] = {}
        """Reviews by their response."""

    def things(self, item: JSON, where: str) -> Iterable[Item]:
        if at(item, "type") == _RESPONSES:
            return self._answers(item)
        review = _review(item, where, self._app_id)
        if isinstance(review, Feedback) and (response := review.attributes.get("response_id")):
            self._asked[str(response)] = review.external_id
            if len(self._asked) > _RESPONSES_KEPT:
                del self._asked[next(iter(self._asked))]
        return (review,)

    def _answers(self, response: JSON) -> Iterable[Answered]:
        """A response that is published, and one that Apple is about to publish: somebody has answered."""
        answered_at = moment(at(response, "attributes", "lastModifiedDate"))
        review = identifier(at(response, "relationships", "review", "data", "id"))
        review = review or self._asked.get(identifier(at(response, "id")) or "")
        return (Answered(thread=review, at=answered_at),) if review and answered_at else ()


def _review(item: JSON, where: str, app_id: str | None) -> Feedback | Bad:
    if not isinstance(item, dict) or item.get("type", _REVIEWS) != _REVIEWS:
        return Bad(where, "no customer review")
    review_id = identifier(item.get("id"))
    if review_id is None:
        return Bad(where, "a review without an id")
    title, body = name(at(item, "attributes", "title")), text(at(item, "attributes", "body"))
    stars = rating(at(item, "attributes", "rating"))
    if title is None and body is None and stars is None:
        return Bad(where, "a review without attributes: no rating, no title and no body")
    return Feedback(
        external_id=review_id,
        kind="review",
        title=title,
        text=body or "",
        rating=stars,
        author=Author(name=name(at(item, "attributes", "reviewerNickname"))),
        created_at=moment(at(item, "attributes", "createdDate")),
        app=App(id=app_id),
        thread=review_id,
        attributes={
            key: value
            for key, value in {
                "territory": name(at(item, "attributes", "territory")),
                "response_id": identifier(at(item, "relationships", "response", "data", "id")),
            }.items()
            if value
        },
    )


@hookimpl
def register_sources(register: Any) -> None:
    register(AppStore)
