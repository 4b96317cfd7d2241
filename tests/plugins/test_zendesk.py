"""Zendesk: event subscriptions and triggers."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from plugins.sources.zendesk import Zendesk, ZendeskSettings
from triggeriq import (
    Answered,
    Connection,
    Events,
    Feedback,
    Ignore,
    Item,
    NotVerified,
    Received,
    Redacted,
    Request,
    Unreadable,
)
from triggeriq.testing import WebhookContract
from triggeriq.testing.golden import load

DATA = Path(__file__).parents[1] / "data"
GOLDEN = DATA / "golden" / "zendesk"
SAMPLES = {delivery.name: json.loads(delivery.body) for delivery in load(GOLDEN)}
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "a-webhooks-own-secret"
VECTOR_SECRET = "dGhpc19zZWNyZXRfaXNfZm9yX3Rlc3Rpbmdfb25seQ=="
CONNECTION = Connection(source="zendesk", secrets=(SECRET,), settings=ZendeskSettings())


class TestZendesk(WebhookContract):
    source = Zendesk
    golden = GOLDEN


def receive(body: dict[str, Any], connection: Connection = CONNECTION) -> Events | Ignore:
    answer = Zendesk().receive(Request(body=json.dumps(body).encode()), connection)
    assert isinstance(answer, (Events, Ignore))
    return answer


def items(body: dict[str, Any], connection: Connection = CONNECTION) -> list[Item]:
    received = Received(id="e", received_at=NOW, body=json.dumps(body).encode())
    return list(Zendesk().transform(received, connection))


def sample(name: str, kind: str = "", **detail: Any) -> dict[str, Any]:
    """A golden event, of another type, or with other facts of its ticket."""
    body: dict[str, Any] = json.loads(json.dumps(SAMPLES[name]))
    body["detail"] |= detail
    return body | ({"type": f"zen:event-type:{kind}"} if kind else {})


def with_comment(name: str, **comment: Any) -> dict[str, Any]:
    body = sample(name)
    body["event"]["comment"] |= comment
    return body


def test_the_secret_of_test_webhooks_is_never_accepted() -> None:
    """The signature is the one that Zendesk's documented secret gives."""
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


# Event subscriptions


@pytest.mark.parametrize("is_public", [False, "false", "FALSE", None, 0, "no"])
def test_a_comment_that_is_not_said_to_be_public_is_ignored(is_public: object) -> None:
    for name in ("comment_by_the_customer", "comment_by_an_agent"):
        body = with_comment(name, is_public=is_public)
        assert receive(body) == Ignore("a private comment")
        assert items(body) == [Ignore("a private comment")]


@pytest.mark.parametrize("is_staff", [True, "true", "True"])
def test_of_an_answer_no_word_is_kept(is_staff: object) -> None:
    body = with_comment("comment_by_an_agent", author={"is_staff": is_staff, "name": "Kim Agent"})
    (answered,) = items(body)
    assert answered == Answered(thread="5158", at=datetime(2026, 1, 2, 10, 0, 0, 672717, tzinfo=UTC))


def test_an_agent_s_message_is_an_answer() -> None:
    body = sample("message_by_the_customer")
    for speaker in ("agent", "AGENT"):
        body["event"]["actor"]["type"] = speaker
        assert isinstance(receive(body), Events)
        (answered,) = items(body)
        assert isinstance(answered, Answered)
        assert answered.thread == "141"


@pytest.mark.parametrize("speaker", ["TRIGGER", "system", "a kind of tomorrow"])
def test_a_message_that_no_person_wrote_is_ignored(speaker: str) -> None:
    body = sample("message_by_the_customer")
    body["event"]["actor"]["type"] = speaker
    assert receive(body) == Ignore(f"a message by {speaker.casefold()}")


@pytest.mark.parametrize("speaker", ["end_user", "End-User"])
def test_a_customer_s_message_is_feedback(speaker: str) -> None:
    body = sample("message_by_the_customer")
    body["event"]["actor"]["type"] = speaker
    assert [type(item) for item in items(body)] == [Feedback]


def test_a_comment_without_words_is_ignored() -> None:
    assert receive(with_comment("comment_by_the_customer", body=" ")) == Ignore("a comment without words")


@pytest.mark.parametrize(
    "kind",
    [
        "ticket.merged",
        "ticket.custom_status_changed",
        "ticket.agent_assignment_changed",
        "ticket.attachment_linked_to_comment",
        "ticket.attachment_redacted_from_comment",
        "ticket.tags_changed",
        "ticket.csat_requested",
        "ticket.a_kind_of_tomorrow",
        "messaging_ticket.a_kind_of_tomorrow",
        "user.name_changed",
        "organization.deleted",
        "article.comment_created",
        "community_post.comment_created",
        "community_post.vote_created",
        "agent.state_changed",
    ],
)
def test_what_holds_no_words_of_a_customer_is_ignored_with_its_name(kind: str) -> None:
    body = {"type": f"zen:event-type:{kind}", "id": "1", "detail": {"id": "5"}, "event": {"current": "x"}}
    assert receive(body) == Ignore(f"{kind} holds no feedback")


def test_a_recorded_event_of_a_user_is_ignored() -> None:
    recorded = json.loads((DATA / "webhooks" / "zendesk_user_group_membership_created.json").read_bytes())
    assert receive(recorded) == Ignore("user.group_membership_created holds no feedback")


def test_capitals_do_not_count() -> None:
    body = sample("ticket_created") | {"type": "ZEN:Event-Type:Ticket.Created"}
    assert items(body) == items(sample("ticket_created"))


def test_an_edited_subject_is_a_newer_version_of_the_ticket() -> None:
    (first,) = items(sample("ticket_created"))
    for later in ({"updated_at": "2026-01-02T10:05:05Z"}, {"time": "2026-01-02T10:05:05.1Z"}):
        changed = sample("ticket_created", "ticket.subject_changed", subject="Cannot log in at all")
        changed["detail"] |= {key: value for key, value in later.items() if key == "updated_at"}
        (second,) = items(changed | {key: value for key, value in later.items() if key == "time"})
        assert isinstance(first, Feedback)
        assert isinstance(second, Feedback)
        assert second.title == "Cannot log in at all"
        assert first.external_id == second.external_id
        assert first.version < second.version


def test_the_first_comment_is_the_ticket_s_description_told_again() -> None:
    (opening,) = items(sample("ticket_created"))
    again = with_comment(
        "comment_by_the_customer", body=SAMPLES["ticket_created"]["detail"]["description"] + "\n"
    )
    (comment,) = items(again)
    assert isinstance(opening, Feedback)
    assert isinstance(comment, Feedback)
    assert (comment.external_id, comment.text) == (opening.external_id, opening.text)


def test_whose_words_a_ticket_s_are_that_an_agent_opened_is_a_setting() -> None:
    body = sample("ticket_opened_by_an_agent")
    assert [type(item) for item in items(body)] == [Answered]
    trusting = Connection(source="zendesk", settings=ZendeskSettings(on_behalf="customer"))
    (said,) = items(body, trusting)
    assert isinstance(said, Feedback)
    assert said.text.startswith("Called about a blank page.")
    assert [type(item) for item in items(body, Connection(source="zendesk"))] == [Answered]


def test_a_private_ticket_is_ignored() -> None:
    assert receive(sample("ticket_created", is_public=False)) == Ignore("a private ticket")


@pytest.mark.parametrize(
    "kind",
    [
        "ticket.soft_deleted",
        "ticket.permanently_deleted",
        "ticket.deleted",
        "ticket.scrubbed",
        "ticket.marked_as_spam",
    ],
)
def test_a_deleted_ticket_takes_all_its_words_along(kind: str) -> None:
    body = sample("ticket_created", kind)
    assert isinstance(receive(body), Events)
    (gone,) = items(body)
    assert isinstance(gone, Redacted)
    assert (gone.thread, gone.external_id) == ("5158", None)


@pytest.mark.parametrize(("status", "is_gone"), [("DELETED", True), ("Scrubbed", True), ("CLOSED", False)])
def test_a_status_may_mean_the_same(status: str, is_gone: bool) -> None:
    body = sample("status_changed")
    body["event"]["current"] = status
    assert [type(item) for item in items(body)] == [Redacted if is_gone else Ignore]


def test_an_undeleted_ticket_comes_back_as_a_later_version() -> None:
    (gone,) = items(sample("ticket_soft_deleted"))
    later = sample("ticket_created", "ticket.undeleted") | {"time": "2026-01-02T10:00:01Z"}
    (back,) = items(later)
    assert isinstance(gone, Redacted)
    assert isinstance(back, Feedback)
    assert back.version > gone.at.timestamp() * 1000


def test_a_redaction_tells_the_ticket_s_own_words_anew() -> None:
    of_the_comment, of_the_ticket, anew = items(sample("comment_redacted"))
    assert isinstance(of_the_comment, Redacted)
    assert isinstance(of_the_ticket, Redacted)
    assert isinstance(anew, Feedback)
    assert (of_the_comment.external_id, of_the_ticket.external_id) == ("990000000000", "5158")
    assert anew.external_id == "5158"
    assert "4111" not in anew.text
    assert anew.version > of_the_ticket.at.timestamp() * 1000


def test_a_redaction_in_an_agent_s_or_a_private_ticket_tells_no_words() -> None:
    for changed in ({"submitter_id": "1"}, {"is_public": False}, {"description": None}):
        found = items(sample("comment_redacted", **changed))
        assert [type(item) for item in found] == [Redacted]


def test_a_redaction_without_a_time_is_honoured_as_of_its_receipt() -> None:
    body = sample("ticket_soft_deleted", updated_at=None) | {"time": None}
    assert items(body) == [Redacted(thread="5158", at=NOW)]


def test_a_first_comment_made_private_takes_the_ticket_s_words_along() -> None:
    words = SAMPLES["comment_made_private"]["detail"]["description"]
    found = items(with_comment("comment_made_private", body=words))
    assert [item.external_id for item in found if isinstance(item, Redacted)] == ["990000000001", "5158"]
    (gone,) = items(sample("comment_made_private", is_public=False))
    assert isinstance(gone, Redacted)
    assert gone.thread == "5158"


@pytest.mark.parametrize(
    ("score", "rating"),
    [("GOOD", 5), ("bad", 1), ("Good, I'm satisfied", 5), (4, 4), ("2", 2), ("OFFERED", None), (None, None)],
)
def test_a_satisfaction_rating_is_a_survey(score: object, rating: float | None) -> None:
    body = sample("satisfaction_rating")
    body["event"]["satisfaction_score"] = {"score": score}
    (found,) = items(body)
    if rating is None:
        assert found == Ignore("ticket.csat_received holds no feedback")
    else:
        assert isinstance(found, Feedback)
        assert (found.kind, found.rating, found.thread) == ("survey", rating, "5158")


def test_a_post_that_was_hidden_is_taken_back() -> None:
    (post,) = items(sample("community_post"))
    (gone,) = items(sample("community_post", "community_post.unpublished"))
    assert isinstance(post, Feedback)
    assert isinstance(gone, Redacted)
    assert post.external_id == gone.external_id
    assert receive(sample("community_post", "community_post.changed") | {"event": {}}) == Ignore(
        "community_post.changed holds no feedback"
    )


def test_an_event_with_an_id_is_about_nothing_else() -> None:
    answer = receive(sample("ticket_created"))
    assert isinstance(answer, Events)
    assert answer.items[0].about is None


# Triggers


def test_the_templates_that_are_published_are_those_of_the_golden_requests() -> None:
    """Each part of them is a placeholder, and is sent by an account as the golden requests show it."""
    published = re.findall(r"^        (\{.*?\})$", Zendesk.__doc__ or "", re.DOTALL | re.MULTILINE)
    for template, golden in zip(published, ("trigger_with_a_reply", "trigger_with_a_rating"), strict=True):
        parts = json.loads(template)
        assert parts.keys() == SAMPLES[golden].keys()
        assert all(re.fullmatch(r"\{\{[a-z_.]+\}\}", placeholder) for placeholder in parts.values())
        with pytest.raises(Unreadable):  # not filled in, they count as left out
            items(parts)


def test_a_placeholder_in_a_customer_s_words_is_kept() -> None:
    (said,) = triggered(ticket_id="41", description="{{first_name}} stands in your mail")
    assert said.text == "{{first_name}} stands in your mail"


def test_a_trigger_without_words_tells_the_admin_what_to_put_in() -> None:
    body = json.loads((DATA / "webhooks" / "zendesk_trigger_ticket_update.json").read_bytes())
    with pytest.raises(Unreadable, match=r"ticket\.description"):
        receive(body)
    with pytest.raises(Unreadable, match=r'"ticket_id": "\{\{ticket\.id\}\}"'):
        receive({"description": "words"})


@pytest.mark.parametrize("said", ['he said "no" to me', "one line\nand another", "a back\\slash"])
def test_a_comment_that_breaks_the_json_tells_the_admin_what_to_do(said: str) -> None:
    body = ('{"ticket_id": "1", "description": "' + said + '"}').encode()
    with pytest.raises(Unreadable, match=r"not JSON at line .*placeholder.*subscribed to events"):
        Zendesk().receive(Request(body=body), CONNECTION)


def test_a_broken_event_blames_no_placeholder() -> None:
    with pytest.raises(Unreadable, match=r"not JSON at line 1, column \d+$"):
        Zendesk().receive(Request(body=b'{"type": "zen:event-type:ticket.created", '), CONNECTION)


def triggered(**facts: object) -> list[Feedback]:
    answer = receive(facts)
    found = items(facts)
    assert isinstance(answer, Events)
    assert answer.items[0].about == found[-1].external_id  # type: ignore[union-attr]
    return found  # type: ignore[return-value]


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
        {
            "ticket_id": "41",
            "latest_comment": "A note",
            "latest_public_comment": "Any news?",
            "is_public": "false",
        },
    ],
)
def test_a_comment_is_a_further_feedback_of_its_ticket(facts: dict[str, Any]) -> None:
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
    (alone,) = triggered(**OPENER, latest_comment=f" {OPENER['description']}\n")
    assert alone.external_id == "41"


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


@pytest.mark.parametrize(
    "facts",
    [
        {"latest_comment": {"value": "He is angry", "is_public": False}},
        {"latest_comment": {"value": "He is angry", "is_public": "false"}},
        {"latest_comment": {"value": "He is angry", "public": "False"}},
        {"latest_comment": "He is angry", "is_public": "false"},
        {"comment": "He is angry", "comment_is_public": False},
        {"comment_id": "9", "body": "He is angry", "is_public": "False"},
        {"comment_id": "9", "latest_comment": "He is angry", "latest_comment_is_public": "false"},
    ],
)
def test_of_a_private_comment_no_word_is_taken(facts: dict[str, Any]) -> None:
    assert receive({"ticket_id": "41", **facts}) == Ignore("a private comment")
    told = items({**OPENER, **facts})
    assert all("angry" not in str(item) for item in told)


ANSWER = {
    "ticket_id": "41",
    "latest_public_comment": "It is on its way.",
    "updated_at": "2026-03-03T10:00:00Z",
}


@pytest.mark.parametrize(
    "author",
    [
        {"comment_author_role": "Agent"},
        {"comment_author_role": "Admin", "requester_id": "5", "comment_author_id": "9"},
        {"current_user_role": "Administrator"},
        {"currentUser": {"role": "Agent", "id": "9"}, "requester": {"id": "5"}, "comment_author_id": "9"},
        {"latest_public_comment": {"value": "It is on its way.", "author": {"role": "agent"}}},
    ],
)
def test_an_agent_s_comment_is_an_answer(author: dict[str, Any]) -> None:
    facts = {**ANSWER, **author}
    answered = Answered(thread="41", at=datetime(2026, 3, 3, 10, tzinfo=UTC))
    assert isinstance(receive(facts), Events)
    assert items(facts) == [answered]
    assert items({**facts, **OPENER}) == [answered]


@pytest.mark.parametrize(
    "author",
    [
        {},
        {"comment_author_role": "End-user", "current_user_role": "Agent"},
        {"comment_author_role": "", "current_user_role": ""},
        {"comment_author_id": "5", "requester_id": "5", "current_user_role": "Agent"},
        {"comment_author_id": "5", "requester_id": "5", "comment_author_role": "Agent"},
        {"comment_author_id": "6", "requester_id": "5", "current_user_id": "9", "current_user_role": "Agent"},
    ],
)
def test_a_customer_s_comment_is_none(author: dict[str, Any]) -> None:
    assert [type(item) for item in items({**ANSWER, **author})] == [Feedback]


def test_an_answer_without_a_time_counts_from_its_receipt() -> None:
    (answered,) = items({"ticket_id": "41", "latest_comment": "Hello", "comment_author_role": "Agent"})
    assert answered == Answered(thread="41", at=NOW)


def test_a_comment_s_author_may_be_another_than_the_requester() -> None:
    facts = {**ANSWER, "requester_id": "5", "requester_name": "Jo", "requester_email": "jo@example.com"}
    (by_jo,) = triggered(**facts, comment_author_id="5", comment_author_name="Jo")
    (by_sam,) = triggered(**facts, comment_author_id="6", comment_author_name="Sam")
    assert by_jo.author.email == "jo@example.com"
    assert (by_sam.author.id, by_sam.author.name, by_sam.author.email) == ("6", "Sam", None)


def test_a_ticket_that_an_agent_opened_is_told_by_its_submitter() -> None:
    facts = {**OPENER, "requester_id": "5", "submitter_id": "9"}
    assert [type(item) for item in items(facts)] == [Answered]
    trusting = Connection(source="zendesk", settings=ZendeskSettings(on_behalf="customer"))
    assert [type(item) for item in items(facts, trusting)] == [Feedback]
    (said,) = items({**facts, "latest_comment": "Any news?", "comment_author_id": "5"})
    assert isinstance(said, Feedback)
    assert said.text == "Any news?"
    bare = {"ticket_id": "41", "subject": "Parcel", "requester_id": "5", "submitter_id": "9"}
    assert receive(bare) == Ignore("a ticket that an agent opened")


def test_a_trigger_tells_how_satisfied_the_customer_was() -> None:
    for facts in (
        {"satisfaction_rating": "Bad, I'm unsatisfied", "satisfaction_comment": "Slow."},
        {"satisfaction": {"current_rating": "Bad", "current_comment": "Slow."}},
    ):
        said, opener = triggered(**OPENER, **facts)
        assert opener.text == OPENER["description"]
        assert (said.external_id, said.kind, said.rating, said.text) == (
            "41-satisfaction",
            "survey",
            1,
            "Slow.",
        )
        assert triggered(ticket_id="41", subject="Parcel", **facts) == [said]
    assert len(triggered(**OPENER, satisfaction_rating="", satisfaction_comment="")) == 1


def test_who_asked_may_be_an_object() -> None:
    (ticket,) = triggered(
        ticket={**OPENER, "requester": {"name": "Ina", "email": "ina@cust.example", "id": 5}}
    )
    assert (ticket.author.id, ticket.author.name, ticket.author.email) == ("5", "Ina", "ina@cust.example")
    (ticket,) = triggered(**OPENER, requester="Ina")
    assert ticket.author.name == "Ina"


@pytest.mark.parametrize("tags", ["billing refund", ["billing", "refund"], "billing, refund"])
def test_tags_are_a_text_or_a_list(tags: object) -> None:
    (ticket,) = triggered(**OPENER, tags=tags)
    assert ticket.attributes["tags"] == ["billing", "refund"]


def test_a_channel_of_mail_makes_it_an_email() -> None:
    for facts in ({"channel": "Mail"}, {"via": "mail"}, {"via": {"channel": "email"}}):
        (ticket,) = triggered(**OPENER, **facts)
        assert ticket.kind == "email"
    assert triggered(**OPENER, via="Web form")[0].kind == "message"


def test_a_call_of_ten_seconds_ago_is_fresh_and_one_of_ten_minutes_is_not() -> None:
    (sent,) = (one for one in load(GOLDEN) if one.name == "trigger_with_a_reply")
    Zendesk().verify(sent.request(), CONNECTION, sent.now + timedelta(seconds=10))
    with pytest.raises(NotVerified, match="stale"):
        Zendesk().verify(sent.request(), CONNECTION, sent.now + timedelta(minutes=10))
