"""The bill: what a month takes, at the published prices, for each volume and setting of the knobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sizing.prices import PRICES
from sizing.usage import (
    BODY_BYTES,
    DAYS,
    FUNCTIONS,
    GB,
    HOURS,
    METRICS,
    MONTHS_KEPT,
    OF_POLLED_ONLY,
    TRAIL_CALLS,
    Profile,
    alarm_metrics,
    flow_log,
    gigabyte_seconds_of,
    invocations,
    month,
    waiting,
    way_out,
)

VOLUMES = (100, 1_000, 10_000)
"""Items a day."""
AIMS: Mapping[int, float] = {100: 124, 1_000: 430, 10_000: 1_590}
"""US dollars a month that it must stay well below, by items a day."""
IPV6_AIMS: Mapping[int, float] = {100: 38, 1_000: 140, 10_000: 200}
"""US dollars a month that it must stay below with egress = "ipv6"."""

DEV = Profile(
    name="dev",
    database="db.t4g.micro",
    database_zones=1,
    database_gb=20,
    egress_zones=1,
    sources=3,
    subscriptions=0,
    log_months=1,
    flow_logs=False,
    trail=False,
)
PROD = DEV._replace(
    name="prod",
    database="db.t4g.medium",
    database_zones=2,
    egress_zones=2,
    sources=6,
    subscriptions=5,
    log_months=12,
    flow_logs=True,
    trail=True,
)
WAYS: Mapping[str, Mapping[str, Any]] = {
    "`endpoints`": {},
    "`endpoints` without Secrets Manager's": {"endpoints": DEV.endpoints - 1},
    "`nat`": {"egress": "nat"},
    "`ipv6`": {"egress": "ipv6"},
}
"""How functions in the VPC may reach AWS, as changes of a profile."""

EARNED = {"db.t4g.micro": 0.1, "db.t4g.medium": 0.2}
"""The share of each of its two processors that a burstable class has in its price. What is used above it,
over 24 hours, is billed as CPU credits.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html"""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Database": ("db.t4g.micro", "db.t4g.medium", "RDS storage"),
    "Ways to AWS": (
        "interface endpoint",
        "interface endpoint, data",
        "NAT gateway",
        "NAT gateway, data",
        "public IPv4 address",
    ),
    "Keys and secrets": ("KMS keys", "KMS requests", "Secrets Manager"),
    "Seeing": (
        "CloudWatch alarms",
        "CloudWatch metrics of our own",
        "CloudWatch dashboard",
        "CloudWatch logs, taking",
        "CloudWatch logs, keeping",
        "X-Ray traces",
    ),
    "Work": ("Lambda requests", "Lambda time", "HTTP API"),
    "Ways between": (
        "EventBridge events",
        "EventBridge archive, taking",
        "EventBridge archive, keeping",
        "SQS requests",
    ),
    "What is kept": (
        "DynamoDB writes",
        "DynamoDB reads",
        "DynamoDB storage",
        "DynamoDB backups",
        "S3 writes and lists",
        "S3 storage",
    ),
    "Answers": ("data out to the internet",),
}
"""The bill's lines, in the order of the page."""


def bill(items_a_day: int, profile: Profile) -> dict[str, float]:
    """US dollars a month, line by line."""
    return {line: quantity * PRICES[line].usd for line, quantity in month(items_a_day, profile).items()}


def total(items_a_day: int, profile: Profile) -> float:
    return sum(bill(items_a_day, profile).values())


def knobs() -> list[tuple[str, str, float]]:
    """Variables of terraform/variables.tf that change the bill: which, how it is turned, and what that adds
    to prod's bill at 1,000 items a day, in US dollars a month."""
    items = 1_000 * DAYS
    routers = [name for name, function in FUNCTIONS.items() if "http" in function["trigger"]]
    for_items = [name for name in routers if name in invocations(items)]
    router_gb = sum(FUNCTIONS[name]["memory"] for name in routers) / 1024
    snapshot = HOURS * 3600 * PRICES["Lambda snapshots"].usd
    backups = 10 * PRICES["RDS backups and snapshots"].usd

    def instead(**change: Any) -> float:
        return total(1_000, PROD._replace(**change)) - total(1_000, PROD)

    return [
        ("egress", '`"ipv6"`', instead(egress="ipv6")),
        ("egress", '`"nat"`: a NAT gateway in each of two zones', instead(egress="nat")),
        ("static_egress", "`true`: a NAT gateway in each of two zones", instead(static_egress=True)),
        (
            "static_egress",
            '`true`, where `egress` is `"nat"` already',
            total(1_000, PROD._replace(egress="nat", static_egress=True))
            - total(1_000, PROD._replace(egress="nat")),
        ),
        ("secrets_endpoint", "`false`, once the first deploy is done", instead(endpoints=PROD.endpoints - 1)),
        (
            "vpc_id",
            "a VPC of yours: its owner pays the ways to AWS",
            -sum(count * PRICES[line].usd for line, count in way_out(items, PROD).items()),
        ),
        ("availability_zones", "a third one: its endpoints", instead(egress_zones=3)),
        ("multi_az", "`false`: a database in one zone", instead(database_zones=1)),
        ("db_instance_class", '`"db.t4g.micro"`', instead(database="db.t4g.micro")),
        (
            "db_instance_class",
            "as it is, its two processors at 40 % day and night, twice what they earn (CPU credits)",
            2 * (0.4 - EARNED["db.t4g.medium"]) * HOURS * PRICES["CPU credits"].usd,
        ),
        ("db_storage_gb", "10 more, in two zones", instead(database_gb=PROD.database_gb + 10)),
        ("backup_days", "10 GB of backups above the size of the storage", backups),
        ("final_snapshot", "10 GB in it, when all else is gone", backups),
        ("log_retention_days", "`30` instead of a year", instead(log_months=1)),
        (
            "raw_days",
            "`730` instead of a year",
            items * BODY_BYTES * MONTHS_KEPT / GB * PRICES["S3 storage"].usd,
        ),
        ("flow_logs", "`false`", instead(flow_logs=False)),
        ("cloudtrail", "`false`", instead(trail=False)),
        (
            "cloudtrail",
            "left on where the account has a trail",
            TRAIL_CALLS * PRICES["CloudTrail, a further trail"].usd,
        ),
        (
            "guardduty",
            "`true`, its foundations; what else it watches is billed apart",
            TRAIL_CALLS * PRICES["GuardDuty, calls of AWS"].usd
            + flow_log(items) * PRICES["GuardDuty, connections"].usd,
        ),
        ("data_key_arn", "a key that is paid for already", -PRICES["KMS keys"].usd),
        ("secrets_key_arn", "a key that is paid for already", -PRICES["KMS keys"].usd),
        (
            "lambda_memory_mb",
            "`1024` instead of 512, where nothing gets quicker by it",
            gigabyte_seconds_of(for_items, items) * PRICES["Lambda time"].usd,
        ),
        ("snapstart", "`true`: each version of the routers that is kept", router_gb * snapshot),
        (
            "mail_domain",
            "1,000 mails a day, of up to 256 KB",
            items * (PRICES["SES mails received"].usd + PRICES["SES mails received, 256 KB each"].usd),
        ),
    ]


def further_source() -> float:
    """What another kind of sender adds, in US dollars a month: its metrics, and the alarms on them."""
    alarms = sum(alarm_metrics(1).values()) - sum(alarm_metrics(0).values())
    metrics = len(METRICS) - len(OF_POLLED_ONLY)
    return metrics * PRICES["CloudWatch metrics of our own"].usd + alarms * PRICES["CloudWatch alarms"].usd


def waiting_reader() -> float:
    """What a reader adds who waits in an inbox day and night, in US dollars a month."""
    return sum(quantity * PRICES[line].usd for line, quantity in waiting().items())
