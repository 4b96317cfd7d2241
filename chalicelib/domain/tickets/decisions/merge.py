"""Tickets that say the same become one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from chalicelib.domain.tickets.plan import Plan, Standing
from chalicelib.domain.tickets.ticket import StageLog


def merge(into: Standing, others: Sequence[Standing], by: str, now: datetime) -> Plan:
    """`into` gets all feedback of the others; they are closed and hold none.

    Those that were merged into it before are passed over, so that a retry is harmless; where there are no
    others, the plan is empty. Raises Conflict for one that was merged elsewhere.
    """
    plan = Plan(now, shown=(into,))
    fresh = [other for other in others if other.ticket.merged_into != into.ticket.id]
    for other in fresh:
        other.check_alive()
    if fresh:
        plan.shown = (merge_into(plan, into, fresh, by),)
    return plan


def merge_into(plan: Plan, into: Standing, others: Sequence[Standing], by: str) -> Standing:
    """The same as a step of a larger plan. Returns `into` as it stands then."""
    ids = [other.ticket.id for other in others]
    answered = [one.ticket.answered_at for one in (into, *others) if one.ticket.answered_at is not None]
    count = into.ticket.feedback_count + sum(other.ticket.feedback_count for other in others)
    # What was merged away is seen by whoever sees where its feedback is now, and by nobody else.
    connections = tuple(sorted({one for standing in (into, *others) for one in standing.connections}))
    merged = plan.put(
        into,
        replace(
            into.ticket,
            feedback_count=count,
            answered_at=max(answered, default=None),
            updated_at=plan.now,
        ),
        connections=connections,
        log=StageLog(stage="merge", by=by, data={"merged": [*ids]}),
    )
    plan.move(ids, into.ticket.id)
    for other in others:
        closed = replace(
            other.ticket,
            status="closed",
            feedback_count=0,
            needs_review=False,
            merged_into=into.ticket.id,
            updated_at=plan.now,
        )
        plan.put(
            other,
            closed,
            human_set=other.human_set | {"status"},
            connections=connections,
            log=StageLog(stage="merge", by=by, data={"into": into.ticket.id}),
        )
    return merged
