"""Words that were taken back where they were said: they go, whatever holds them, and never come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.tickets.decisions.change import change
from chalicelib.domain.tickets.decisions.merge import merge
from chalicelib.domain.tickets.plan import Selection
from chalicelib.domain.tickets.removal import REMOVED
from chalicelib.domain.tickets.ticket import Category, Change, Facet, Priority, Ticket, Triaged
from tests.in_memory_tickets import InMemoryTickets
from tests.said import START, Noticing, said, take_in, taken_back, triage, version
from triggeriq import Attachment, Author

NOW = START + timedelta(hours=1)
SECRET = "Xylophone"
A, B = FeedbackKey("zendesk", "default", "a"), FeedbackKey("zendesk", "default", "b")
ADA = Author(id="9", name="Ada")


@pytest.fixture
def store() -> InMemoryTickets:
    return InMemoryTickets()


@pytest.fixture
def tell(store: InMemoryTickets) -> Noticing:
    return Noticing(store, NOW)


def secret(external_id: str = "a", minutes: float = 0, **fields: Any) -> Triaged:
    """What somebody will take back, with all that quotes it."""
    answer = triage(
        f"{SECRET} {external_id}",
        category=Category(label="complaint", confidence=0.8, by="category/1", evidence=(SECRET,)),
        priority=Priority(label="high", reasons=(SECRET,), evidence=(SECRET,)),
        details={"instrument": SECRET},
        tags=(SECRET,),
        facets={"team": Facet(label=SECRET, confidence=0.5, by="own/1")},
    )
    wanted = said(
        external_id,
        f"{SECRET} {external_id}",
        **{
            "minutes": minutes,
            "version": version(minutes),
            "title": SECRET,
            "quoted": SECRET,
            "author": ADA,
            "rating": 1.0,
            "url": f"https://a.example/{SECRET}",
            "attributes": {"note": SECRET},
            "attachments": (Attachment(name=f"{SECRET}.png", bytes=5), Attachment(name="b.txt")),
            **fields,
        },
        answer=answer,
    )
    return wanted._replace(message=replace(wanted.message, attachments_key="attachments/one"))


def everything(store: InMemoryTickets) -> str:
    return repr((store.feedback, store.former, store.tickets, store.logs, store.outbox))


def shown(store: InMemoryTickets, key: FeedbackKey = A) -> Ticket:
    return store.tickets[store.feedback[key].ticket_id].ticket


def test_nothing_of_the_words_is_left(store: InMemoryTickets, tell: Noticing) -> None:
    take_in(store, [secret(minutes=-2), secret(minutes=-1), secret()], NOW)
    tell(taken_back("a"))
    assert SECRET not in everything(store)
    ticket, kept = shown(store), store.feedback[A].message.feedback
    assert (ticket.title, ticket.description, ticket.text) == (REMOVED,) * 3
    assert (ticket.category.label, ticket.priority.label) == ("complaint", "high")
    assert ticket.priority.reasons == (REMOVED,)
    assert (kept.author, kept.rating, kept.version) == (ADA, 1.0, version(0))
    assert [file.name for file in kept.attachments] == ["removed", "removed"]
    assert tell.deleted == ["attachments/one/0", "attachments/one/1"]
    assert [event.type for event in tell.told] == ["ticket.updated"]
    (log,) = [log.log for log in store.logs.values() if log.log.stage == "redact"]
    assert (log.by, log.data["feedback"]) == ("zendesk/default", [["zendesk", "default", "a"]])


def test_told_twice_it_changes_nothing_but_looks_for_the_files_again(
    store: InMemoryTickets, tell: Noticing
) -> None:
    take_in(store, [secret()], NOW)
    tell(taken_back("a"))
    before = everything(store)
    tell(taken_back("a"))
    tell(taken_back("a", minutes=5))
    assert everything(store) == before
    assert tell.deleted == ["attachments/one/0", "attachments/one/1"] * 3


LATER: dict[str, Callable[[], Triaged]] = {
    "a repeat": secret,
    "an older version": lambda: secret(minutes=-5),
    "a newer version, from before": lambda: secret(minutes=9),
    "a repeat whose provider tells no times": lambda: secret(version=0, minutes=50),
}


@pytest.mark.parametrize("later", LATER.values(), ids=LATER)
@pytest.mark.parametrize("first", [True, False], ids=["after it came", "before it came"])
def test_they_never_come_back(
    store: InMemoryTickets, tell: Noticing, later: Callable[[], Triaged], first: bool
) -> None:
    if first:
        take_in(store, [secret()], NOW)
    tell(taken_back("a"))
    reread = later()
    batch = [
        later(),
        reread._replace(message=replace(reread.message, reread_at=NOW, event_id="event-a")),
    ]
    taken, events = take_in(store, batch, NOW)
    assert [one.outcome for one in taken] == ["redacted", "redacted"]
    assert events == []
    assert SECRET not in everything(store)
    assert len(store.feedback) == int(first)


def test_the_content_of_files_that_come_late_is_deleted(store: InMemoryTickets, tell: Noticing) -> None:
    tell(taken_back("a"))
    from chalicelib.domain.tickets.decisions.take import selection, take

    plan = store.amend(selection([secret()]), lambda known: take([secret()], known, NOW))
    assert plan.removal is not None
    assert plan.removal.files == ["attachments/one/0", "attachments/one/1"]


def test_a_later_version_stands(store: InMemoryTickets, tell: Noticing) -> None:
    edited = said("a", "All is well", version=version(11), minutes=11, answer=triage("All is well"))
    take_in(store, [secret()], NOW)
    tell(taken_back("a"))
    (taken,), _ = take_in(store, [edited], NOW)
    assert taken.outcome == "updated"
    assert (shown(store).text, shown(store).title) == ("All is well", "All is well")
    assert SECRET not in everything(store)


def test_a_later_version_that_came_before_stands_too_with_its_trail(
    store: InMemoryTickets, tell: Noticing
) -> None:
    edited = said("a", "All is well", version=version(11), minutes=11, answer=triage("All is well"))
    take_in(store, [secret()], NOW)
    take_in(store, [edited], NOW)
    tell(taken_back("a"))
    assert (shown(store).text, shown(store).title) == ("All is well", "All is well")
    assert SECRET not in everything(store)
    assert {"text": "All is well"} in [log.log.data for log in store.logs.values()]
    assert store.former == []


def test_the_ticket_is_told_by_what_is_left(store: InMemoryTickets, tell: Noticing) -> None:
    bob = Author(name="Bob")
    take_in(
        store,
        [
            secret(thread="t"),
            said("c", "The third", thread="t", minutes=2),
            said("b", "The second\nin two lines", thread="t", minutes=1, author=bob, language="de"),
        ],
        NOW,
    )
    tell(taken_back("a"))
    ticket = shown(store)
    assert (ticket.external_id, ticket.title, ticket.author) == ("b", "The second", bob)
    assert (ticket.description, ticket.text) == ("The second\nin two lines",) * 2
    assert (ticket.language, ticket.needs_review, ticket.feedback_count) == ("de", True, 3)
    assert (ticket.details, ticket.facets, ticket.tags) == ({}, {}, ())
    assert SECRET not in everything(store)
    tell(taken_back("b"))
    assert shown(store).title == "The third"


def test_of_a_further_item_only_its_own_words_go(store: InMemoryTickets, tell: Noticing) -> None:
    take_in(store, [said("a", "The first", thread="t"), secret("b", thread="t", minutes=1)], NOW)
    tell(taken_back("b"))
    assert (shown(store).title, shown(store).tags) == ("The first", ("app",))
    assert {"text": "The first"} in [log.log.data for log in store.logs.values()]
    assert SECRET not in everything(store)


def test_what_a_person_set_stays(store: InMemoryTickets, tell: Noticing) -> None:
    (taken,), _ = take_in(store, [secret()], NOW)
    wanted = Change({"tags": ["mine"], "priority": "low", "category": "praise", "status": "resolved"}, "ann")
    store.amend(
        Selection(tickets=(taken.ticket_id,)), lambda known: change(known.alive(taken.ticket_id), wanted, NOW)
    )
    tell(taken_back("a"))
    ticket = shown(store)
    assert (ticket.tags, ticket.status) == (("mine",), "resolved")
    assert (ticket.priority.label, ticket.priority.reasons) == ("low", ("set by ann",))
    assert (ticket.category.label, ticket.category.by) == ("praise", "ann")


def test_a_ticket_that_was_merged_away_loses_them_too(store: InMemoryTickets, tell: Noticing) -> None:
    batch = [secret(), said("b", "Another"), said("c", "A third")]
    ids = [one.ticket_id for one in take_in(store, batch, NOW)[0]]
    for into, other in ((ids[1], ids[0]), (ids[2], ids[1])):
        both = Selection(tickets=(into, other), moves=True)
        store.amend(both, lambda known, i=into, o=other: merge(known.alive(i), [known.alive(o)], "ann", NOW))  # type: ignore[misc]
    tell(taken_back("a"))
    assert SECRET not in everything(store)
    assert [store.tickets[id].ticket.title for id in ids] == [REMOVED, "Another", "A third"]


def test_a_conversation_goes_whole_and_what_is_said_later_stands(
    store: InMemoryTickets, tell: Noticing
) -> None:
    take_in(store, [secret(thread="t"), secret("b", thread="t", minutes=1), secret("c", thread="u")], NOW)
    tell(taken_back(threads=("t",)))
    assert {key.external_id for key, kept in store.feedback.items() if SECRET in repr(kept)} == {"c"}
    late, later = secret("late", thread="t", minutes=5), said("later", "More", thread="t", minutes=20)
    taken, _ = take_in(store, [late, later], NOW)
    assert [one.outcome for one in taken] == ["redacted", "joined"]
    (repeat,), _ = take_in(store, [secret(version=0, minutes=30)], NOW)  # it names no conversation
    assert repeat.outcome == "redacted"


def test_a_feedback_that_there_is_not_leaves_a_mark_alone(store: InMemoryTickets, tell: Noticing) -> None:
    tell(taken_back("a"))
    assert (store.tickets, store.logs, tell.told, tell.deleted) == ({}, {}, [], [])
    assert [*store.removal.feedback] == [A]


def test_another_connection_s_feedback_of_that_name_stays(store: InMemoryTickets, tell: Noticing) -> None:
    take_in(store, [replace_source(secret(), "csv")], NOW)
    before = everything(store)
    tell(taken_back("a"))
    assert everything(store) == before


def replace_source(triaged: Triaged, source: str) -> Triaged:
    return triaged._replace(message=replace(triaged.message, source=source))
