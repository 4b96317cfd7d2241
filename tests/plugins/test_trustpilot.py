"""Trustpilot's reviews: pages of its API, and its webhooks."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plugins.sources.trustpilot import Trustpilot, TrustpilotSettings
from tests.plugins.providers.plain_http import PlainHttp
from tests.plugins.providers.stores import TrustpilotApi
from triggeriq import (
    Answered,
    Bad,
    Connection,
    Events,
    Ignore,
    Item,
    NotVerified,
    Received,
    Redacted,
    Request,
    Unreadable,
)
from triggeriq.settings import read_settings
from triggeriq.testing import FileContract, PollContract, Upload, WebhookContract

DATA = Path(__file__).parents[1] / "data"
PAGE = (DATA / "reviews" / "trustpilot_page.json").read_bytes()
NOW = datetime(2026, 1, 4, tzinfo=UTC)
ID = "65a1b2c3d4e5f60001a1b2c3"
FIRST = {
    "external_id": ID,
    "version": 1767434400000,
    "kind": "review",
    "title": "Never arrived",
    "text": "The order never arrived.\nNobody answers.",
    "rating": 2,
    "language": "en",
    "author.id": "65a1b2c3d4e5f60001a1b2c0",
    "author.name": "Ines Lund",
    "author.email": "ines@example.com",
    "created_at": datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    "url": f"https://www.trustpilot.com/reviews/{ID}",
    "thread": ID,
    "attributes": {
        "verified": True,
        "reference_id": "order-4711",
        "location": "Pilestraede 58",
        "author_location": "Oslo, NO",
        "status": "active",
        "origin": "Organic",
        "experienced_at": "2025-12-30T00:00:00Z",
        "tags": ["late"],
    },
}
SECOND = {
    "version": 0,
    "title": "Great",
    "text": "",
    "rating": 5,
    "created_at": datetime(2026, 1, 1, 13, 37, tzinfo=UTC),
    "attributes": {"verified": False, "status": "active"},
}
REPLIED = Answered(thread=ID, at=datetime(2026, 1, 2, 12, tzinfo=UTC))
REVIEWS = (FIRST, REPLIED, SECOND, Bad("reviews[2]", ""), Bad("reviews[3]", ""))
SECRET_NAME = "trustpilot-" + "0123456789abcdef" * 2


class TestTrustpilotFiles(FileContract, PollContract):
    source = Trustpilot
    polls = DATA / "golden" / "trustpilot"
    credentials = json.dumps({"api_key": "key-of-the-tests", "api_secret": "secret-of-the-tests"})
    uploads = (
        Upload(name="page.json", body=PAGE, expect=REVIEWS),
        Upload(
            name="review.json", body=json.dumps(json.loads(PAGE)["reviews"][0]).encode(), expect=REVIEWS[:2]
        ),
        Upload(
            name="pages.ndjson",
            body=json.dumps(json.loads(PAGE)).encode() + b"\n{oops\n",
            expect=(*REVIEWS[:3], Bad("line 1", ""), Bad("line 1", ""), Bad("line 2", "")),
        ),
        Upload(name="empty.json", body=b'{"links": [], "reviews": []}', expect=()),
    )


class TestTrustpilotWebhooks(WebhookContract):
    source = Trustpilot
    golden = DATA / "golden" / "trustpilot"


def connection(**settings: Any) -> Connection:
    made = read_settings(TrustpilotSettings, settings)
    return Connection(source="trustpilot", name=SECRET_NAME, settings=made)


def told(*events: Any) -> tuple[Events | Ignore, list[Item]]:
    body = json.dumps({"events": events}).encode()
    source, trusting = Trustpilot(), connection(webhooks="secret_name")
    answer = source.receive(Request(body=body), trusting)
    return answer, list(source.transform(Received(id="1", received_at=NOW, body=body), trusting))


@pytest.mark.parametrize(
    ("name", "webhooks"),
    [("default", "secret_name"), (SECRET_NAME, "refused"), (SECRET_NAME[:31], "secret_name")],
)
def test_a_webhook_is_refused_unless_its_address_is_a_secret_that_was_chosen(
    name: str, webhooks: str
) -> None:
    settings = read_settings(TrustpilotSettings, {"webhooks": webhooks})
    refusing = Connection(source="trustpilot", name=name, settings=settings, secrets=("any",))
    with pytest.raises(NotVerified, match="missing"):
        Trustpilot().verify(Request(body=PAGE), refusing, NOW)


def test_without_settings_every_webhook_is_refused() -> None:
    with pytest.raises(NotVerified, match="missing"):
        Trustpilot().verify(Request(body=PAGE), Connection(source="trustpilot", name=SECRET_NAME), NOW)


def test_a_deletion_takes_the_words_back() -> None:
    answer, items = told({"eventName": "service-review-deleted", "eventData": {"id": ID}})
    assert isinstance(answer, Events)
    assert answer.items[0].about == ID
    assert items == [Redacted(external_id=ID, at=NOW)]


def test_other_events_are_ignored() -> None:
    answer, items = told({"eventName": "product-review-created", "eventData": {"id": "1", "stars": 2}})
    assert answer == Ignore("product-review-created holds no feedback")
    assert items == [answer]
    assert isinstance(told()[0], Ignore)


def test_an_event_that_holds_no_review_is_unreadable() -> None:
    body = json.dumps(
        {"events": [{"eventName": "service-review-created", "eventData": {"stars": 2}}]}
    ).encode()
    with pytest.raises(Unreadable, match=r"events\[0\]"):
        Trustpilot().receive(Request(body=body), connection(webhooks="secret_name"))


def test_without_a_secret_the_public_reviews_are_fetched() -> None:
    with TrustpilotApi(NOW) as provider:
        provider.public = True
        provider.add(1, NOW)
        settings = read_settings(TrustpilotSettings, provider.settings)
        public = Connection(source="trustpilot", settings=settings, credentials=provider.credentials)
        assert len(list(Trustpilot().poll(None, public, PlainHttp(NOW), NOW))) == 1
        assert [one.path for one in provider.asked] == ["/v1/business-units/507f191e810c19729de860ea/reviews"]
