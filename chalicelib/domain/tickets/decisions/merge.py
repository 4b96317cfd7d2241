"""Tickets that say the same become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.tickets.plan import Plan, Standing
from chalicelib.domain.tickets.ticket import StageLog
from triggeriq import JSON


def merge(into: Standing, others: Sequence[Standing], by: str, now: datetime) -> Plan:
    """`into` gets all feedback of the others; they are closed and hold none.

    Those that were merged into it before are passed over, so that a retry is harmless; where there are no
    others, the plan is empty. Raises Conflict for one that was merged elsewhere.
    """
    plan = Plan(now, shown=(into,))
    fresh = [other for other in others if other.ticket.merged_into != into.ticket.id]
    if not fresh:
        return plan
    for other in fresh:
        other.check_alive()
    ids: list[JSON] = [other.ticket.id for other in fresh]
    count = into.ticket.feedback_count + sum(other.ticket.feedback_count for other in fresh)
    # What was merged away is seen by whoever sees where its feedback is now, and by nobody else.
    connections = tuple(sorted({one for standing in (into, *fresh) for one in standing.connections}))
    merged = plan.put(
        into,
        replace(into.ticket, feedback_count=count, updated_at=now),
        connections=connections,
        log=StageLog(stage="merge", by=by, data={"merged": ids}),
    )
    plan.shown = (merged,)
    for other in fresh:
        plan.moved[other.ticket.id] = into.ticket.id
        closed = replace(
            other.ticket,
            status="closed",
            feedback_count=0,
            needs_review=False,
            merged_into=into.ticket.id,
            updated_at=now,
        )
        plan.put(
            other,
            closed,
            human_set=other.human_set | {"status"},
            connections=connections,
            log=StageLog(stage="merge", by=by, data={"into": into.ticket.id}),
        )
    return plan
