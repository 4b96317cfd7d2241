"""Whether a connection from which something used to come has fallen silent."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.poll_state import PollState
from chalicelib.domain.operations.restriction import connection_id

SILENT = "source.silent"
LEAST = timedelta(days=1)
"""Shorter silences are none: nights, weekends of a busy source."""
ENOUGH = 5
"""Gaps that must be known; before that nobody knows what is usual."""
MUCH = 2
"""So many times the usual gap is longer than usual."""

_NAMESPACE = uuid.UUID("5f0b2a35-2a0f-4d86-9a4b-5c2a0d1f3a6e")


def usual(gaps: Sequence[int]) -> timedelta | None:
    """The longest wait that is usual: the longest gap but one, since one may have been an outage. gaps: in
    seconds. None where too few are known."""
    if len(gaps) < ENOUGH:
        return None
    return timedelta(seconds=sorted(gaps)[-2])


def fallen_silent(state: PollState, now: datetime) -> CloudEvent | None:
    """What is to be told of a connection that has just fallen silent; None where it has not, or it was told.
    The same however often it is made."""
    wait = usual(state.gaps)
    if state.silent or wait is None or state.last_new_at is None:
        return None
    if now - state.last_new_at <= max(LEAST, MUCH * wait):
        return None
    connection = connection_id(state.source, state.connection)
    last_at = state.last_new_at.isoformat()
    return CloudEvent(
        id=str(uuid.uuid5(_NAMESPACE, f"{connection}\n{last_at}\n{SILENT}")),
        type=SILENT,
        subject=connection,
        time=now,
        data={
            "source": state.source,
            "connection": state.connection,
            "last_at": last_at,
            "usual": int(wait.total_seconds()),
        },
        connections=(connection,),
    )
