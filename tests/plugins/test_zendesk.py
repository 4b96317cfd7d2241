"""Zendesk: event subscriptions and triggers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from plugins.sources.zendesk import Zendesk
from triggeriq import Connection, Events, Feedback, Ignore, NotVerified, Received, Request, Unreadable
from triggeriq.signing import sign
from triggeriq.testing import Delivery, WebhookContract

WEBHOOKS = Path(__file__).parents[1] / "data" / "webhooks"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "a-webhooks-own-secret"
VECTOR_SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
CONNECTION = Connection(source="zendesk", secrets=(SECRET,))


def delivery(name: str, body: bytes, *expect: dict | Ignore, event: str | None = None) -> Delivery:
    headers = sign(Zendesk.verification[0], SECRET, body, NOW)
    return Delivery(name=name, body=body, headers=headers, secret=SECRET, now=NOW, expect=expect, event=event)


def recorded(name: str, *expect: dict | Ignore, event: str | None = None) -> Delivery:
    return delivery(name, (WEBHOOKS / f"zendesk_{name}.json").read_bytes(), *expect, event=event)


TRIGGER = json.dumps(
    {
        "ticket_id": "77",
        "subject": "Refund please",
        "description": "I was charged twice.",
        "priority": "Normal",
        "tags": "billing refund",
        "requester_email": "jo@example.com",
        "requester_name": "Jo Doe",
        "created_at": "2026-01-02T03:04:05+02:00",
        "updated_at": "2026-01-02T03:04:06+02:00",
    }
).encode()


class TestZendesk(WebhookContract):
    source = Zendesk
    deliveries = (
        recorded(
            "ticket_created",
            {
                "external_id": "5158",
                "version": 1767323045000,
                "kind": "email",
                "title": "Cannot log in",
                "text": "The password page is blank.",
                "author.id": "8447388090494",
                "created_at": NOW,
                "thread": "5158",
                "attributes": {
                    "status": "open",
                    "priority": "high",
                    "type": "problem",
                    "channel": "email",
                    "tags": ["login", "web"],
                },
            },
            event="evt-0001",
        ),
        recorded(
            "comment_added",
            {
                "external_id": "990000000001",
                "version": 0,
                "text": "Still blank, also on the phone.",
                "thread": "5158",
                "author.name": "Jo Doe",
                "created_at": datetime(2026, 1, 2, 4, tzinfo=UTC),
            },
            event="evt-0002",
        ),
        recorded(
            "message_added",
            {
                "external_id": "msg-1",
                "kind": "message",
                "text": "Hello, is anybody there?",
                "thread": "5159",
                "author.id": "42",
                "author.name": "Sam",
                "attributes.conversation_id": "conv-1",
            },
            event="evt-0003",
        ),
        recorded("user_group_membership_created", Ignore("")),
        delivery(
            "trigger",
            TRIGGER,
            {
                "external_id": "77",
                "version": 1767315846000,
                "title": "Refund please",
                "text": "I was charged twice.",
                "author.email": "jo@example.com",
                "author.name": "Jo Doe",
                "thread": "77",
                "created_at": datetime(2026, 1, 2, 1, 4, 5, tzinfo=UTC),
                "attributes": {"priority": "normal", "tags": ["billing", "refund"]},
            },
        ),
    )


def receive(body: dict) -> Events | Ignore:
    return Zendesk().receive(Request(body=json.dumps(body).encode()), CONNECTION)


def changed(name: str, **event: object) -> dict:
    body = json.loads((WEBHOOKS / f"zendesk_{name}.json").read_bytes())
    body["event"] |= event
    return body


def test_the_secret_of_test_webhooks_is_never_accepted() -> None:
    body = b'{"type":"zen:event-type:ticket.created","id":"evt-1"}'
    request = Request(
        headers={
            "x-zendesk-webhook-signature": "w17xLoIha9cHdoj90vEFnJlfqnnMKG9UWTE6dogf1/c=",
            "x-zendesk-webhook-signature-timestamp": "2026-01-02T03:04:05Z",
        },
        body=body,
    )
    for secrets, reason in (((VECTOR_SECRET,), "missing"), ((SECRET, VECTOR_SECRET), "mismatch")):
        with pytest.raises(NotVerified) as refusal:
            Zendesk().verify(request, Connection(source="zendesk", secrets=secrets), NOW)
        assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("comment", "reason"),
    [
        ({"id": "1", "body": "internal", "is_public": False}, "a private comment"),
        ({"id": "1", "body": "hi", "is_public": True, "author": {"is_staff": True}}, "a comment by staff"),
        ({"id": "1", "body": "  "}, "a comment without words"),
    ],
)
def test_what_staff_says_is_no_feedback(comment: dict, reason: str) -> None:
    assert receive(changed("comment_added", comment=comment)) == Ignore(reason)


@pytest.mark.parametrize("speaker", ["agent", "TRIGGER", "system"])
def test_a_message_that_no_customer_wrote_is_no_feedback(speaker: str) -> None:
    assert isinstance(receive(changed("message_added", actor={"type": speaker})), Ignore)


@pytest.mark.parametrize("kind", ["ticket.status_changed", "ticket.merged", "ticket.a_kind_of_tomorrow"])
def test_a_change_of_state_is_no_feedback(kind: str) -> None:
    assert receive({"type": f"zen:event-type:{kind}", "id": "1", "detail": {"id": "5"}}) == Ignore(
        f"{kind} holds no feedback"
    )


def test_an_edited_subject_is_a_newer_version_of_the_ticket() -> None:
    created = json.loads((WEBHOOKS / "zendesk_ticket_created.json").read_bytes())
    edited = json.loads(json.dumps(created))
    edited["type"] = "zen:event-type:ticket.subject_changed"
    edited["detail"] |= {"subject": "Cannot log in at all", "updated_at": "2026-01-02T03:05:05Z"}
    first, second = (
        next(
            Zendesk().transform(Received(id="e", received_at=NOW, body=json.dumps(body).encode()), CONNECTION)
        )
        for body in (created, edited)
    )
    assert isinstance(first, Feedback)
    assert isinstance(second, Feedback)
    assert (first.external_id, first.version) < (second.external_id, second.version)
    assert first.external_id == second.external_id


def test_a_trigger_without_words_tells_the_admin_what_to_put_in() -> None:
    body = json.loads((WEBHOOKS / "zendesk_trigger_ticket_update.json").read_bytes())
    with pytest.raises(Unreadable, match=r"ticket\.description"):
        receive(body)


def test_a_comment_with_a_bare_quote_is_unreadable() -> None:
    body = b'{"ticket_id": "1", "description": "he said "no" to me"}'
    with pytest.raises(Unreadable, match="not JSON"):
        Zendesk().receive(Request(body=body), CONNECTION)


def triggered(**facts: object) -> list[Feedback]:
    body = json.dumps(facts).encode()
    (event,) = receive(facts).items  # type: ignore[union-attr]
    items = list(Zendesk().transform(Received(id=event.id, received_at=NOW, body=body), CONNECTION))
    assert event.about == items[-1].external_id  # type: ignore[union-attr]
    return items  # type: ignore[return-value]


HEADING = "----------------------------------------------\n\nInes Lund, Mar 3, 2026, 10:00 AM\n\n"
OPENER = {"ticket_id": "41", "subject": "Parcel", "description": "My parcel is late."}


@pytest.mark.parametrize(
    "facts",
    [
        {"ticket_id": "41", "subject": "Parcel", "latest_comment": "Any news?"},
        {"ticket_id": 41, "latest_public_comment": "Any news?"},
        {"ticket_id": "41", "latest_comment_formatted": f"{HEADING}Any news?"},
        {"ticket": {"id": "41", "title": "Parcel", "latest_public_comment": "Any news?"}},
        {"ticket": {"id": "41"}, "comments": {"latest_comment": "Any news?"}},
        {"ticket_id": "41", "last_comment": "Any news?"},
        {"ticket_id": "41", "ticket_latest_comment": "Any news?"},
        {"ticket_id": "41", "comment_body": "Any news?"},
        {"ticket_id": "41", "latest_comment": "A note", "latest_public_comment": "Any news?"},
        {"ticket_id": "41", "latest_comment_html": "<p>Any news?</p>", "latest_comment": "Any news?"},
        {"ticket_id": "41", "latest_comment": {"value": "Any news?", "is_public": True}},
        {"ticket_id": "41", "comment": {"body": "Any news?", "author": {"name": "Ina"}}},
        {"id": "41", "comment": "Any news?", "title": "Parcel"},
        {"Ticket ID": "41", "Latest Comment": "Any news?"},
        {"ticket": {"id": "41", "latest_comment": "Any news?"}},
        {"ticket": {"id": "41"}, "latestComment": "Any news?"},
        {"ticket_id": "41", "comment_id": "900", "comment": "Any news?"},
        {"ticket_id": "41", "comment_id": "900", "body": "Any news?"},
        {"ticket_id": "41", "latest_comment_html": "Any news?", "status": "Open", "tags": "a b"},
    ],
)
def test_a_comment_is_a_further_feedback_of_its_ticket(facts: dict) -> None:
    (opener,) = triggered(**OPENER)
    (said,) = triggered(**facts, updated_at="2026-03-03T10:00:00Z")
    assert (opener.external_id, opener.thread, opener.text) == ("41", "41", "My parcel is late.")
    assert (said.thread, said.text) == ("41", "Any news?")
    assert said.external_id == ("900" if "comment_id" in facts else said.external_id) != "41"
    assert said.created_at == datetime(2026, 3, 3, 10, tzinfo=UTC)


def test_the_same_comment_comes_again_with_each_change_of_its_ticket() -> None:
    (one,) = triggered(ticket_id="41", latest_comment="Any news?", status="open")
    (same,) = triggered(ticket_id="41", latest_comment="Any news?", status="solved")
    (other,) = triggered(ticket_id="41", latest_comment="Thank you!")
    (elsewhere,) = triggered(ticket_id="42", latest_comment="Any news?")
    assert one.external_id == same.external_id
    assert len({one.external_id, other.external_id, elsewhere.external_id}) == 3


def test_a_call_with_the_ticket_and_its_latest_comment_tells_of_both() -> None:
    ticket, said = triggered(**OPENER, latest_comment="Any news?")
    assert (ticket.external_id, ticket.text, said.text, said.thread) == (
        "41",
        OPENER["description"],
        "Any news?",
        "41",
    )
    (alone,) = triggered(**OPENER, latest_comment=OPENER["description"])
    assert alone.external_id == "41"


def test_an_event_with_an_id_is_about_nothing_else() -> None:
    answer = receive(json.loads((WEBHOOKS / "zendesk_ticket_created.json").read_bytes()))
    assert isinstance(answer, Events)
    assert answer.items[0].about is None


def test_a_call_that_tells_no_words_replaces_none() -> None:
    (opener,) = triggered(**OPENER)
    (bare,) = triggered(ticket_id="41", subject="Parcel", status="solved")
    assert bare.thread == opener.thread
    assert bare.external_id != opener.external_id
    assert bare == triggered(ticket_id="41", subject="Parcel", status="solved")[0]


def test_what_placeholders_put_before_the_words_is_none_of_them() -> None:
    (ticket,) = triggered(**OPENER | {"description": HEADING + OPENER["description"]})
    assert ticket.text == OPENER["description"]
    for kept in (
        "-" * 20 + "\nno heading",
        "- first\n- second",
        "-" * 20 + "\n\n" + "x" * 400 + " 1:00\n\ny",
    ):
        assert triggered(ticket_id="41", description=kept)[0].text == kept


def test_a_comment_has_its_own_id_where_it_comes_along() -> None:
    (said,) = triggered(ticket_id="41", comment={"id": 99, "body": "Any news?"})
    assert (said.external_id, said.text, said.thread) == ("99", "Any news?", "41")


@pytest.mark.parametrize("flag", [False, "false"])
def test_a_private_comment_of_a_trigger_is_ignored(flag: object) -> None:
    comment = {"value": "He is angry", "is_public": flag}
    body = json.dumps({"ticket_id": "41", "latest_comment": comment}).encode()
    assert Zendesk().receive(Request(body=body), Connection(source="zendesk")) == Ignore("a private comment")
    (ticket,) = triggered(**OPENER, latest_comment=comment)
    assert ticket.text == OPENER["description"]


def test_who_asked_may_be_an_object() -> None:
    (ticket,) = triggered(
        ticket={**OPENER, "requester": {"name": "Ina", "email": "ina@cust.example", "id": 5}}
    )
    assert (ticket.author.id, ticket.author.name, ticket.author.email) == ("5", "Ina", "ina@cust.example")
    (ticket,) = triggered(**OPENER, requester="Ina")
    assert ticket.author.name == "Ina"
