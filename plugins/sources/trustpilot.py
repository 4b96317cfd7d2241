"""Trustpilot's service reviews of a company: fetched from its API, as files of the API's JSON, and by
webhook.

https://developers.trustpilot.com/business-units-api (Get private reviews)
https://developers.trustpilot.com/business-units-api-(public)
https://developers.trustpilot.com/authentication
https://support.trustpilot.com/hc/en-us/community/posts/10109980750738-How-to-set-up-Trustpilot-Webhooks

Trustpilot's webhooks are not signed, and none of its pages tells of another proof. So they are refused,
unless a connection's name is its secret. Only they tell that a review was deleted.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, Literal
from urllib.parse import quote

from triggeriq import (
    JSON,
    Answered,
    Author,
    Bad,
    Connection,
    Event,
    Events,
    Feedback,
    FileHint,
    Ignore,
    Item,
    Nothing,
    Received,
    Redacted,
    Request,
    Scheme,
    Source,
    Unreadable,
    hookimpl,
)
from triggeriq.names import BASE_ADDRESS
from triggeriq.payload import at, digest, identifier, milliseconds, moment, name, parse_object, rating, text

if TYPE_CHECKING:
    from triggeriq.fetching import Page
    from triggeriq.polling import Http, Polled

_PER_PAGE = 100
"""The most that Trustpilot gives."""
_TOKENS = "/v1/oauth/oauth-business-users-for-applications/accesstoken"
_SOME_TIME = datetime.fromtimestamp(0, UTC)
"""Of a deletion, where it does not matter."""
_SAID, _DELETED = ("service-review-created", "service-review-updated"), "service-review-deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustpilotSettings:
    """Reviews are fetched from Trustpilot's API, or come as files, or by webhook.

    In Trustpilot Business, under Integrations, Developers, APIs, make an application: it has an API key and a
    secret.
    """

    business_unit: str = field(default="", metadata={"pattern": r"^[0-9a-fA-F]{0,64}$"})
    """The id of the business unit, 24 characters. It is the `id` of what
    https://api.trustpilot.com/v1/business-units/find?name=example.com&apikey=… answers. Empty: nothing is
    fetched."""
    credentials: str = field(default="", metadata={"max_length": 2048})
    """The ARN of the secret with which reviews are fetched. It holds {"api_key": …, "api_secret": …}. Without
    api_secret only what is public is fetched: neither the customer's address nor the order's number."""
    webhooks: Literal["refused", "secret_name"] = "refused"
    """refused: no webhook is taken. secret_name: Trustpilot's webhooks are taken by the connection's own
    name, which is the secret: random, and at least 32 characters long. It stands in logs, events and every
    ticket, so whoever may read those can send reviews. At Trustpilot, under Integrations, Developers, Webhook
    notifications, its address is subscribed to new, updated and deleted service reviews."""
    address: str = field(default="https://api.trustpilot.com", metadata={"pattern": BASE_ADDRESS})
    """Where the API answers, for whoever has a proxy before it."""


class Trustpilot(Source):
    """Fetches reviews, takes files of the API's JSON (a page, a review, NDJSON of either), and webhooks.

    A review's `updatedAt` is its version; the company's reply answers it; a deletion takes its words back.
    What is not fetched: reviews that were older than the newest 1,000 when the first poll came, edits and
    replies of reviews that 100 newer ones have left behind, and reviews of products.
    """

    name = "trustpilot"
    title = "Trustpilot reviews (fetched, as files, or by webhook, which only a secret address proves)"
    reads = (".json", ".jsonl", ".ndjson")
    verification = (Scheme(kind="secret_name"),)
    settings = TrustpilotSettings

    def schemes(self, connection: Connection) -> tuple[Scheme, ...]:
        return self.verification if _settings(connection).webhooks == "secret_name" else ()

    def receive(self, request: Request, connection: Connection) -> Events | Ignore:
        """An event's id is the sha256 of its bytes, since Trustpilot numbers none."""
        items = list(_told(parse_object(request.body), _SOME_TIME))
        ignored = [item for item in items if isinstance(item, Ignore)]
        bad = [item for item in items if isinstance(item, Bad)]
        if len(ignored) + len(bad) < len(items):
            about = "\n".join(_about(item) for item in items)
            return Events(Event(digest(request.body), about=identifier(about)))
        if bad:
            raise Unreadable(f"{bad[0].where}: {bad[0].reason}")
        return ignored[0]

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        """Of a webhook, and of a page that was fetched."""
        from triggeriq.documents import things_in

        body = parse_object(received.body)
        if "events" in body:
            yield from _told(body, received.received_at)
        else:
            yield from things_in(body, "reviews", _things)

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Item | Nothing]]:
        """See `triggeriq.documents` for the marks."""
        from triggeriq.documents import documents, lines  # not needed by a function that receives webhooks

        if hint.name.lower().endswith((".jsonl", ".ndjson")):
            yield from lines(stream, resume, _things, key="reviews")
        else:
            yield from documents(stream, resume, _things, "reviews", alone=("id", "stars"))

    def poll(
        self, cursor: str | None, connection: Connection, http: Http, deadline: datetime
    ) -> Iterator[Polled]:
        from triggeriq.fetching import newest_first

        settings = _settings(connection)
        if not (settings.credentials or connection.credentials):
            return
        calls = _Calls(settings, connection, http)
        yield from newest_first(cursor, calls.page, http, deadline)


def _settings(connection: Connection) -> TrustpilotSettings:
    return connection.settings or TrustpilotSettings()


class _Calls:
    """Calls of the API: of the private reviews where there is a secret, else of the public ones."""

    def __init__(self, settings: TrustpilotSettings, connection: Connection, http: Http) -> None:
        from triggeriq.fetching import credentials
        from triggeriq.polling import PollFailed

        if not settings.business_unit:
            raise PollFailed(
                "the connection's setting business_unit is empty; it says whose reviews are fetched"
            )
        self._http = http
        self._key = credentials(connection, "api_key")
        if not all(value.isascii() and value.isprintable() for value in self._key.values()):
            raise PollFailed("the secret of the setting credentials has characters that no header may have")
        self._address = settings.address.rstrip("/")
        private = "private/" if "api_secret" in self._key else ""
        unit = quote(settings.business_unit, safe="")
        self._pages = f"{self._address}/v1/{private}business-units/{unit}/reviews"
        self._token = ""

    def page(self, place: str) -> Page:
        """place: the number of the page."""
        from triggeriq.fetching import Page, array_of, json_of

        number = int(place) if place.isdigit() else 1
        url = f"{self._pages}?orderBy=createdat.desc&perPage={_PER_PAGE}&page={number}"
        answer = self._http.request("GET", url, headers={"accept": "application/json", **self._proof()})
        reviews = array_of(json_of(answer), "reviews")
        times = (moment(at(review, "createdAt")) for review in reviews)
        return Page(
            body=answer.body,
            ids=[identifier(at(review, "id")) for review in reviews],
            ages=[milliseconds(time) for time in times if time is not None],
            next=str(number + 1) if len(reviews) >= _PER_PAGE else None,
        )

    def _proof(self) -> Mapping[str, str]:
        from triggeriq.fetching import json_of
        from triggeriq.polling import PollFailed

        if "api_secret" not in self._key:
            return {"apikey": self._key["api_key"]}
        if not self._token:
            pair = base64.b64encode(f"{self._key['api_key']}:{self._key['api_secret']}".encode()).decode()
            headers = {
                "authorization": f"Basic {pair}",
                "content-type": "application/x-www-form-urlencoded",
                "accept": "application/json",
            }
            url = self._address + _TOKENS
            answer = self._http.request("POST", url, headers=headers, body=b"grant_type=client_credentials")
            token = name(at(json_of(answer), "access_token"))
            if token is None or not token.isascii() or not token.isprintable():
                raise PollFailed("Trustpilot gave no access_token for the key and its secret")
            self._token = token
        return {"authorization": f"Bearer {self._token}"}


def _told(body: Mapping[str, JSON], received_at: datetime) -> Iterator[Item]:
    """What a webhook tells: of reviews that are new, edited or deleted."""
    events = body.get("events")
    if not isinstance(events, list):
        raise Unreadable("there is no array of events")
    if not events:
        yield Ignore("no events")
    for place, event in enumerate(events):
        kind, review = name(at(event, "eventName")) or "", at(event, "eventData")
        where = f"events[{place}]"
        if kind in _SAID:
            yield from _things(review, where)
        elif kind == _DELETED:
            review_id = identifier(at(review, "id"))
            deleted_at = moment(at(review, "deletedAt")) or received_at
            yield Redacted(external_id=review_id, at=deleted_at) if review_id else Bad(where, "no id")
        else:
            yield Ignore(f"{kind[:100] or 'an event without a name'} holds no feedback")


def _about(item: Item) -> str:
    if isinstance(item, Feedback | Redacted):
        return item.external_id or ""
    return ""


def _things(review: JSON, where: str) -> Iterator[Item]:
    """A review, as the API and the webhooks have it, and that the company answered it."""
    review_id = identifier(at(review, "id"))
    if review_id is None:
        yield Bad(where, "a review without an id")
        return
    title, words = name(at(review, "title")), text(at(review, "text"))
    stars = rating(at(review, "stars"))
    if title is None and words is None and stars is None:
        yield Bad(where, "a review without stars, title and text")
        return
    yield Feedback(
        external_id=review_id,
        version=milliseconds(moment(at(review, "updatedAt"))),
        kind="review",
        title=title,
        text=words or "",
        rating=stars,
        language=name(at(review, "language")),
        author=Author(
            id=name(at(review, "consumer", "id")),
            name=name(at(review, "consumer", "displayName")) or name(at(review, "consumer", "name")),
            email=name(at(review, "referralEmail")),
        ),
        created_at=moment(at(review, "createdAt")),
        url=f"https://www.trustpilot.com/reviews/{quote(review_id, safe='')}",
        thread=review_id,
        attributes=_attributes(review),
    )
    replied_at = moment(at(review, "companyReply", "createdAt")) or moment(
        at(review, "companyReply", "updatedAt")
    )
    if replied_at is not None:
        yield Answered(thread=review_id, at=replied_at)


def _attributes(review: JSON) -> dict[str, JSON]:
    verified, tags = at(review, "isVerified"), at(review, "tags")
    found: dict[str, JSON] = {
        "verified": verified if isinstance(verified, bool) else None,
        "reference_id": name(at(review, "referenceId")),
        "location": name(at(review, "location", "name")) or name(at(review, "locationId")),
        "author_location": name(at(review, "consumer", "displayLocation")),
        "status": name(at(review, "status")),
        "origin": name(at(review, "source")),
        "experienced_at": name(at(review, "experiencedAt")),
        "tags": [one for tag in tags if (one := name(at(tag, "value")))] if isinstance(tags, list) else None,
    }
    return {key: value for key, value in found.items() if value not in (None, [])}


@hookimpl
def register_sources(register: Any) -> None:
    register(Trustpilot)
