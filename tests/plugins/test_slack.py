"""Slack: messages, slash commands, shortcuts, forms."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from plugins.sources.slack import Slack
from plugins.sources.slack_parts.settings import SlackSettings
from plugins.sources.wording.mrkdwn import plain, words_of
from triggeriq import (
    Answered,
    Attachment,
    Connection,
    Event,
    Events,
    Feedback,
    Ignore,
    Item,
    NotVerified,
    Received,
    Redacted,
    Reply,
    Request,
    Unreadable,
)
from triggeriq.signing import sign
from triggeriq.testing import WebhookContract
from triggeriq.testing.golden import load

GOLDEN = Path(__file__).parents[1] / "data" / "golden" / "slack"
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "slack-signing-secret"
CONNECTION = Connection(source="slack", secrets=(SECRET,), settings=SlackSettings())
FIRST = "C123ABC456/1767322800.000100"
"""The golden message."""


class TestSlack(WebhookContract):
    source = Slack
    golden = GOLDEN


def golden(name: str, **event: Any) -> dict[str, Any]:
    (delivery,) = (one for one in load(GOLDEN) if one.name == name)
    found: dict[str, Any] = json.loads(delivery.body)
    found["event"] |= event
    return found


def item_of(body: dict[str, Any] | bytes, settings: SlackSettings | None = None) -> Item:
    """The one item that a request holds."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection = Connection(source="slack", settings=settings)
    (item,) = Slack().transform(Received(id="1", received_at=NOW, body=raw), connection)
    return item


def feedback_of(body: dict[str, Any] | bytes) -> Feedback:
    item = item_of(body)
    assert isinstance(item, Feedback)
    return item


def received(body: dict[str, Any] | bytes, settings: SlackSettings | None = None) -> Events | Reply | Ignore:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Slack().receive(Request(body=raw), Connection(source="slack", settings=settings))


COMMAND = {
    "token": "verification-token",
    "team_id": "T123ABC456",
    "team_domain": "acme",
    "channel_id": "C123ABC456",
    "channel_name": "help",
    "user_id": "U123ABC456",
    "user_name": "ines",
    "command": "/feedback",
    "text": "The export is broken &amp; slow. Größe 👍",
    "response_url": "https://hooks.slack.com/commands/T123ABC456/1/x",
    "trigger_id": "13345224609.738474920.8088930838d88f008e0",
}
SHORTCUT = {
    "type": "message_action",
    "callback_id": "take_feedback",
    "message": golden("message")["event"],
    "user": {"id": "U0STAFF001", "name": "grace"},
    "channel": {"id": "C123ABC456", "name": "help"},
    "team": {"id": "T123ABC456", "domain": "acme"},
}
FORM = {
    "type": "view_submission",
    "team": {"id": "T123ABC456"},
    "user": {"id": "U123ABC456", "name": "ines"},
    "view": {
        "id": "V123ABC456",
        "callback_id": "feedback",
        "blocks": [
            {"type": "input", "block_id": "words", "label": {"type": "plain_text", "text": "What?"}},
            {"type": "input", "block_id": "area", "label": {"type": "plain_text", "text": "Where?"}},
        ],
        "state": {
            "values": {
                "words": {"said": {"type": "plain_text_input", "value": "The invoice is wrong."}},
                "more": {
                    "said": {
                        "type": "rich_text_input",
                        "rich_text_value": {
                            "type": "rich_text",
                            "elements": [
                                {
                                    "type": "rich_text_section",
                                    "elements": [{"type": "text", "text": "Twice."}],
                                }
                            ],
                        },
                    }
                },
                "area": {
                    "chosen": {
                        "type": "static_select",
                        "selected_option": {"text": {"type": "plain_text", "text": "Billing"}, "value": "b"},
                    }
                },
                "skipped": {"said": {"type": "plain_text_input", "value": None}},
            }
        },
    },
}


def interaction(payload: dict[str, Any]) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


def test_the_published_vector_holds() -> None:
    """https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V"
        b"&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text="
        b"&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554"
        b"%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    request = Request(
        headers={
            "x-slack-request-timestamp": "1531420618",
            "x-slack-signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
        },
        body=body,
    )
    connection = Connection(source="slack", secrets=("8f742231b10e8888abcd99yyyzzz85a5",))
    signed_at = datetime.fromtimestamp(1531420618, UTC)
    assert Slack().verify(request, connection, signed_at).secret == 0
    assert Slack().verify(request, connection, signed_at + timedelta(seconds=300)).secret == 0
    with pytest.raises(NotVerified, match="stale"):
        Slack().verify(request, connection, signed_at + timedelta(seconds=301))
    assert Slack().receive(request, connection) == Reply(
        body="Nothing was sent: write your feedback behind the command."
    )


def test_the_challenge_is_answered_once_it_is_proven() -> None:
    body = {"token": "x", "challenge": "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P"}
    raw = json.dumps({**body, "type": "url_verification"}).encode()
    request = Request(body=raw)
    assert Slack().handshake(request, CONNECTION) is None
    with pytest.raises(NotVerified):
        Slack().verify(request, CONNECTION, NOW)
    signed = Request(headers=sign(Slack.verification[0], SECRET, raw, NOW), body=raw)
    assert Slack().verify(signed, CONNECTION, NOW).secret == 0
    assert Slack().receive(signed, CONNECTION) == Reply(body=body["challenge"])
    assert isinstance(item_of(raw), Ignore)


def test_the_check_of_the_certificate_is_answered() -> None:
    by_get = Request(method="GET", query={"ssl_check": "1", "token": "x"})
    by_post = Request(body=b"ssl_check=1&token=x")
    assert Slack().handshake(by_get, CONNECTION) == Slack().handshake(by_post, CONNECTION) == Reply()
    for request in (Request(method="GET"), Request(body=b'{"text": "ssl_check=1"}')):
        assert Slack().handshake(request, CONNECTION) is None


def test_an_event_has_slack_s_id_whichever_try_it_is() -> None:
    body = golden("message")
    for retry in ({}, {"x-slack-retry-num": "1", "x-slack-retry-reason": "http_timeout"}):
        told = Slack().receive(Request(headers=retry, body=json.dumps(body).encode()), CONNECTION)
        assert told == Events(Event(body["event_id"], datetime(2026, 1, 2, 3, tzinfo=UTC)))


def test_a_mention_and_the_message_that_holds_it_are_one_feedback() -> None:
    mention = golden("mention")
    message = {**mention, "event": {**mention["event"], "type": "message", "channel_type": "channel"}}
    one, other = feedback_of(mention), feedback_of(message)
    assert (one.external_id, one.text, one.version) == (other.external_id, other.text, other.version)


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("<@U0BOT00001>: it hangs", "it hangs"),
        ("it hangs <@U0BOT00001>", "it hangs @U0BOT00001"),
        ("<@U0STAFF001> it hangs", "@U0STAFF001 it hangs"),
    ],
)
def test_the_mention_of_our_app_is_no_word_of_its_author_s(written: str, words: str) -> None:
    assert feedback_of(golden("mention", text=written)).text == words


def test_a_mention_alone_says_nothing() -> None:
    assert item_of(golden("mention", text="<@U0BOT00001> ")) == Ignore("no words")


def test_a_channel_of_two_workspaces_makes_one_feedback() -> None:
    ours, theirs = golden("message"), {**golden("message"), "team_id": "T0THEIRS01"}
    assert feedback_of(ours).external_id == feedback_of(theirs).external_id


def test_an_edit_is_a_newer_version_of_the_same() -> None:
    before, after = feedback_of(golden("message")), feedback_of(golden("edit"))
    assert before.external_id == after.external_id == FIRST
    assert before.version < after.version


def test_a_deleted_message_that_had_a_thread_is_redacted_too() -> None:
    body = golden("edit")
    body["event"]["message"] |= {"subtype": "tombstone", "text": "This message was deleted."}
    assert item_of(body) == Redacted(external_id=FIRST, at=datetime(2026, 1, 2, 3, 0, 20, 400, tzinfo=UTC))


def test_a_link_s_preview_changes_nothing() -> None:
    body, before = golden("edit"), feedback_of(golden("message"))
    del body["event"]["message"]["edited"]
    body["event"]["message"] |= {"text": before.text, "attachments": [{"text": "A page", "from_url": "x"}]}
    after = feedback_of(body)
    assert (after.text, after.version) == (before.text, before.version)


def test_a_reply_stands_in_the_thread_of_the_first() -> None:
    assert feedback_of(golden("reply_in_a_thread")).thread == feedback_of(golden("message")).thread
    shown = golden("reply_in_a_thread", subtype="thread_broadcast", root={"text": "The export is broken"})
    assert feedback_of(shown).text == "It is the CSV one."


@pytest.mark.parametrize(
    "changed",
    [
        {"bot_id": "B1"},
        {"bot_profile": {"id": "B1"}},
        {"subtype": "bot_message"},
        {"app_id": "A123ABC456"},
        {"user": "USLACKBOT"},
        {"user": "U0BOT00001"},
    ],
)
def test_bots_are_ignored(changed: dict[str, Any]) -> None:
    assert item_of(golden("message", **changed)) == Ignore("a message by a bot")


def test_a_bot_s_edit_and_deletion_are_ignored() -> None:
    for name, part in (("edit", "message"), ("deletion", "previous_message")):
        body = golden(name)
        body["event"][part]["bot_id"] = "B1"
        assert item_of(body) == Ignore("a message by a bot")


@pytest.mark.parametrize(
    "subtype", ["channel_join", "channel_topic", "pinned_item", "message_replied", "of_the_future"]
)
def test_what_only_happens_in_a_channel_is_ignored(subtype: str) -> None:
    assert item_of(golden("message", subtype=subtype)) == Ignore(f"{subtype} holds no feedback")


def test_any_other_call_is_ignored() -> None:
    limited = {"type": "app_rate_limited", "team_id": "T123ABC456", "minute_rate_limited": 1518467820}
    assert received(limited) == Ignore("app_rate_limited holds no feedback")


@pytest.mark.parametrize("body", [{}, {"type": None}, {"type": ["event_callback"]}])
def test_a_call_that_says_not_what_it_is_is_unreadable(body: dict[str, Any]) -> None:
    with pytest.raises(Unreadable, match="type"):
        received(body)


def test_staff_s_words_are_not_kept() -> None:
    staff = SlackSettings(staff=("U123ABC456",))
    answered = Answered(thread=FIRST, at=datetime(2026, 1, 2, 3, 0, 10, 300, tzinfo=UTC))
    assert item_of(golden("reply_in_a_thread"), staff) == answered
    for name in ("message", "edit", "mention"):
        assert item_of(golden(name), staff) == Ignore("a message by staff")


def test_in_a_shared_channel_the_workspace_tells_who_is_staff() -> None:
    ours = SlackSettings(staff_teams=("T0OURS0001",))
    assert isinstance(item_of(golden("reply_in_a_thread"), ours), Feedback)
    by_us = golden("reply_in_a_thread", team="T0OURS0001")
    assert isinstance(item_of(by_us, ours), Answered)
    by_them = golden("reply_in_a_thread", team="T0OURS0001", user_team="T0THEIRS01")
    assert isinstance(item_of(by_them, ours), Feedback)


def test_what_staff_deletes_is_taken_back_since_it_may_have_been_taken_once() -> None:
    assert isinstance(item_of(golden("deletion"), SlackSettings(staff=("U123ABC456",))), Redacted)


def test_a_file_without_words_is_taken_by_its_name() -> None:
    said = feedback_of(golden("file", text=""))
    assert (said.text, said.attachments) == ("", (Attachment(name="crash.png", content_type="image/png"),))


def test_a_file_that_is_gone_has_no_name() -> None:
    assert item_of(golden("file", text="", files=[{"id": "F1", "mode": "tombstone"}])) == Ignore("no words")


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<@U1> and <@U2|ines>", "@U1 and @ines"),
        ("<#C1|help> <#C2> <#C3|>", "#help #C2 #C3"),
        ("<!here> <!subteam^S1|@team> <!subteam^S2>", "@here @team @subteam"),
        ("<!date^1392734382^{date}|18 February>", "18 February"),
        ("<https://shop.example|shop>", "shop (https://shop.example)"),
        (
            "<http://shop.example|shop.example> <https://a.example/?x=1&amp;y=2>",
            "shop.example https://a.example/?x=1&y=2",
        ),
        ("<mailto:ines@example.com|ines@example.com>", "ines@example.com"),
        ("1 < 2 <nothing> *bold* `code`", "1 < 2 <nothing> *bold* `code`"),
    ],
)
def test_mrkdwn_is_read_as_people_see_it(written: str, shown: str) -> None:
    assert plain(written) == shown


def test_blocks_are_read_where_there_is_no_text() -> None:
    section = {
        "type": "rich_text_section",
        "elements": [
            {"type": "user", "user_id": "U1"},
            {"type": "text", "text": " see "},
            {"type": "link", "url": "https://shop.example", "text": "this"},
            {"type": "text", "text": " "},
            {"type": "emoji", "name": "wave"},
            {"type": "broadcast", "range": "here"},
            {"type": "of the future"},
        ],
    }
    bullets = {
        "type": "rich_text_list",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "one"}]}],
    }
    blocks = [
        {"type": "rich_text", "elements": [section, bullets]},
        {"type": "section", "text": {"type": "mrkdwn", "text": "A &amp; B"}},
        {"type": "divider"},
        {"type": "context", "elements": [{"type": "plain_text", "text": "&amp;"}, {"type": "image"}]},
    ]
    assert words_of({"text": "", "blocks": blocks}) == (
        "@U1 see this (https://shop.example) :wave:@here\n- one\nA & B\n&amp;"
    )


def test_a_message_that_is_passed_on_is_read_where_nothing_else_was_said() -> None:
    passed_on = [{"text": "It <https://a.example|crashes>", "is_share": True}, {"fallback": "again"}]
    assert words_of({"text": "", "attachments": passed_on}) == "It crashes (https://a.example)\n\nagain"
    assert words_of({"text": "Look:", "attachments": passed_on}) == "Look:"


def test_a_slash_command_s_words_are_taken_and_its_sender_is_thanked() -> None:
    body = urlencode(COMMAND).encode()
    told = received(body, SlackSettings(thanks="Danke!"))
    assert isinstance(told, Events)
    assert told.reply == Reply(body="Danke!")
    said = feedback_of(body)
    assert said.text == "The export is broken & slow. Größe 👍"
    assert (said.author.id, said.author.name) == ("U123ABC456", "ines")
    assert said.external_id == f"command-{COMMAND['trigger_id']}"


def test_the_form_is_signed_as_it_was_sent() -> None:
    body = urlencode(COMMAND).encode()
    headers = sign(Slack.verification[0], SECRET, body, NOW)
    assert Slack().verify(Request(headers=headers, body=body), CONNECTION, NOW).secret == 0
    with pytest.raises(NotVerified, match="mismatch"):
        Slack().verify(Request(headers=headers, body=body.replace(b"%2F", b"%2f")), CONNECTION, NOW)


def test_a_message_sent_on_by_a_shortcut_is_the_message_itself() -> None:
    body = interaction(SHORTCUT)
    told = received(body)
    assert isinstance(told, Events)
    assert told.reply == Reply()
    by_shortcut, by_event = feedback_of(body), feedback_of(golden("message"))
    assert by_shortcut.external_id == by_event.external_id
    assert (by_shortcut.text, by_shortcut.author) == (by_event.text, by_event.author)


def test_what_is_typed_into_a_form_is_taken() -> None:
    body = interaction(FORM)
    told = received(body)
    assert isinstance(told, Events)
    assert told.reply == Reply()  # Slack shows an error where a form is answered with any words
    said = feedback_of(body)
    assert (said.kind, said.text) == ("survey", "The invoice is wrong.\n\nTwice.")
    assert said.attributes == {"form": "feedback", "workspace": "T123ABC456", "Where?": "Billing"}


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "block_actions", "actions": []},
        {"type": "shortcut", "callback_id": "feedback"},
        {"type": "view_closed"},
        {"type": "of the future"},
        {**FORM, "view": {"id": "V1", "state": {"values": {}}}},
        {**SHORTCUT, "message": {**SHORTCUT["message"], "bot_id": "B1"}},
    ],
)
def test_any_other_interaction_is_answered_and_holds_nothing(payload: dict[str, Any]) -> None:
    assert received(interaction(payload)) == Reply(status=200, body="")
    assert isinstance(item_of(interaction(payload)), Ignore)


@pytest.mark.parametrize("body", [b"a=b", b"payload=", b"payload=%5B%5D", b"command=/x&text=hi", b"=", b"&="])
def test_a_form_that_is_none_of_slack_s_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        received(body)
