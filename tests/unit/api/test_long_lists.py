"""A list whose items are long: Lambda answers with 6 MB at most."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from chalicelib.domain.page import Page
from chalicelib.domain.tickets.ticket import Ticket
from chalicelib.domain.tickets.ticket_filter import NEWEST, TicketFilter, TicketOrder
from tests.unit.api.fakes import TICKET, Client, FakeTickets, FakeUseCases

LAMBDA_BYTES = 6_000_000


class Shelf(FakeTickets):
    """Gives its tickets in pages; a cursor is a place."""

    def __init__(self, tickets: list[Ticket]) -> None:
        super().__init__()
        self.tickets = tickets
        self.limits: list[int] = []

    def search(
        self, wanted: TicketFilter, limit: int, cursor: str | None, order: TicketOrder = NEWEST
    ) -> Page[Ticket]:
        self.limits.append(limit)
        end = int(cursor or 0) + limit
        return Page(tuple(self.tickets[end - limit : end]), str(end) if end < len(self.tickets) else None)


def sent(answer: Any) -> int:
    return len(json.dumps({"body": answer.text}))


@pytest.mark.parametrize("text", ["\U0001f600" * 20_000, '"\\' * 20_000, "x" * 40_000])
def test_long_items_come_in_pages_that_lambda_can_answer_with(
    api: Client, use: FakeUseCases, text: str
) -> None:
    use.tickets = Shelf([replace(TICKET, external_id=str(n), text=text, description=text) for n in range(90)])
    seen: list[str] = []
    cursor = ""
    while True:
        answer = api("GET", f"/tickets?limit=90{cursor}")
        assert sent(answer) < LAMBDA_BYTES
        assert answer.json["items"]
        seen += [ticket["external_id"] for ticket in answer.json["items"]]
        if answer.json["next"] is None:
            break
        cursor = f"&cursor={answer.json['next']}"
    assert seen == [str(n) for n in range(90)]
    assert min(use.tickets.limits) < 90


def test_items_of_the_usual_length_are_asked_for_once(api: Client, use: FakeUseCases) -> None:
    use.tickets = Shelf([replace(TICKET, text="x" * 1_000) for _ in range(100)])
    assert len(api("GET", "/tickets?limit=100").json["items"]) == 100
    assert use.tickets.limits == [100]


def test_one_that_is_too_long_by_itself_comes_alone(api: Client, use: FakeUseCases) -> None:
    use.tickets = Shelf([replace(TICKET, text="x" * LAMBDA_BYTES)] * 2)
    assert len(api("GET", "/tickets?limit=5").json["items"]) == 1
