"""The bytes of a delivery, in each format."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery.body import MOST, body_of
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
API = "https://api.example.com"
TICKET: dict[str, Any] = {
    "id": "t1",
    "title": "Crash on start",
    "category": {"label": "bug_report", "confidence": 0.9, "by": "category"},
    "priority": {"label": "high", "reasons": ["rating"]},
    "sentiment": {"label": "negative", "score": -0.7},
    "status": "open",
    "source": "zendesk",
}
HOSTILE = (
    "<!channel> <!here> @here @channel <@U123> <https://evil.example|click> [click](https://evil.example) "
    "**b** & www.evil.example"
)


def stored(type: str = "ticket.created", data: Any = TICKET, **more: Any) -> StoredEvent:
    return StoredEvent.of(CloudEvent(id="e1", type=type, subject="t1", time=NOW, data=data, **more), NOW)


def posted(data: Any, **more: Any) -> StoredEvent:
    return stored("order.updated", data, owner="acme", source="shop/eu", **more)


def sent(event: StoredEvent, format: Any) -> dict[str, Any]:
    body, _ = body_of(event, format, API)
    found: dict[str, Any] = json.loads(body)
    return found


# ---- standard ----


def test_the_standard_body() -> None:
    body, content_type = body_of(stored(), "standard", API)
    assert content_type == "application/json"
    assert json.loads(body) == {"type": "ticket.created", "timestamp": "2026-11-28T12:00:00Z", "data": TICKET}


@pytest.mark.parametrize("data", [None, 0, "words", [1, {"a": None}], {}, {"ö": "€\u2028\ud800"}])
def test_data_of_any_kind_arrive_as_they_are(data: Any) -> None:
    assert sent(posted(data), "standard")["data"] == data


def test_data_that_are_no_json_arrive_in_base64() -> None:
    told = sent(posted(None, more={"data_base64": "aGk="}), "standard")
    assert told == {
        "type": "order.updated", "timestamp": "2026-11-28T12:00:00Z", "data": None, "data_base64": "aGk=",
    }  # fmt: skip


@pytest.mark.parametrize("format", ["standard", "cloudevents", "slack", "teams"])
def test_the_same_event_has_the_same_bytes(format: Any) -> None:
    assert body_of(stored(), format, API) == body_of(stored(), format, API)


# ---- cloudevents ----


def test_a_cloud_event_is_sent_as_it_was_put_into_the_log() -> None:
    event = posted({"n": 1}, more={"dataschema": "https://example.com/s", "traceparent": "00-x"})
    body, content_type = body_of(event, "cloudevents", API)
    assert content_type == "application/cloudevents+json"
    assert body.decode() == event.body


# ---- what is too long ----


@pytest.mark.parametrize(
    ("event", "where"),
    [
        (stored(data={"text": "x" * MOST}), f"{API}/events/e1"),
        (posted({"text": "x" * MOST}), f"{API}/events/e1?source=shop%2Feu"),
    ],
)
def test_what_is_too_long_says_where_it_is(event: StoredEvent, where: str) -> None:
    thin = sent(event, "standard")
    assert thin == {
        "type": event.type, "timestamp": "2026-11-28T12:00:00Z", "data": None, "dataref": where,
    }  # fmt: skip
    envelope = sent(event, "cloudevents")
    assert (envelope["dataref"], envelope["id"], "data" in envelope) == (where, "e1", False)


def test_what_is_just_not_too_long_is_whole() -> None:
    room = MOST - len(body_of(posted(""), "standard", API)[0])
    assert len(body_of(posted("x" * room), "standard", API)[0]) == MOST
    assert sent(posted("x" * (room + 1)), "standard")["data"] is None


def test_what_is_long_and_in_base64_is_left_out_too() -> None:
    told = sent(posted(None, more={"data_base64": "a" * MOST}), "standard")
    assert told["dataref"]
    assert len(json.dumps(told)) < 1_000


# ---- chats ----


def texts(value: Any) -> list[str]:
    """Every text that a chat would show."""
    if isinstance(value, Mapping):
        own = [value["text"]] if isinstance(value.get("text"), str) else []
        return own + [text for one in value.values() for text in texts(one)]
    return [text for one in value for text in texts(one)] if isinstance(value, list) else []


@pytest.mark.parametrize("format", ["slack", "teams"])
def test_a_ticket_is_told_in_words(format: Any) -> None:
    told = "\n".join(texts(sent(stored(), format)))
    for words in (
        "New ticket",
        "Crash on start",
        "Category",
        "bug_report",
        "high",
        "negative",
        "open",
        "zendesk",
    ):
        assert words in told


@pytest.mark.parametrize("format", ["slack", "teams"])
def test_a_ticket_is_linked(format: Any) -> None:
    assert f"{API}/tickets/t1" in body_of(stored(), format, API)[0].decode()
    assert "tickets" not in body_of(stored(), format, "")[0].decode()


@pytest.mark.parametrize("format", ["slack", "teams"])
def test_any_other_event_is_told_by_its_type_subject_and_time(format: Any) -> None:
    told = "\n".join(texts(sent(posted({"title": "not shown"}), format)))
    for words in ("order.updated", "t1", "2026-11-28T12:00:00Z"):
        assert words in told
    assert "not shown" not in told


@pytest.mark.parametrize("format", ["slack", "teams"])
def test_an_endpoint_that_fails_is_told_in_words(format: Any) -> None:
    data = {"name": "shop", "url": "https://shop.example", "last_error": "answered 500", "reason": None}
    told = "\n".join(texts(sent(stored("endpoint.failing", data), format)))
    for words in ("An endpoint takes no events", "shop", "answered 500"):
        assert words in told


@pytest.mark.parametrize("format", ["slack", "teams"])
def test_what_a_customer_wrote_calls_nobody_and_leads_nowhere(format: Any) -> None:
    body = body_of(stored(data={**TICKET, "title": HOSTILE, "source": HOSTILE}), format, API)[0].decode()
    told = "\n".join(texts(json.loads(body)))
    for dangerous in ("@here", "@channel", "@U123", "https://evil", "www.evil"):
        assert dangerous not in told
    if format == "slack":
        assert "<" not in told.replace(f"<{API}/tickets/t1|Open it>", "")


def test_slack_gets_customers_words_as_plain_text() -> None:
    told = sent(stored(data={**TICKET, "title": "*a* _b_ ~c~ `d` & e"}), "slack")
    marked = [
        block["text"]["text"] for block in told["blocks"] if block.get("text", {}).get("type") == "mrkdwn"
    ]
    assert marked == [f"<{API}/tickets/t1|Open it>"]
    assert "*a* _b_ ~c~ `d` &amp; e" in texts(told)
    assert (told["unfurl_links"], told["unfurl_media"]) == (False, False)


def test_teams_gets_no_text_that_it_would_read_as_markdown() -> None:
    told = sent(stored(data={**TICKET, "title": HOSTILE}), "teams")
    (attachment,) = told["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert {block["type"] for block in attachment["content"]["body"]} == {"RichTextBlock"}
    assert "entities" not in json.dumps(told)  # by which Teams mentions somebody


@pytest.mark.parametrize("character", ["x", "&", "€", "\U0001f600", "\u202e", "@a ", "\ud800", "\n"])
def test_a_message_keeps_to_what_slack_and_teams_take(character: str) -> None:
    long = character * 20_000
    event = stored(data=dict.fromkeys(TICKET, long))
    for block in sent(event, "slack")["blocks"]:
        assert block["type"] != "header" or len(block["text"]["text"]) <= 150
        assert len(block.get("text", {}).get("text", "")) <= 3_000
        assert all(len(one["text"]) <= 2_000 for one in block.get("fields", ()))
        assert 0 < len(block.get("fields", "x")) <= 10
    assert len(body_of(event, "teams", API)[0]) < 21_000


@given(data=st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*TICKET, "label"]), inner),
))  # fmt: skip
def test_whatever_the_data_are_there_is_a_message(data: Any) -> None:
    for format in ("slack", "teams"):
        for type in ("ticket.created", "endpoint.failing", "ticket.of_a_new_kind"):
            told = texts(sent(stored(type, data), format))
            assert all(re.fullmatch(r"[^\x00-\x1f\u202a-\u202e]+", text) for text in told)
