"""Standard Webhooks, as the partners' own libraries send them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks
import svix

from plugins.sources.standard_webhooks import StandardWebhooks, StandardWebhooksSettings
from triggeriq import (
    Answered,
    Connection,
    Events,
    Ignore,
    InvalidSetting,
    Item,
    NotVerified,
    Received,
    Redacted,
    Request,
    Unreadable,
)
from triggeriq.testing import WebhookContract

DATA = Path(__file__).parents[1] / "data"
GOLDEN = DATA / "golden" / "standard_webhooks"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
SHORT = b'{"type": "comment.created", "timestamp": "2026-01-02T03:04:00Z", "data": {"text": "Nice app!"}}'


class TestStandardWebhooks(WebhookContract):
    """The golden requests are signed by the libraries `standardwebhooks` and `svix`."""

    source = StandardWebhooks
    golden = GOLDEN


@pytest.mark.parametrize(
    ("family", "library"), [("webhook", standardwebhooks.Webhook), ("svix", svix.Webhook)], ids=["sw", "svix"]
)
@pytest.mark.parametrize("secret", [SECRET, SECRET.removeprefix("whsec_")], ids=["prefixed", "bare"])
def test_what_the_partner_s_library_signs_is_genuine(family: str, library: Any, secret: str) -> None:
    sent_at = NOW - timedelta(seconds=299)
    headers = {
        f"{family}-id": "msg_1",
        f"{family}-timestamp": str(int(sent_at.timestamp())),
        f"{family}-signature": library(secret).sign("msg_1", sent_at, SHORT.decode()),
    }
    request = Request(headers=headers, body=SHORT)
    for secrets, index in (((SECRET,), 0), (("whsec_" + "A" * 32, SECRET), 1)):
        connection = Connection(source="standard_webhooks", secrets=secrets)
        assert StandardWebhooks().verify(request, connection, NOW).secret == index
        with pytest.raises(NotVerified, match="stale"):
            StandardWebhooks().verify(request, connection, NOW + timedelta(seconds=2))


def test_the_published_vector_is_genuine() -> None:
    rows = map(json.loads, (DATA / "signatures" / "vectors.jsonl").read_text(encoding="utf-8").splitlines())
    (vector,) = (row for row in rows if row["scheme"] == "STANDARD_WEBHOOKS")
    headers = {name.lower(): value for name, value in vector["headers"].items()}
    request = Request(headers=headers, body=vector["body"].encode())
    signed_at = datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)
    connection = Connection(source="standard_webhooks", secrets=(vector["secret"],))
    assert StandardWebhooks().verify(request, connection, signed_at).secret == 0


def by_svix(message_id: str, payload: bytes) -> dict[str, str]:
    signature = svix.Webhook(SECRET).sign(message_id, NOW, payload.decode())
    return {"svix-id": message_id, "svix-timestamp": str(int(NOW.timestamp())), "svix-signature": signature}


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


def test_a_meaning_that_is_none_is_refused() -> None:
    with pytest.raises(InvalidSetting) as refusal:
        StandardWebhooksSettings(means={"gone": "type=comment.deleted"})
    assert refusal.value.field == "means.gone"


def told(data: dict[str, Any], **means: str) -> Item:
    connection = Connection(source="standard_webhooks", settings=StandardWebhooksSettings(means=means))
    body = json.dumps({"type": "comment.deleted", "timestamp": "2026-01-02T03:04:00Z", "data": data}).encode()
    (found,) = StandardWebhooks().transform(Received(id="m", received_at=NOW, body=body), connection)
    return found


def test_its_type_may_mean_that_something_was_deleted() -> None:
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    assert told({"id": "c-1"}, deleted="type=comment.deleted") == Redacted(external_id="c-1", at=at)
    assert told({"id": "c-1"}) == Ignore("comment.deleted holds no feedback")
    answered = told({"id": "c-2", "thread": "t", "text": "words", "by": "staff"}, staff="by=staff")
    assert answered == Answered(thread="t", at=at)
    assert told({"id": "c-3", "text": "words", "private": True}, private="private") == Ignore("private")


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
        {"type": "email.delivered", "data": {"email_id": "e1", "subject": "Welcome!"}},
        {"type": "email.opened", "data": {"subject": "Welcome!"}},
        {"type": "product.created", "data": {"id": "p1", "title": "A lamp"}},
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
