"""How much of each service a month takes: what the code does for an item, times the items, and what stands
there whether anything comes in or not.

An item is a webhook of one event with one piece of feedback, which becomes a ticket. Nothing is saved by
batches, by free tiers or by what a warm function remembers: each item is taken alone, as on a quiet day.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
FUNCTIONS: Mapping[str, Any] = json.loads((ROOT / "functions.json").read_text(encoding="utf-8"))
RESOURCES: Mapping[str, Any] = json.loads((ROOT / "resources.json").read_text(encoding="utf-8"))

DAYS, HOURS = 30, 730
"""Of a month: days for what comes in, and the hours that AWS reckons with."""
MINUTES = DAYS * 24 * 60
MONTHS_KEPT = 12
"""Storage is that of the end of the first year."""
GB = 1_000_000_000

POLLERS = 5
"""Of a queue that feeds a function, at least; fewer are not had with a maximum concurrency.
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-scaling.html"""
POLL_SECONDS = 20
"""The longest that SQS lets one wait, so how often an idle poller asks: an assumption."""


class Call(NamedTuple):
    """What one call of the code (named as in chalicelib/services/external.py) takes of its service."""

    service: str
    units: float


CALLS: Mapping[str, Mapping[str, Call | None]] = {
    "receive": {
        "connections.read": Call("DynamoDB reads", 1),
        "kms.open": Call("KMS requests", 1),
        "quarantine.list": Call("DynamoDB reads", 0.01),  # once a process
        "receipts.read": Call("DynamoDB reads", 0.5),  # not a consistent one
        "bus.publish": Call("EventBridge events", 1),
        "receipts.write": Call("DynamoDB writes", 1),
    },
    "ingest": {
        "claims.begin": Call("DynamoDB writes", 1),
        "receipts.write": Call("DynamoDB writes", 1),  # it stands already: refused, and paid for
        "connections.read": Call("DynamoDB reads", 1),
        "kms.open": Call("KMS requests", 1),
        "quarantine.list": Call("DynamoDB reads", 0.01),  # once a process
        "blobs.put": Call("S3 writes and lists", 1),
        "queue.send": Call("SQS requests", 1),
        "claims.finish": Call("DynamoDB writes", 1),
    },
    "process": {
        "postgres.find_configuration": None,  # PostgreSQL costs the same whatever it is asked
        "quarantine.list": Call("DynamoDB reads", 0.01),  # once a process
        "postgres.amend_tickets": None,
        "bus.publish": Call("EventBridge events", 1),
        "postgres.relayed": None,
    },
    "deliver": {
        "event_log.get": Call("DynamoDB reads", 2),  # nothing is at either of its keys
        "event_log.put": Call(
            "DynamoDB writes", 4
        ),  # 2 kB and more make three, its place in an index a fourth
        "subscriptions.changes": Call("DynamoDB reads", 2),
        "subscriptions.scan": Call("DynamoDB reads", 0.01),  # once a process and minute
    },
}
"""The calls for one item, function by function. `deliver` keeps what is told of it, and nobody is subscribed:
what a subscriber adds is in sizing/delivery.py."""

AROUND_SQS = 8
"""Requests that AWS makes for an item: a send by the rules of the bus for each of its two events, and a
receive and a delete by the pollers for each of `ingest`, `feedback` and `delivery`."""
API_REQUESTS = 5
"""Of people and programs, for each item: an assumption."""
BILLED_SECONDS: Mapping[str, float] = {
    "receive": 0.15,
    "ingest": 0.25,
    "process": 0.10,
    "api": 0.10,
    "relay": 0.15,
    "deliver": 0.20,
    "deliver_due": 0.20,
    "sweep": 0.50,
    "poll": 1.00,
}
"""Of one warm invocation at the memory of functions.json: assumptions, several times what this code takes
on a whole core (benchmarks/README.md), since 256 MB are a seventh of one."""
READS_A_MINUTE = 9
"""Of DynamoDB by `deliver_due` and `sweep` where nothing is due: the number of changes, four shards each of
what is due and of what waits for the bus."""
COLD_SHARE, COLD_SECONDS = 0.1, 2.0
"""Of invocations that begin cold, and what the start adds: assumptions."""
TICKET_BYTES = 7_800
"""In PostgreSQL for a ticket of 60 words with feedback, five log rows and indexes: measured over 3,000. A
third of it is the indexes of tickets, for lists and search."""
EVENT_BYTES, BODY_BYTES, ANSWER_BYTES = 2_000, 2_000, 5_000
"""Of an event on the bus, of a webhook's body, of an answer of the API: assumptions."""
KEPT_EVENT_BYTES = 3_000
"""Of an event in the log, with its place in an index and DynamoDB's overhead, kept 30 days: an assumption."""
TABLE_BYTES = 600
"""Of receipt and claim together, kept three days, with DynamoDB's overhead: an assumption."""
LOG_BYTES = 1_500
"""Of one invocation: the platform's three lines, ours, an access log's line: an assumption."""
EGRESS_BYTES = 20_000
"""Out of the VPC to AWS for an item, without S3 and DynamoDB: an assumption."""
DATA_KEY_REQUESTS = 0.1
"""To KMS for an item, by RDS and CloudWatch for us, which reuse a data key: an assumption."""
FLOW_BYTES, FLOWS_A_RUN = 130, 12
"""Of a line of the VPC's flow log, and how many lines an invocation in the VPC leaves there: assumptions. A
connection that is kept open leaves two each ten minutes, whatever goes over it."""
TRAIL_FILES = 12 * 24 * DAYS
"""Of CloudTrail in a month, one each five minutes, each under a data key of its own."""
TRAIL_BYTES = 3_000
"""Of such a file, packed: an assumption."""
TRAIL_CALLS = 200_000
"""Calls of AWS in a month that CloudTrail and GuardDuty look at, most of them by AWS's services for the
functions' roles: an assumption."""


WAIT_SECONDS = 20.3
"""Of one long poll of an inbox in which nothing comes, as long as it may be: what it waits, and a little
around it."""
WAIT_CALLS: Mapping[str, Call] = {
    "inbox.list": Call("DynamoDB reads", 21),  # at once, then each second
    "inbox.waiting": Call("DynamoDB reads", 1),
    "inbox.wait": Call("DynamoDB writes", 1),
    "inbox.waited": Call("DynamoDB writes", 1),
    "inbox.count": Call("DynamoDB reads", 1),
}
"""The calls of such a long poll."""


ENDPOINTS = ("sqs", "events", "kms", "secretsmanager")
"""Interface endpoints of terraform/egress.tf."""
KEYS, SECRETS, DASHBOARDS = 2, 1, 1
"""Of terraform/keys.tf, database.tf, dashboard.tf."""
RESTING = ("delivery", "files", "jobs")
"""Queues that are not watched for what is parked, resting_queues of terraform/alarms.tf."""
METRICS = (
    "received", "acknowledged", "duplicates", "quarantined", "ticketed", "failed", "polls", "poll_failures",
    "seconds_to_ticket",
)  # fmt: skip
"""Of each source: what the code counts."""
OF_POLLED_ONLY = ("polls", "poll_failures")
"""Those of them that only a source has whose provider sends nothing; the items here are webhooks."""
METRICS_OF_DELIVERY = ("posted", "delivery_lag", "endpoints_failing", "endpoints_disabled")
"""Of the whole stage: what the code counts."""
METRICS_OF_SUBSCRIPTION = ("delivered", "delivery_failed", "held")
"""Of the whole stage, and of each subscription that is told apart."""


class Profile(NamedTuple):
    """The choices of a deployment, as variables of terraform/variables.tf make them."""

    name: str
    database: str
    database_zones: int
    """Zones in which the database stands."""
    database_gb: int
    egress_zones: int
    """Zones in which each interface endpoint, or a NAT gateway, stands."""
    sources: int
    """Kinds of sender in use, each with its own metrics."""
    subscriptions: int
    """That are told apart, each with its own metrics."""
    log_months: int
    """How long log lines are kept."""
    flow_logs: bool
    """Whether the VPC's connections are logged."""
    trail: bool
    """Whether CloudTrail keeps the calls of AWS."""
    egress: str = "endpoints"
    """How the functions in the VPC reach AWS."""
    endpoints: int = len(ENDPOINTS)
    """Interface endpoints, where they are the way."""
    static_egress: bool = False
    """Whether deliveries and polls leave by NAT gateways, too."""


def alarm_metrics(sources: int) -> dict[str, int]:
    """Metrics that alarms watch, by the alarm's slug in terraform/alarms.tf: each is paid for."""
    functions = len(FUNCTIONS)
    fed = sum("sqs" in function["trigger"] for function in FUNCTIONS.values())
    return {
        "function-errors": functions,
        "function-throttles": functions,
        "schedule-silent": sum("schedule" in function["trigger"] for function in FUNCTIONS.values()),
        "api-errors": 2,  # failures and requests
        "api-latency": 2,  # two percentiles
        "queue-depth": fed,
        "queue-age": fed,
        "queue-parked": fed - len(RESTING),
        "dead-letters": len(RESOURCES["queues"]) + 1,
        "rule-failures": 2 * len(RESOURCES["bus"]["rules"]),
        "rule-loses-events": len(RESOURCES["bus"]["rules"]),
        "uploads-lost": sum("s3" in function["trigger"] for function in FUNCTIONS.values()),
        "quarantined": sources,
        "failed-records": sources,
        "delivery-lag": 1,
        "endpoints-failing": 1,
        "polls-failing": 0,  # a query over the sources that are polled
        "database-connections": 1,
        "database-cpu": 1,
        "database-cpu-credits": 1,
        "database-storage": 1,
        "cost": 0,  # a budget's own notification
        "guardduty": 0,  # a rule's
    }


def per_item() -> dict[str, float]:
    """What one item takes of each service, the API's requests for it apart."""
    units: dict[str, float] = {"HTTP API": 1, "SQS requests": AROUND_SQS, "KMS requests": DATA_KEY_REQUESTS}
    for calls in CALLS.values():
        for call in calls.values():
            if call is not None:
                units[call.service] = units.get(call.service, 0) + call.units
    return units


def invocations(items: float) -> dict[str, float]:
    """Of each function in a month, for so many items in it."""
    return {
        "receive": items,
        "ingest": items,
        "process": items,
        "api": API_REQUESTS * items,
        "relay": MINUTES,
        "deliver": items,
        "deliver_due": MINUTES,
        "sweep": MINUTES,
        "poll": MINUTES / 5,
    }


def gigabyte_seconds_of(functions: Iterable[str], items: float) -> float:
    """Of some functions in a month."""
    runs = invocations(items)
    seconds = {name: runs[name] * (BILLED_SECONDS[name] + COLD_SHARE * COLD_SECONDS) for name in functions}
    return sum(total * float(FUNCTIONS[name]["memory"]) / 1024 for name, total in seconds.items())


def idle_receives() -> float:
    """Receives in vain of all queues that feed a function, in a month."""
    queues = sum("sqs" in function["trigger"] for function in FUNCTIONS.values())
    return queues * POLLERS * HOURS * 3600 / POLL_SECONDS


def way_out(items: float, profile: Profile) -> dict[str, float]:
    """What the functions' way from the VPC to AWS takes in a month; by `ipv6` it takes nothing."""
    hours = HOURS * profile.egress_zones
    gigabytes = items * EGRESS_BYTES / GB
    taken: dict[str, float] = {}
    if profile.egress == "endpoints":
        taken |= {"interface endpoint": hours * profile.endpoints, "interface endpoint, data": gigabytes}
    if profile.egress == "nat" or profile.static_egress:
        by_nat = gigabytes if profile.egress == "nat" else 0
        taken |= {"NAT gateway": hours, "NAT gateway, data": by_nat, "public IPv4 address": hours}
    return taken


def waiting() -> dict[str, float]:
    """What a reader takes in a month who waits in an inbox day and night, and nothing comes."""
    polls = DAYS * 24 * 3600 / WAIT_SECONDS
    units: dict[str, float] = {}
    for call in WAIT_CALLS.values():
        units[call.service] = units.get(call.service, 0) + polls * call.units
    return {
        **units,
        "Lambda requests": polls,
        "Lambda time": polls * WAIT_SECONDS * FUNCTIONS["pull"]["memory"] / 1024,
        "HTTP API": polls,
        "X-Ray traces": polls,
        "CloudWatch logs, taking": polls * LOG_BYTES / GB,
    }


def flow_log(items: float) -> float:
    """GB of the VPC's flow log in a month."""
    runs = sum(count for name, count in invocations(items).items() if FUNCTIONS[name]["vpc"])
    return runs * FLOWS_A_RUN * FLOW_BYTES / GB


def month(items_a_day: int, profile: Profile) -> dict[str, float]:
    """What a month takes of each service of prices.PRICES."""
    items = items_a_day * DAYS
    each = per_item()
    asked = API_REQUESTS * items
    runs = sum(invocations(items).values())
    logs = runs * LOG_BYTES / GB + (flow_log(items) if profile.flow_logs else 0)
    trail = TRAIL_FILES if profile.trail else 0
    tables = items / DAYS * (3 * TABLE_BYTES + 30 * KEPT_EVENT_BYTES) / GB
    return {
        profile.database: HOURS * profile.database_zones,
        "RDS storage": profile.database_zones
        * max(profile.database_gb, items * MONTHS_KEPT * TICKET_BYTES / GB),
        **way_out(items, profile),
        "KMS keys": KEYS,
        "KMS requests": items * each["KMS requests"] + trail,
        "Secrets Manager": SECRETS,
        "CloudWatch alarms": sum(alarm_metrics(profile.sources).values()),
        "CloudWatch metrics of our own": (len(METRICS) - len(OF_POLLED_ONLY)) * profile.sources
        + len(METRICS_OF_DELIVERY)
        + len(METRICS_OF_SUBSCRIPTION) * (profile.subscriptions and 1 + profile.subscriptions),
        "CloudWatch dashboard": DASHBOARDS,
        "CloudWatch logs, taking": logs,
        "CloudWatch logs, keeping": logs * profile.log_months,
        "X-Ray traces": runs,
        "Lambda requests": runs,
        "Lambda time": gigabyte_seconds_of(invocations(items), items),
        "HTTP API": items * each["HTTP API"] + asked,
        "EventBridge events": items * each["EventBridge events"],
        "EventBridge archive, taking": items * each["EventBridge events"] * EVENT_BYTES / GB,
        "EventBridge archive, keeping": items * each["EventBridge events"] * EVENT_BYTES / GB * 14 / DAYS,
        "SQS requests": items * each["SQS requests"] + idle_receives(),
        "DynamoDB writes": items * each["DynamoDB writes"],
        "DynamoDB reads": items * each["DynamoDB reads"] + asked + MINUTES / 5 + MINUTES * READS_A_MINUTE,
        "DynamoDB storage": tables,
        "DynamoDB backups": tables,
        "S3 writes and lists": items * each["S3 writes and lists"] + 2 * MINUTES / 5 + trail,
        "S3 storage": (items * BODY_BYTES + trail * TRAIL_BYTES) * MONTHS_KEPT / GB,
        "data out to the internet": asked * ANSWER_BYTES / GB,
    }
