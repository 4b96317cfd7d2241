"""Schedules."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.handlers.deadline import time_left
from chalicelib.handlers.invocation import invocation


def relay(event: Any, context: Any) -> dict[str, int]:
    """Each minute: publish what the outbox still holds, and index tickets that search does not know."""
    with invocation(context) as use:
        relayed = use.tickets.relay(time_left(context))
        return {"relayed": relayed, "indexed": use.tickets.index(time_left(context))}


def deliver_due(event: Any, context: Any) -> dict[str, int]:
    """Each minute: send jobs for deliveries that are due."""
    with invocation(context) as use:
        return {"due": use.delivery.deliver_due(time_left(context))}


def sweep(event: Any, context: Any) -> dict[str, int]:
    """Each minute: resume jobs that nobody works on, put events on the bus that are not there, and tell of
    failing plugins and dead letters; in each fifth minute register uploads that nobody read."""
    left, fifth = time_left(context), _minute(event) % 5 == 0
    with invocation(context) as use:
        return _each(
            resumed=lambda: use.operations.resume_jobs(),
            told=lambda: use.delivery.sweep_untold(left),
            troubles=lambda: use.operations.tell_troubles(),
            registered=lambda: use.intake.sweep(left) if fifth else 0,
        )


def _each(**steps: Callable[[], int]) -> dict[str, int]:
    """What each step gives. One that fails keeps no other from its turn: its error is raised behind them."""
    given: dict[str, int] = {}
    failures: list[Exception] = []
    for name, step in steps.items():
        try:
            given[name] = step()
        except Exception as error:
            failures.append(error)
    for first in failures:
        raise first
    return given


def _minute(event: Any) -> int:
    """The minute of the hour that this run of a schedule is for."""
    return datetime.fromisoformat(event["time"]).minute


def poll(event: Any, context: Any) -> dict[str, int]:
    """Every five minutes: fetch what is new for the connections that are due."""
    with invocation(context) as use:
        return {"polled": use.intake.poll(context.aws_request_id, time_left(context))}
