"""A record of the queue that holds no feedback, beside those that do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.intake import feedback_message, notice_message
from chalicelib.domain.intake.attachment_keys import attachments_key
from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.operations.record import Record
from chalicelib.domain.tickets.plan import Known, Plan, Selection
from chalicelib.errors import Unavailable, Unreadable
from chalicelib.pipeline.tickets.amend import Amend
from chalicelib.pipeline.tickets.notice import AT_ONCE, Notice
from chalicelib.pipeline.tickets.process import Process
from chalicelib.pipeline.tickets.relay import Relay
from tests.in_memory_tickets import InMemoryTickets
from tests.said import Noticing, answered, said, take_in, taken_back, triage, version
from tests.unit.pipeline.fakes import NOW, FakeBlobs, FakeBus, FakeMetrics, now, plenty, record
from triggeriq import Attachment


class Desk:
    """The use-case Process with all behind it. asked: by which source and connection triage was asked."""

    def __init__(self, blobs: FakeBlobs | None = None) -> None:
        self.store, self.blobs, self.metrics = InMemoryTickets(), blobs or FakeBlobs(), FakeMetrics()
        self.asked: list[tuple[str, str]] = []
        nothing: Any = None
        relay = Relay(outbox=nothing, bus=FakeBus(down=True), quarantine=nothing, now=now, grace=nothing)
        amend = Amend(tickets=self.store, relay=relay)

        def triaged(feedback: Any, source: str, connection: str) -> Any:
            self.asked.append((source, connection))
            return triage(feedback.text)

        self.process = Process(
            triage=triaged,
            amend=amend,
            notice=Notice(amend=amend, artifacts=self.blobs, now=now),
            artifacts=lambda: self.blobs,
            metrics=self.metrics,
            now=now,
        )

    def take(self, *records: Record) -> dict[str, Exception | None]:
        return {one.id: error for one, error in self.process(records, plenty)}


def feedback(id: str, **fields: Any) -> Record:
    message = said(id, **fields).message
    if message.feedback.attachments:
        message = replace(message, attachments_key="attachments/one")
    return record(f"of {id}", feedback_message.to_json(message))


def notice(id: str, message: notice_message.NoticeMessage) -> Record:
    return record(id, notice_message.to_json(message))


def test_what_is_told_in_one_batch_with_its_feedback_reaches_it() -> None:
    desk = Desk()
    records = (
        notice("answer", answered("t")),
        feedback("a", thread="t"),
        feedback("b"),
        notice("redaction", taken_back("b")),
    )
    assert desk.take(*records) == dict.fromkeys(("answer", "of a", "of b", "redaction"))
    tickets = {one.ticket.external_id: one.ticket for one in desk.store.tickets.values()}
    assert tickets["a"].answered_at is not None
    assert tickets["b"].text == "(removed at the provider)"


def test_a_record_that_is_neither_is_unreadable_and_the_rest_goes_on() -> None:
    desk = Desk()
    errors = desk.take(record("bad", "{}"), feedback("a"), notice("answer", answered("t")))
    assert {id: type(error) for id, error in errors.items()} == {
        "bad": Unreadable,
        "of a": type(None),
        "answer": type(None),
    }


def test_triage_is_told_source_and_connection() -> None:
    desk = Desk()
    desk.take(feedback("a"), feedback("b", source="csv", connection="shop"))
    assert desk.asked == [("zendesk", "default"), ("csv", "shop")]


def test_files_of_what_was_taken_back_are_deleted_whatever_comes_first() -> None:
    name = "attachments/one/0"
    file = feedback("a", attachments=(Attachment(name="a.png", bytes=5),))
    for records in ((file, notice("r", taken_back("a"))), (notice("r", taken_back("a")),)):
        desk = Desk(FakeBlobs({name: b"image", "other": b""}))
        desk.take(*records)
        desk.take(file)
        assert [*desk.blobs.objects] == ["other"]


class Dying(FakeBlobs):
    """Away when it is first asked to delete."""

    died = False

    def delete(self, key: str) -> None:
        if not self.died:
            self.died = True
            raise Unavailable("s3", "down")
        super().delete(key)


@pytest.mark.parametrize("first", ["the feedback", "the notice"])
def test_where_s3_is_away_it_comes_again_and_the_file_goes(first: str) -> None:
    desk = Desk(Dying({"attachments/one/0": b"image"}))
    file = feedback("a", attachments=(Attachment(name="a.png", bytes=5),))
    told = notice("r", taken_back("a"))
    one, other = (file, told) if first == "the feedback" else (told, file)
    desk.take(one)
    assert [type(error) for error in desk.take(other).values()] == [Unavailable]
    assert [*desk.take(other).values()] == [None]
    assert desk.blobs.objects == {}


def test_of_a_conversation_no_more_is_let_in_before_it_is_looked_up() -> None:
    """Killed between the two, it is done when it comes again."""
    store = InMemoryTickets()
    take_in(store, [said(f"r{n}", thread="t") for n in range(AT_ONCE + 5)], NOW)

    class Killed(Exception):
        pass

    class Dies:
        asked = 0

        def amend(self, selection: Selection, decide: Any) -> Plan:
            self.asked += 1
            if self.asked == 3:
                raise Killed
            return store.amend(selection, decide)

    with pytest.raises(Killed):
        Noticing(Dies(), NOW)(taken_back(threads=("t",)))
    texts = [kept.message.feedback.text for kept in store.feedback.values()]
    assert texts.count("It crashes") == 5
    (late,), _ = take_in(store, [said("late", thread="t")], NOW)
    assert late.outcome == "redacted"
    Noticing(store, NOW)(taken_back(threads=("t",)))
    assert "It crashes" not in repr(store.feedback)
    assert FeedbackKey("zendesk", "default", "late") not in store.feedback


def test_known_is_no_more_than_was_selected() -> None:
    store = InMemoryTickets()
    Noticing(store, NOW)(taken_back("a"))
    seen: list[Known] = []
    store.amend(Selection(), lambda known: seen.append(known) or Plan(NOW))  # type: ignore[func-returns-value]
    assert seen == [Known({}, {}, {}, {}, {}, {})]


def test_files_of_every_version_up_to_then_go_and_those_of_later_ones_stay() -> None:
    key = FeedbackKey("zendesk", "default", "a")
    times = {minutes: version(minutes) for minutes in (1, 2, 10, 11)}
    names = {minutes: attachments_key(key, at, f"e{minutes}", []) for minutes, at in times.items()}
    other = attachments_key(key._replace(external_id="b"), 0, "e", [])
    desk = Desk(FakeBlobs({f"{name}/{place}": b"x" for name in (*names.values(), other) for place in (0, 1)}))
    desk.take(notice("r", taken_back("a", minutes=10)))
    assert {*desk.blobs.objects} == {f"{name}/{place}" for name in (names[11], other) for place in (0, 1)}
