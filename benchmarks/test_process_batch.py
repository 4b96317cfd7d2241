"""A batch of ten feedback items into PostgreSQL: ours, beside bare pg8000 writing the same rows by hand.

The peer does all that can be done for speed (prepared statements, `json_to_recordset`, one
transaction, rows made ready outside the clock): what it leaves out is what we add, namely the locks,
the look at what stands already, the decision, making rows of values, and one statement for all tables.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pg8000.native
import pytest

from benchmarks.conftest import SideBySide
from chalicelib.domain.intake.feedback_message import to_json
from chalicelib.domain.operations.record import Record
from chalicelib.domain.tickets.decisions.take import take
from chalicelib.domain.tickets.plan import Known
from chalicelib.domain.tickets.ticket import Triaged
from chalicelib.pipeline.tickets.amend import Amend
from chalicelib.pipeline.tickets.process import Process
from chalicelib.pipeline.tickets.relay import Relay
from chalicelib.pipeline.triage.triage import TriageFeedback
from chalicelib.registry import Registry, discover
from chalicelib.services.emf import EmfMetrics
from chalicelib.services.postgres.address import parse
from chalicelib.services.postgres.columns import names, recordset, table
from chalicelib.services.postgres.configurations import PostgresConfigurations
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.event_rows import EVENT, event_rows
from chalicelib.services.postgres.outbox import PostgresOutbox
from chalicelib.services.postgres.rows import (
    FEEDBACK,
    LOG,
    TICKET,
    feedback_row,
    log_rows,
    ticket_row,
)
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.said import START, said, take_in
from tests.unit.pipeline.fakes import FakeBus, FakeQuarantine

pytest_plugins = ("tests.functional.postgres.conftest",)

TEXT = "Since the last update the app closes as soon as I open my orders. I tried to install it again. " * 3
ROUNDS, WARM_UP = 200, 20
INSERTS = {
    "tickets": (
        f"insert into tickets ({names(TICKET)}, search) "
        f"select {names(TICKET)}, to_tsvector('simple', words) "
        f"from {recordset((*TICKET, *table({'words': 'text'})), 'rows')}"
    ),
    "feedback": (
        f"insert into feedback ({names(FEEDBACK)}) select {names(FEEDBACK)} "
        f"from {recordset(FEEDBACK, 'rows')}"
    ),
    "logs": (
        f"insert into processing_logs (at, {names(LOG)}) select now(), {names(LOG)} "
        f"from {recordset(LOG, 'rows')}"
    ),
    "outbox": f"insert into outbox ({names(EVENT)}) select {names(EVENT)} from {recordset(EVENT, 'rows')}",
}


class ByHand:
    """Bare pg8000."""

    def __init__(self, url: str) -> None:
        address = parse(url)
        self.connection = pg8000.native.Connection(
            address.user, database=address.database, unix_sock=address.socket_path, ssl_context=False
        )
        self.statements = {name: self.connection.prepare(sql) for name, sql in INSERTS.items()}

    def write(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        self.connection.run("begin")
        for name, statement in self.statements.items():
            statement.run(rows=json.dumps(rows[name], default=str))
        self.connection.run("commit")


@pytest.fixture
def batches() -> Iterator[list[Triaged]]:
    return ([said(f"review-{n}-{i}", f"{TEXT} {n} {i}") for i in range(10)] for n in itertools.count())


def rows_of(batch: list[Triaged]) -> dict[str, list[dict[str, Any]]]:
    """The rows that we would write."""
    plan = take(batch, Known(), START)
    return {
        "tickets": [
            {**ticket_row(standing), "words": f"{standing.ticket.title}\n{standing.ticket.description}"}
            for standing in plan.tickets.values()
        ],
        "feedback": [feedback_row(kept) for kept in plan.feedback.values()],
        "logs": log_rows(plan.logs),
        "outbox": event_rows(plan.events),
    }


def counted(database: Database) -> list[int]:
    written = ("tickets", "feedback", "processing_logs", "outbox")
    return [database.run(f"select count(*) from {name}")[0][0] for name in written]


class RowByRow(ByHand):
    """pg8000 as most would write it: a statement a row, in one transaction."""

    def write(self, rows: dict[str, list[dict[str, Any]]]) -> None:
        self.connection.run("begin")
        for name, statement in self.statements.items():
            for row in rows[name]:
                statement.run(rows=json.dumps([row], default=str))
        self.connection.run("commit")


def process_of(database: Database) -> Process:
    """The use-case as the function `process` has it, but for the bus."""
    registry = Registry([found for found in discover() if found.kind == "classifiers"])
    triage = TriageFeedback(stages=registry, configurations=PostgresConfigurations(database))
    clock = partial(datetime.now, UTC)
    relay = Relay(
        outbox=PostgresOutbox(database),
        bus=FakeBus(),
        quarantine=FakeQuarantine(),
        now=clock,
        grace=timedelta(),
    )
    metrics = EmfMetrics("bench", "process", lambda line: None)
    amend = Amend(tickets=PostgresTickets(database), relay=relay)
    return Process(triage=triage, amend=amend, notice=_none, artifacts=_none, metrics=metrics, now=clock)


def _none(*_: Any) -> Any:
    """No batch here tells of anything but feedback."""
    raise AssertionError


def test_take_a_batch_of_ten(
    side_by_side: SideBySide, url: str, database: Database, batches: Iterator[list[Triaged]]
) -> None:
    """Into PostgreSQL alone, triage being done."""
    tickets, peer = PostgresTickets(database), ByHand(url)

    def setup() -> tuple[Any, ...]:
        batch = next(batches)
        return batch, rows_of(batch)

    side_by_side(
        rounds=ROUNDS,
        warm_up=WARM_UP,
        setup=setup,
        check=lambda outcomes: outcomes in (None, ["created"] * 10),
        ours=lambda batch, rows: [one.outcome for one in take_in(tickets, batch, START)[0]],
        bare_pg8000=lambda batch, rows: peer.write(rows),
    )
    peer.connection.close()
    written = counted(database)
    assert written == [written[0], written[0], 5 * written[0], written[0]]


def test_process_a_batch_of_ten(
    side_by_side: SideBySide, url: str, database: Database, batches: Iterator[list[Triaged]]
) -> None:
    """From the queue's records on: reading them, all five stages of triage, the transaction, and the
    outbox emptied. The peer still only writes rows."""
    process, peer, row_by_row = process_of(database), ByHand(url), RowByRow(url)

    def setup() -> tuple[Any, ...]:
        batch = next(batches)
        records = [
            Record(id=str(place), body=to_json(triaged.message), sent_at=START)
            for place, triaged in enumerate(batch)
        ]
        return records, rows_of(batch)

    side_by_side(
        rounds=ROUNDS,
        warm_up=WARM_UP,
        setup=setup,
        check=lambda failures: failures in (None, [None] * 10),
        ours=lambda records, rows: [failure for _, failure in process(records, lambda: 50.0)],
        bare_pg8000=lambda records, rows: peer.write(rows),
        bare_pg8000_row_by_row=lambda records, rows: row_by_row.write(rows),
    )
    peer.connection.close()
    row_by_row.connection.close()
    tickets, feedback, logs, _ = counted(database)
    assert (tickets, logs) == (feedback, 5 * feedback)


def test_take_a_batch_again(
    side_by_side: SideBySide, database: Database, batches: Iterator[list[Triaged]]
) -> None:
    """Delivered twice."""
    tickets, batch = PostgresTickets(database), next(batches)
    take_in(tickets, batch, START)
    side_by_side(
        rounds=ROUNDS,
        warm_up=WARM_UP,
        check=lambda outcomes: outcomes == ["unchanged"] * 10,
        ours=lambda: [one.outcome for one in take_in(tickets, batch, START)[0]],
    )
