"""Standard Webhooks, as the partners' own libraries send them."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
import standardwebhooks
import svix

from plugins.sources.standard_webhooks import StandardWebhooks, StandardWebhooksSettings
from triggeriq import Connection, Events, Ignore, InvalidSetting, Received, Request, Unreadable
from triggeriq.testing import Delivery, WebhookContract

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def body(**data: object) -> bytes:
    return json.dumps(
        {"type": "comment.created", "timestamp": "2026-01-02T03:04:00.123456789Z", "data": data}
    ).encode()


def by_standardwebhooks(message_id: str, payload: bytes) -> dict[str, str]:
    signature = standardwebhooks.Webhook(SECRET).sign(message_id, NOW, payload.decode())
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": signature,
    }


def by_svix(message_id: str, payload: bytes) -> dict[str, str]:
    signature = svix.Webhook(SECRET).sign(message_id, NOW, payload.decode())
    return {"svix-id": message_id, "svix-timestamp": str(int(NOW.timestamp())), "svix-signature": signature}


FULL = body(
    id="c-1",
    subject="Slow",
    comment="The list takes ages to load.",
    rating=2,
    author={"id": 7, "name": "Jo", "email": "jo@example.com"},
    created_at=1767323045,
    tags=["speed"],
    plan="pro",
)
SHORT = body(text="Nice app!")
MAPPED = body(survey={"answers": [{"text": "Too dear."}]}, who={"mail": "sam@example.com"})


class TestStandardWebhooks(WebhookContract):
    source = StandardWebhooks
    deliveries = (
        Delivery(
            name="signed by standardwebhooks",
            body=FULL,
            headers=by_standardwebhooks("msg_1", FULL),
            secret=SECRET,
            now=NOW,
            event="msg_1",
            expect=(
                {
                    "external_id": "c-1",
                    "kind": "review",
                    "title": "Slow",
                    "text": "The list takes ages to load.",
                    "rating": 2,
                    "author.id": "7",
                    "author.email": "jo@example.com",
                    "created_at": NOW,
                    "attributes": {"tags": ["speed"], "plan": "pro", "event_type": "comment.created"},
                },
            ),
        ),
        Delivery(
            name="signed by svix",
            body=SHORT,
            headers=by_svix("msg_2", SHORT),
            secret=SECRET,
            now=NOW,
            event="msg_2",
            expect=(
                {
                    "external_id": "msg_2",
                    "text": "Nice app!",
                    "created_at": datetime(2026, 1, 2, 3, 4, 0, 123456, tzinfo=UTC),
                },
            ),
        ),
        Delivery(
            name="by a field map",
            body=MAPPED,
            headers=by_standardwebhooks("msg_3", MAPPED),
            secret=SECRET,
            now=NOW,
            settings={"fields": {"text": "survey.answers.0.text", "author.email": "who.mail"}},
            expect=({"external_id": "msg_3", "text": "Too dear.", "author.email": "sam@example.com"},),
        ),
    )


def test_the_event_is_named_by_the_id_that_was_signed() -> None:
    headers = {**by_svix("msg_svix", SHORT), "webhook-id": "msg_forged"}
    source, connection = StandardWebhooks(), Connection(source="standard_webhooks", secrets=(SECRET,))
    request = Request(headers=headers, body=SHORT)
    source.verify(request, connection, NOW)
    answer = source.receive(request, connection)
    assert isinstance(answer, Events)
    assert answer.items[0].id == "msg_svix"


def test_a_field_map_that_names_no_part_of_a_feedback_is_refused() -> None:
    for fields in ({"txet": "a.b"}, {"text": "a..b"}, {"text": ""}):
        with pytest.raises(InvalidSetting, match=r"no part of a feedback|no dotted path") as refusal:
            StandardWebhooksSettings(fields=fields)
        assert refusal.value.field == f"fields.{next(iter(fields))}"


def receive(payload: object) -> Events | Ignore:
    connection = Connection(source="standard_webhooks", settings=StandardWebhooksSettings())
    request = Request(headers={"webhook-id": "msg_1"}, body=json.dumps(payload).encode())
    return StandardWebhooks().receive(request, connection)


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "user.created", "data": {"id": "u1", "name": "Bo"}},
        {"type": "user.created", "timestamp": "2026-03-03T09:00:00Z", "data": {}},
        {"type": "user.deleted", "data": None},
        {"type": "users.deleted", "data": [{"id": "u1"}]},
        {"type": "order.shipped", "data": {"id": 7, "items": [{"sku": "x"}]}},
        {"type": "invoice.paid", "data": {"amount": 12.5}},
        {"type": "subscription_renewed", "data": {"plan": "pro"}},
        {"type": "SubscriptionRenewed", "data": {"plan": "pro"}},
        {"type": "email.delivered", "data": {"email_id": "e1"}},
        {"type": "comment.deleted", "data": {"id": "c1"}},
        {"type": "ticket.closed", "data": {"id": "t1"}},
        {"type": "user.created", "id": "u1"},
        {"type": "contact.created", "data": {"id": "c1"}},
        {"type": "email.complained", "data": {"email_id": "e1"}},
        {"type": "email.delivery_delayed", "data": {"email_id": "e1"}},
        {"type": "message.attempt.exhausted", "data": {"msgId": "m1"}},
        {"type": "ticket.status_changed", "data": {"id": "t1"}},
        {"type": "conversation.snoozed", "data": {"id": "t1"}},
        {"type": "ping", "data": {}},
        {"type": "test"},
    ],
)
def test_an_event_of_another_kind_is_ignored(payload: dict) -> None:
    answer = receive(payload)
    assert answer == Ignore(f"{payload['type']} holds no feedback")
    received = Received(id="msg_1", received_at=NOW, body=json.dumps(payload).encode())
    assert list(StandardWebhooks().transform(received, Connection(source="standard_webhooks"))) == [answer]


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "feedback.created", "data": {"id": "f1"}},
        {"type": "review.updated", "data": {"stars": 9}},
        {"type": "comment.created", "data": None},
        {"type": "survey_response.received", "data": {"id": 1}},
        {"type": "ReplyAdded", "data": {"id": 1}},
        {"type": "support.case.opened", "data": {}},
        {"type": "conversation.rating.added", "data": {}},
        {"data": {"id": "f1"}},
        {"id": "f1"},
        {"type": 7, "data": {"id": "f1"}},
        {"type": "bug", "data": {"id": "f1"}},
    ],
)
def test_an_event_that_claims_to_be_feedback_must_be_readable(payload: dict) -> None:
    with pytest.raises(Unreadable):
        receive(payload)


@pytest.mark.parametrize("kind", ["user.created", "feedback.created", "comment.deleted", "", None])
def test_what_says_something_is_taken_whatever_its_event_is_called(kind: str | None) -> None:
    assert isinstance(receive({"type": kind, "data": {"text": "It crashes"}}), Events)
