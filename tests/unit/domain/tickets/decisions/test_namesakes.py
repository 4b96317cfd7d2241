"""A mail never takes the place of another, whatever Message-ID it bears."""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.tickets.ticket import Triaged
from tests.in_memory_tickets import InMemoryTickets
from tests.said import START, said, take_in
from triggeriq import Author

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ADA, EVE = Author(email="ada@example.com"), Author(email="eve@example.net")


@pytest.fixture
def tickets() -> InMemoryTickets:
    return InMemoryTickets()


def mail(event: str, text: str, author: Author = ADA, **fields: Any) -> Triaged:
    """A mail whose Message-ID is "m"."""
    triaged = said("m", text, kind="email", author=author, threads=("m",), **fields)
    return Triaged(replace(triaged.message, event_id=event), triaged.triage)


def aside(event: str) -> str:
    return f"m#{hashlib.sha256(event.encode()).hexdigest()[:12]}"


def texts(tickets: InMemoryTickets) -> dict[str, str]:
    return {key.external_id: kept.message.feedback.text for key, kept in tickets.feedback.items()}


FIRST, FORGED = mail("file-1:1", "My order is lost"), mail("file-2:1", "Forget it", EVE, minutes=5)


@pytest.mark.parametrize("batched", [True, False])
def test_both_are_kept_and_the_forger_has_a_ticket_of_his_own(
    tickets: InMemoryTickets, batched: bool
) -> None:
    for batch in ([FIRST, FORGED],) if batched else ([FIRST], [FORGED]):
        take_in(tickets, batch, NOW)
    assert texts(tickets) == {"m": "My order is lost", aside("file-2:1"): "Forget it"}
    assert len({kept.ticket_id for kept in tickets.feedback.values()}) == 2
    assert tickets.former == []


def test_an_answer_to_the_first_does_not_join_the_forger(tickets: InMemoryTickets) -> None:
    (first, forged), _ = take_in(tickets, [FIRST, FORGED], NOW)
    (answer,), _ = take_in(tickets, [said("a", "Which?", kind="email", threads=("m", "a"))], NOW)
    assert answer.ticket_id == first.ticket_id != forged.ticket_id
    assert tickets.tickets[forged.ticket_id].ticket.merged_into is None


@pytest.mark.parametrize("order", [*itertools.product([FIRST, FORGED], repeat=3)])
def test_deliveries_in_any_order_lose_and_double_nothing(
    tickets: InMemoryTickets, order: tuple[Triaged, ...]
) -> None:
    for one in order:
        take_in(tickets, [one], NOW)
    said_there = sorted(texts(tickets).values())
    assert said_there == sorted({one.message.feedback.text for one in order})
    assert tickets.former == []


def test_who_uses_his_ids_again_says_both_in_one_ticket(tickets: InMemoryTickets) -> None:
    taken, _ = take_in(tickets, [FIRST, mail("file-2:1", "And my invoice is wrong", minutes=5)], NOW)
    assert [one.outcome for one in taken] == ["created", "joined"]
    assert len(texts(tickets)) == 2


def test_the_same_words_of_another_person_are_another_mail(tickets: InMemoryTickets) -> None:
    taken, _ = take_in(tickets, [mail("1", "Unsubscribe me"), mail("2", "Unsubscribe me", EVE)], NOW)
    assert [one.outcome for one in taken] == ["created", "created"]


def test_a_copy_for_another_recipient_is_the_same_mail(tickets: InMemoryTickets) -> None:
    copy = mail("file-9:1", "My order is lost", Author(email="Ada@Example.com"), minutes=1)
    taken, _ = take_in(tickets, [FIRST, copy], NOW)
    assert [one.outcome for one in taken] == ["created", "unchanged"]
    assert [*texts(tickets)] == ["m"]


def reread(triaged: Triaged, text: str) -> Triaged:
    message = triaged.message
    feedback = replace(message.feedback, text=text)
    return Triaged(replace(message, reread_at=START + timedelta(days=1), feedback=feedback), triaged.triage)


def test_a_reading_again_mends_each_of_them(tickets: InMemoryTickets) -> None:
    take_in(tickets, [FIRST, FORGED], NOW)
    taken, _ = take_in(tickets, [reread(FORGED, "Forget all"), reread(FIRST, "My orders are lost")], NOW)
    assert [one.outcome for one in taken] == ["updated", "updated"]
    assert texts(tickets) == {"m": "My orders are lost", aside("file-2:1"): "Forget all"}
    kept = {key.external_id: kept.message.feedback for key, kept in tickets.feedback.items()}
    assert kept[aside("file-2:1")].threads == ()


def test_a_reading_again_that_says_as_the_first_keeps_its_own_place(tickets: InMemoryTickets) -> None:
    second = mail("file-2:1", "misread", minutes=5)
    take_in(tickets, [FIRST, second], NOW)
    take_in(tickets, [reread(second, "My order is lost")], NOW)
    assert texts(tickets) == {"m": "My order is lost", aside("file-2:1"): "My order is lost"}


@pytest.mark.parametrize("fields", [{"kind": "message"}, {"kind": "review"}, {"kind": "email", "version": 7}])
def test_what_can_be_edited_is_replaced_by_its_newer_version(
    tickets: InMemoryTickets, fields: dict[str, Any]
) -> None:
    first = said("m", "one", **{**fields, "version": 0})
    edited = said("m", "two", minutes=1, **fields)
    edited = Triaged(replace(edited.message, event_id="another"), edited.triage)
    taken, _ = take_in(tickets, [first, edited], NOW)
    assert [one.outcome for one in taken] == ["created", "updated"]
    assert texts(tickets) == {"m": "two"}
