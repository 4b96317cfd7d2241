"""The bill: what a month takes, at the published prices, for each volume and setting of the knobs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sizing.prices import PRICES
from sizing.usage import DAYS, HOURS, METRICS, Profile, alarm_metrics, month

VOLUMES = (100, 1_000, 10_000)
"""Items a day."""
AIMS: Mapping[int, float] = {100: 124, 1_000: 430, 10_000: 1_590}
"""US dollars a month that it must stay well below, by items a day."""

DEV = Profile(
    name="dev",
    database="db.t4g.micro",
    database_zones=1,
    database_gb=20,
    endpoint_zones=1,
    sources=3,
    log_months=1,
)
PROD = DEV._replace(
    name="prod", database="db.t4g.medium", database_zones=2, endpoint_zones=2, sources=6, log_months=12
)

EARNED = {"db.t4g.micro": 0.1, "db.t4g.medium": 0.2}
"""The share of each of its two processors that a burstable class has in its price. What is used above it,
over 24 hours, is billed as CPU credits.
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/burstable-credits-baseline-concepts.html"""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Database": ("db.t4g.micro", "db.t4g.medium", "RDS storage"),
    "Private ways to AWS": ("interface endpoint", "interface endpoint, data"),
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


def changes() -> dict[str, float]:
    """What a knob or a habit adds to prod's bill at 1,000 items a day, in US dollars a month."""
    nat = HOURS * (PRICES["NAT gateway"].usd + PRICES["public IPv4 address"].usd)
    endpoint = HOURS * PRICES["interface endpoint"].usd
    mails = DAYS * 1_000 * (PRICES["SES mails received"].usd + PRICES["SES mails received, 256 KB each"].usd)
    alarms = sum(alarm_metrics(1).values()) - sum(alarm_metrics(0).values())
    metrics = len(METRICS) * PRICES["CloudWatch metrics of our own"].usd

    def instead(**knobs: Any) -> float:
        return total(1_000, PROD._replace(**knobs)) - total(1_000, PROD)

    return {
        "a NAT gateway in each of two zones (`nat_gateway`), interface endpoints then being left out": (
            2 * nat - PROD.endpoints * PROD.endpoint_zones * endpoint
        ),
        "a database in one zone instead of two (`multi_az = false`)": instead(database_zones=1),
        'the small database in two zones (`db_instance_class = "db.t4g.micro"`)': instead(
            database="db.t4g.micro"
        ),
        "the database's two processors at 40 % day and night, twice what they earn (CPU credits)": (
            2 * (0.4 - EARNED["db.t4g.medium"]) * HOURS * PRICES["CPU credits"].usd
        ),
        "no endpoint for Secrets Manager, once the first deploy is done (`secrets_endpoint = false`)": (
            instead(endpoints=PROD.endpoints - 1)
        ),
        "log lines kept for a month instead of a year (`log_retention_days = 30`)": instead(log_months=1),
        "1,000 mails a day received by SES, of up to 256 KB": mails,
        "a further kind of sender: its metrics, and two alarms on them": (
            metrics + alarms * PRICES["CloudWatch alarms"].usd
        ),
    }
