"""What an event and its delivery take of each service, and what a million of them cost.

Each column of the table stands alone: an event that is posted, an event that is kept and looked at, and one
delivery of it. What fails and is tried again costs a delivery each time, without its first write.
"""

from __future__ import annotations

from collections.abc import Mapping

from sizing.prices import PRICES
from sizing.usage import BILLED_SECONDS, CALLS, COLD_SECONDS, COLD_SHARE, FUNCTIONS, GB, LOG_BYTES, Call

MILLION = 1_000_000
AIM = 10.0
"""US dollars that a million deliveries must stay below."""
TOGETHER = 10
"""Messages that `deliver` is handed at once on a busy day, each for another endpoint."""
SENT_BYTES = 6_000
"""To an endpoint: TLS, headers and the event. An assumption."""
SECONDS_TOGETHER = 0.60
"""That an invocation is billed for with ten deliveries side by side, the slowest of them: an assumption."""
SECONDS_ALONE = 0.40
"""With one: an assumption, half of it the endpoint's."""

POST: Mapping[str, Call | None] = {
    "event_log.put": Call("DynamoDB writes", 5),  # as below, and its mark in a second index
    "bus.publish": Call("EventBridge events", 1),
    "event_log.change": Call("DynamoDB writes", 4),  # the row again, and the mark taken off
}
"""Of `receive` for an event that is posted."""
FAN_OUT: Mapping[str, Call | None] = {
    **CALLS["deliver"],
    "inbox.read": Call("DynamoDB reads", 1),
    "inbox.put": Call("DynamoDB writes", 1),
    "deliveries.put": Call("DynamoDB writes", 2),  # its place among what is due is the second
    "queue.send": Call("SQS requests", 1),
}
"""Of `deliver` for an event with one inbox and one subscription."""
ATTEMPT: Mapping[str, Call | None] = {
    "subscriptions.changes": Call("DynamoDB reads", 1),
    "subscriptions.scan": Call("DynamoDB reads", 0.01),  # once a process and minute
    "endpoints.read": Call("DynamoDB reads", 1),
    "endpoints.write": Call("DynamoDB writes", 2),  # the lease taken, and given back
    "kms.open": Call("KMS requests", 0.01),  # once a process
    "deliveries.claim": Call("DynamoDB writes", 3),  # with its place taken out of the index, and put in anew
    "event_log.read": Call("DynamoDB reads", 1),
    "web.send": Call("data out to the internet", SENT_BYTES / GB),
    "deliveries.change": Call("DynamoDB writes", 2),
}
"""Of `deliver` for a job whose endpoint takes the event."""
OF_THE_DELIVERY = ("deliveries.put", "queue.send")
"""Calls of the fan-out that each subscription needs."""
SHARED = ("subscriptions.changes", "subscriptions.scan", "queue.send")
"""Calls that are made once for all that an invocation is handed."""


def _added(calls: Mapping[str, Call | None], shared_by: int = 1) -> dict[str, float]:
    units: dict[str, float] = {}
    for name, call in calls.items():
        if call is None:
            continue
        share = call.units / (shared_by if name in SHARED else 1)
        units[call.service] = units.get(call.service, 0) + share
    return units


def _invocation(function: str, seconds: float, shared_by: int = 1) -> dict[str, float]:
    memory = float(FUNCTIONS[function]["memory"]) / 1024
    return {
        "Lambda requests": 1 / shared_by,
        "Lambda time": (seconds + COLD_SHARE * COLD_SECONDS) * memory / shared_by,
        "CloudWatch logs, taking": LOG_BYTES / GB / shared_by,
        "X-Ray traces": 1 / shared_by,
    }


def _sum(*parts: Mapping[str, float]) -> dict[str, float]:
    names = dict.fromkeys(name for part in parts for name in part)
    return {name: sum(part.get(name, 0) for part in parts) for name in names}


def posted() -> dict[str, float]:
    """What an event takes until it is on the bus."""
    return _sum({"HTTP API": 1}, _added(POST), _invocation("receive", BILLED_SECONDS["receive"]))


def kept() -> dict[str, float]:
    """What it takes from the bus on, whoever is told of it: a send by the rule, a receive, a delete."""
    return _sum(
        {"SQS requests": 3}, _added(CALLS["deliver"]), _invocation("deliver", BILLED_SECONDS["deliver"])
    )


def delivered(together: int = 1) -> dict[str, float]:
    """What one delivery takes besides; together: how many an invocation has in hand."""
    seconds = SECONDS_ALONE if together == 1 else SECONDS_TOGETHER
    row = {name: FAN_OUT[name] for name in OF_THE_DELIVERY}
    return _sum(
        {"SQS requests": 2 / together},  # its job received and deleted
        _added(row, together),
        _added(ATTEMPT, together),
        _invocation("deliver", seconds, together),
    )


COLUMNS: Mapping[str, Mapping[str, float]] = {
    "an event posted": posted(),
    "an event kept": kept(),
    "a delivery, by itself": delivered(),
    f"a delivery, {TOGETHER} at once": delivered(TOGETHER),
}
"""What each takes of each service."""


def of_a_million(taken: Mapping[str, float]) -> dict[str, float]:
    """US dollars, line by line."""
    return {line: MILLION * units * PRICES[line].usd for line, units in taken.items()}
