"""Rows of the tables made of values, and values made of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.domain.tickets.plan import Kept, RunLog, Standing
from chalicelib.domain.tickets.ticket import LEAD, Ticket
from chalicelib.services.postgres.columns import mapped, row_of, selected, table
from triggeriq import Feedback

_OWN = mapped(Ticket, lambda field: field.metadata != LEAD)
_SHOWN_OF_LEAD = mapped(Ticket, lambda field: field.metadata == LEAD)
_STANDING = table({"row_version": "bigint", "human_set": "text[]", "connections": "text[]"})
TICKET = (*_OWN.columns, *_STANDING)
"""All columns of `tickets` but `search`, which is made of a ticket's words."""

_MESSAGE_FIELDS = (
    "source", "connection", "event_id", "received_at", "raw_key", "attachments_key", "reread_at",
)  # fmt: skip
_MESSAGE = mapped(FeedbackMessage, lambda field: field.name in _MESSAGE_FIELDS)
_SAID = mapped(Feedback)
FEEDBACK = (*_MESSAGE.columns, *table({"digest": "text", "ticket_id": "uuid"}), *_SAID.columns)

_FORMER_NAMES = (
    "source", "connection", "external_id", "version", "received_at", "digest", "title", "text", "rating",
)  # fmt: skip
FORMER = tuple(column for column in FEEDBACK if column.name in _FORMER_NAMES)

LOG = table({"ticket_id": "uuid", "run": "uuid", "stage": "text", "by": "text", "data": "jsonb"})
SELECT_TICKET = f"{selected(TICKET, 't')}, {selected(_SHOWN_OF_LEAD.columns, 'f')}"
FROM_TICKET = "from tickets t join feedback f using (source, connection, external_id)"


def standing_of(row: Sequence[Any]) -> Standing:
    """The ticket of a row of SELECT_TICKET."""
    own, lead = len(_OWN.columns), len(TICKET)
    row_version, human_set, connections = row[own:lead]
    return Standing(
        Ticket(**_OWN.arguments(row[:own]), **_SHOWN_OF_LEAD.arguments(row[lead:])),
        row_version,
        frozenset(human_set),
        tuple(connections),
    )


def ticket_row(standing: Standing) -> dict[str, Any]:
    ticket, row_version, human_set, connections = standing
    return row_of(TICKET, [*_OWN.to_row(ticket), row_version, sorted(human_set), connections])


def kept_of(row: Sequence[Any]) -> Kept:
    """The feedback of a row of FEEDBACK's columns."""
    message, said = len(_MESSAGE.columns), len(FEEDBACK) - len(_SAID.columns)
    _, ticket_id = row[message:said]
    return Kept(
        FeedbackMessage(
            **_MESSAGE.arguments(row[:message]),
            feedback=Feedback(**_SAID.arguments(row[said : len(FEEDBACK)])),
        ),
        ticket_id,
    )


def feedback_row(kept: Kept) -> dict[str, Any]:
    message, ticket_id = kept
    values = [*_MESSAGE.to_row(message), message.digest, ticket_id, *_SAID.to_row(message.feedback)]
    return row_of(FEEDBACK, values)


def former_row(message: FeedbackMessage) -> dict[str, Any]:
    row = feedback_row(Kept(message, ""))
    return {column.name: row[column.name] for column in FORMER}


def log_rows(logs: Iterable[RunLog]) -> list[dict[str, Any]]:
    return [row_of(LOG, (ticket_id, run_id, log.stage, log.by, log.data)) for run_id, ticket_id, log in logs]
