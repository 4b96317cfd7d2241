"""Intercom: conversations, ratings, tickets, surveys."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from plugins.sources.intercom import Intercom
from triggeriq import (
    Answered,
    Attachment,
    Connection,
    Event,
    Events,
    Feedback,
    Ignore,
    Item,
    Received,
    Redacted,
    Reply,
    Request,
    Unreadable,
)
from triggeriq.testing import WebhookContract
from triggeriq.testing.golden import load

GOLDEN = Path(__file__).parents[1] / "data" / "golden" / "intercom"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TOLD_AT = datetime(2026, 1, 2, 3, tzinfo=UTC)
"""`created_at` of the golden notifications."""
CONNECTION = Connection(source="intercom", secrets=("intercom-client-secret",))
STAFF = {"type": "admin", "id": "1957471", "name": "Grace Example"}
BOT = {"type": "bot", "id": "814866", "name": "Fin"}


class TestIntercom(WebhookContract):
    source = Intercom
    golden = GOLDEN


def golden(name: str) -> dict[str, Any]:
    (delivery,) = (one for one in load(GOLDEN) if one.name == name)
    found: dict[str, Any] = json.loads(delivery.body)
    return found


def item_of(body: dict[str, Any]) -> Item:
    """The one item that a notification holds."""
    received = Received(id="1", received_at=NOW, body=json.dumps(body).encode())
    (item,) = Intercom().transform(received, CONNECTION)
    return item


def feedback_of(body: dict[str, Any]) -> Feedback:
    item = item_of(body)
    assert isinstance(item, Feedback)
    return item


def received(body: dict[str, Any]) -> Events | Ignore:
    return Intercom().receive(Request(body=json.dumps(body).encode()), CONNECTION)


def conversation(name: str, **changed: Any) -> dict[str, Any]:
    body = golden(name)
    body["data"]["item"] |= changed
    return body


def with_parts(name: str, *parts: dict[str, Any]) -> dict[str, Any]:
    (before,) = golden("reply_by_staff")["data"]["item"]["conversation_parts"]["conversation_parts"]
    listed = [{**before, "id": str(place), **part} for place, part in enumerate(parts)]
    return conversation(name, conversation_parts={"conversation_parts": listed})


def test_a_signature_that_was_made_elsewhere_is_genuine() -> None:
    """Computed with `openssl dgst -sha1 -hmac` over these bytes."""
    body = b'{"type":"notification_event","topic":"ping"}'
    headers = {"x-hub-signature": "sha1=90b69ebf3c5f5428c88d3a1515c1e63d71f53bbf"}
    connection = Connection(source="intercom", secrets=("client_secret",))
    assert Intercom().verify(Request(headers=headers, body=body), connection, NOW).secret == 0


def test_the_address_is_tried_by_a_head() -> None:
    assert Intercom().handshake(Request(method="HEAD"), CONNECTION) == Reply(status=200)
    assert Intercom().handshake(Request(method="POST"), CONNECTION) is None


def test_a_notification_is_named_by_its_id() -> None:
    body = golden("reply_by_a_user")
    assert received(body) == Events(Event(body["id"], TOLD_AT))


def test_one_without_an_id_is_named_by_its_bytes() -> None:
    body = {**golden("reply_by_a_user"), "id": None}
    other = {**body, "created_at": body["created_at"] + 1}
    assert received(body) == received(body)
    assert received(body) != received(other)


@pytest.mark.parametrize(
    "topic",
    [
        "conversation.admin.closed",
        "conversation.admin.opened",
        "conversation.admin.snoozed",
        "conversation.read",
        "contact.user.created",
        "visitor.signed_up",
        "company.updated",
        "user.tag.created",
        "ticket.state.updated",
        "a.topic.of.the.future",
    ],
)
def test_topics_that_hold_no_words_are_ignored(topic: str) -> None:
    body = {**golden("conversation_by_a_user"), "topic": topic}
    assert received(body) == item_of(body) == Ignore(f"{topic} holds no feedback")


def test_a_topic_that_is_missing_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="topic"):
        received({"type": "notification_event", "data": {"item": {}}})


@pytest.mark.parametrize("topic", ["conversation.admin.noted", "ticket.note.created"])
def test_not_a_word_of_a_note_is_taken(topic: str) -> None:
    assert item_of({**golden("note"), "topic": topic}) == Ignore("a note")


def test_a_note_among_the_parts_is_passed_over() -> None:
    note = {"part_type": "note", "body": "<p>He is right.</p>", "author": STAFF}
    said = {"body": "<p>Hello?</p>", "author": {"type": "user", "id": "7"}}
    assert feedback_of(with_parts("reply_by_a_user", said, note)).text == "Hello?"
    assert item_of(with_parts("reply_by_staff", note)) == Answered(thread="215473853299345", at=TOLD_AT)


def test_of_several_parts_the_customer_s_last_is_taken() -> None:
    parts = ({"body": f"<p>{number}</p>", "author": {"type": "user", "id": "7"}} for number in range(3))
    said = feedback_of(with_parts("reply_by_a_user", *parts, {"body": "<p>Hm.</p>", "author": BOT}))
    assert (said.text, said.external_id) == ("2", "2")


@pytest.mark.parametrize("author", [STAFF, BOT, {"type": "operator"}, {"type": "of the future"}, None, {}])
def test_nobody_but_a_customer_speaks_in_a_reply(author: Any) -> None:
    said = with_parts("reply_by_a_user", {"body": "<p>Hi</p>", "author": author})
    assert item_of(said) == Ignore("nothing by a customer")


@pytest.mark.parametrize("kind", ["user", "lead", "contact", "visitor"])
def test_every_kind_of_customer_speaks(kind: str) -> None:
    said = with_parts("reply_by_a_user", {"body": "<p>Hi</p>", "author": {"type": kind, "id": "9"}})
    assert feedback_of(said).author.id == "9"


def test_of_one_whom_the_old_payload_names_elsewhere_name_and_address_are_known() -> None:
    body = golden("reply_by_a_lead")
    (part,) = body["data"]["item"]["conversation_parts"]["conversation_parts"]
    part["author"] = {"type": "user", "id": part["author"]["id"]}
    author = feedback_of(body).author
    assert (author.name, author.email) == ("Example Lead", "lead@example.com")


def test_another_s_name_is_not_taken_for_the_author_s() -> None:
    said = with_parts("reply_by_a_user", {"body": "<p>Hi</p>", "author": {"type": "user", "id": "9"}})
    assert feedback_of(said).author.name is None


def test_the_old_payload_s_first_message_is_read() -> None:
    body = golden("reply_by_a_lead")
    said = feedback_of({**body, "topic": "conversation.user.created"})
    assert (said.text, said.external_id, said.thread) == ("Hello", "21322009097-source", "21322009097")


def test_what_is_said_first_and_what_is_said_later_stand_in_one_conversation() -> None:
    first, later = feedback_of(golden("conversation_by_a_user")), feedback_of(golden("reply_by_a_user"))
    assert first.thread == later.thread
    assert first.external_id != later.external_id


def test_where_a_bot_greeted_first_the_customer_s_words_are_taken() -> None:
    body = with_parts("conversation_by_a_user", {"body": "<p>Help!</p>", "author": {"type": "lead"}})
    body["data"]["item"]["source"]["author"] = BOT
    assert feedback_of(body).text == "Help!"


@pytest.mark.parametrize("author", [STAFF, BOT, None])
def test_the_subject_of_a_mail_that_no_customer_sent_is_no_title(author: Any) -> None:
    source = {"type": "email", "subject": "<p>How was your stay?</p>", "body": "<p>…</p>", "author": author}
    said = feedback_of(conversation("reply_by_a_user", source=source))
    assert (said.title, bool(said.text)) == (None, True)


def test_a_message_without_words_brings_its_files() -> None:
    said = with_parts(
        "reply_by_a_user",
        {"body": None, "author": {"type": "user"}, "attachments": [{"name": "crash.png"}, {"name": None}, 7]},
    )
    assert feedback_of(said).attachments == (Attachment(name="crash.png"),)
    assert feedback_of(said).text == ""


def test_a_message_without_anything_is_ignored() -> None:
    said = with_parts("reply_by_a_user", {"body": "<p> </p>", "author": {"type": "user"}})
    assert item_of(said) == Ignore("no words")


def test_a_bot_s_reply_answers_nothing() -> None:
    body = {**golden("reply_by_a_bot"), "topic": "conversation.admin.replied"}
    assert item_of(body) == Ignore("a reply by no colleague")


def test_an_answer_holds_no_word_of_it() -> None:
    item = item_of(golden("reply_by_staff"))
    assert item == Answered(thread="215473853299345", at=datetime(2026, 1, 2, 2, 58, 20, tzinfo=UTC))


def test_an_answer_whose_part_is_missing_is_one_all_the_same() -> None:
    body = conversation("reply_by_staff", conversation_parts=None)
    assert item_of(body) == Answered(thread="215473853299345", at=TOLD_AT)


def test_a_remark_that_comes_later_is_a_newer_version_of_the_rating() -> None:
    stars = golden("rating")
    stars["data"]["item"]["conversation_rating"]["remark"] = None
    remark = {**golden("rating"), "created_at": stars["created_at"] + 60}
    first, second = feedback_of(stars), feedback_of(remark)
    assert (first.rating, first.text) == (2, "")
    assert second.text == "It took you three days."
    assert second.external_id == first.external_id
    assert second.version > first.version


@pytest.mark.parametrize("rating", [None, {}, {"rating": None, "remark": ""}, {"rating": 9}])
def test_a_rating_that_is_none_is_ignored(rating: Any) -> None:
    body = conversation("rating", conversation_rating=rating)
    assert item_of(body) == Ignore("a rating without stars and words")


def redacted(**item: Any) -> Item:
    return item_of({**golden("part_redacted"), "data": {"item": item}})


def test_a_redacted_part_s_words_are_taken_back_whatever_form_it_has() -> None:
    gone = Redacted(external_id="9876502", at=TOLD_AT)
    assert item_of(golden("part_redacted")) == gone
    assert redacted(type="conversation_part", id="9876502", redacted=True) == gone
    assert redacted(type="conversation_part", id="9876502", conversation={"id": "1"}) == gone
    assert redacted(conversation={"id": "1"}, conversation_part={"id": "9876502"}) == gone


def test_a_redacted_first_message_is_taken_back() -> None:
    body = conversation("conversation_by_a_user")
    body["data"]["item"]["source"] |= {"redacted": True, "body": None}
    gone = Redacted(external_id="215473853299345-source", at=TOLD_AT)
    assert item_of(body) == gone
    assert item_of({**body, "topic": "conversation_part.redacted"}) == gone


def test_a_redacted_note_takes_back_nothing_of_a_customer_s() -> None:
    body = {**golden("note"), "topic": "conversation_part.redacted"}
    assert isinstance(item_of(body), Ignore)


def test_a_reply_that_was_redacted_before_it_was_told_holds_no_words() -> None:
    said = with_parts("reply_by_a_user", {"body": "x", "author": {"type": "user"}, "redacted": True})
    assert item_of(said) == Redacted(external_id="0", at=TOLD_AT)


def test_a_deleted_conversation_is_gone_as_a_whole() -> None:
    assert item_of(golden("conversation_deleted")) == Redacted(thread="215473853299345", at=TOLD_AT)


@pytest.mark.parametrize("category", ["Back-office", "Tracker"])
def test_staff_s_own_tickets_are_ignored(category: str) -> None:
    assert item_of(conversation("ticket_created", category=category)) == Ignore(
        f"a {category.casefold()} ticket"
    )


def test_a_ticket_that_a_colleague_wrote_is_ignored() -> None:
    parts = {"ticket_parts": [{"id": "1", "part_type": "comment", "author": STAFF}]}
    assert item_of(conversation("ticket_created", ticket_parts=parts)) == Ignore("a ticket by staff")


def test_a_ticket_and_its_replies_stand_in_one_conversation() -> None:
    ticket, reply = feedback_of(golden("ticket_created")), feedback_of(golden("ticket_reply"))
    assert ticket.thread == reply.thread
    assert (ticket.title, reply.title) == ("Refund", "Refund")


@pytest.mark.parametrize(
    ("written", "words"),
    [("Twice.\nIn May & June.", "Twice.\nIn May & June."), ("<p>Twice &amp; more</p>", "Twice & more")],
)
def test_a_ticket_s_description_is_a_text_or_html(written: str, words: str) -> None:
    attributes = {"_default_title_": "Refund", "_default_description_": written}
    assert feedback_of(conversation("ticket_created", ticket_attributes=attributes)).text == words


def test_a_ticket_that_is_wrapped_is_read_alike() -> None:
    body = golden("ticket_reply")
    wrapped = {**body, "data": {"item": {"type": "ticket_reply", "ticket": body["data"]["item"]}}}
    assert item_of(wrapped) == item_of(body)


def test_a_part_that_is_wrapped_is_read_alike() -> None:
    part = {
        "id": "7",
        "part_type": "comment",
        "body": "<p>Soon.</p>",
        "author": STAFF,
        "created_at": 1767322700,
    }
    item = {"type": "ticket_part", "ticket_part": part, "ticket": {"id": "5"}}
    told = item_of({**golden("ticket_reply"), "topic": "ticket.admin.replied", "data": {"item": item}})
    assert told == Answered(thread="5", at=datetime(2026, 1, 2, 2, 58, 20, tzinfo=UTC))


def test_a_survey_s_answers_are_taken_at_its_end() -> None:
    stat = {
        "id": 17,
        "stat_type": "completion",
        "content_title": "How are we doing?",
        "answers": [
            {"question_text": "How likely are you to recommend us?", "response": "4"},
            {"question_text": "Why?", "response": "The export is slow."},
            {"question_text": "Anything else?", "response": None},
        ],
    }
    contact = {"type": "contact", "id": "7", "name": "Ines", "email": "ines@example.com"}
    body = {
        "topic": "content_stat.survey",
        "created_at": 1767322800,
        "data": {
            "item": {"created_at": "2026-01-02T02:00:00.000Z", "content_stat": stat, "contact": contact}
        },
    }
    said = feedback_of(body)
    assert (said.kind, said.text, said.author.email) == ("survey", "The export is slow.", "ines@example.com")
    assert said.attributes["answers"] == {
        "How likely are you to recommend us?": "4",
        "Why?": "The export is slow.",
    }
    assert isinstance(item_of({**body, "data": {"item": {"content_stat": {"stat_type": "answer"}}}}), Ignore)
