"""What a provider told besides words: clean, bounded, and the same on the other side of the queue."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from chalicelib.domain.intake.feedback import cleaned
from chalicelib.domain.intake.notice_message import AHEAD, NoticeMessage, from_json, noticed, to_json
from chalicelib.domain.tickets.decisions.take import threads_of
from chalicelib.domain.trace import Trace
from chalicelib.errors import Unreadable
from tests.said import said
from triggeriq import Answered, Feedback, Redacted

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
TRACE = Trace("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", True)


def made(notice: Answered | Redacted) -> NoticeMessage:
    return noticed(notice, source="desk", connection="c", event_id="e1", received_at=NOW, trace=TRACE)


@pytest.mark.parametrize(
    "notice",
    [
        Answered(thread="t", at=NOW),
        Redacted(thread="\U0001f600 't\"", at=NOW),
        Redacted(external_id='{"feedback":1}', at=NOW),
    ],
    ids=str,
)
def test_it_comes_out_of_the_queue_as_it_went_in(notice: Answered | Redacted) -> None:
    message = made(notice)
    assert from_json(to_json(message)) == message
    assert '"feedback":' not in to_json(message)


LONG = "t" * 700


@pytest.mark.parametrize("name", ["t", " t\0 ", LONG, "\u00e9" * 60, "one\ntwo"])
@pytest.mark.parametrize("several", [True, False])
def test_a_conversation_has_the_name_that_its_feedback_has(name: str, several: bool) -> None:
    names: Any = {"threads": (name,)} if several else {"thread": name}
    kept = cleaned(Feedback(external_id="a", **names))
    (thread,) = threads_of(said("a", thread=kept.thread, threads=kept.threads).message)
    assert thread.name in made(Answered(thread=name, at=NOW)).threads
    assert thread.name in made(Redacted(thread=name, at=NOW)).threads


def test_a_feedback_has_the_name_that_it_is_kept_by() -> None:
    for id in (" a\0", LONG):
        assert (
            made(Redacted(external_id=id, at=NOW)).external_id
            == cleaned(Feedback(external_id=id)).external_id
        )


def test_times_are_utc_and_none_lies_far_ahead() -> None:
    local = datetime(2026, 3, 1, 9, tzinfo=timezone(timedelta(hours=2)))
    assert made(Answered(thread="t", at=local)).at == datetime(2026, 3, 1, 7, tzinfo=UTC)
    assert made(Answered(thread="t", at=local.replace(tzinfo=None))).at == NOW
    assert made(Redacted(thread="t", at=datetime(9998, 1, 1, tzinfo=UTC))).at == NOW + AHEAD


GOOD = json.loads(to_json(made(Answered(thread="t", at=NOW))))


@pytest.mark.parametrize(
    "bad",
    [
        {"v": 2},
        {"notice": "released"},
        {"notice": ["answered"]},
        {"at": None},
        {"at": "2026-03-01"},
        {"received_at": 7},
        {"threads": None},
    ],
    ids=str,
)
def test_anything_else_is_unreadable(bad: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        from_json(json.dumps({**GOOD, **bad}))


@pytest.mark.parametrize("text", ["", "not JSON", "[]", "{}", "7", "[" * 100_000])
def test_what_is_no_message_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        from_json(text)
