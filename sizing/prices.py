"""Published prices of AWS, in US dollars without tax, region us-east-1, on demand, first tier."""

from __future__ import annotations

from typing import NamedTuple


class Price(NamedTuple):
    """usd: for one `unit`. source: where it was read. dated: as the source dates itself (year-month), which
    is not the day of AWS's own page. confirmed: False where no dated source was found for it."""

    usd: float
    unit: str
    source: str
    dated: str
    confirmed: bool = True


_MILLION = 1_000_000
_LAMBDA = "https://cloudchipr.com/blog/aws-lambda-pricing"
_RDS = "https://infratally.com/articles/aws-rds-pricing-explained-2026.html"
_STORAGE = "https://www.usage.ai/blogs/aws/reserved-instances/rds/pricing-calculator/"
_DYNAMODB = "https://airbyte.com/data-engineering-resources/dynamodb-pricing"
_SQS = "https://cloudburn.io/blog/amazon-sqs-pricing"
_EVENTBRIDGE = "https://cloudburn.io/blog/amazon-eventbridge-pricing"
_CLOUDWATCH = "https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/"
_METRICS = "https://signoz.io/guides/cloudwatch-pricing"
_ALARMS = "https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm"
_SECRETS = "https://hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms"
_KMS = "https://cloudburn.io/blog/aws-kms-pricing"
_GATEWAY = "https://awsforengineers.com/blog/aws-api-gateway-pricing-explained"
_S3 = "https://devnotes.tech/understanding-aws-s3-pricing-a-complete-cost-breakdown-with-examples"
_NETWORK = "https://cloudburn.io/blog/aws-nat-gateway-pricing"
_PRIVATELINK = "https://awsnegotiations.com/privatelink-cost-analysis.html"
_XRAY = "https://awsnegotiations.com/x-ray-pricing-strategy.html"

PRICES = {
    "Lambda requests": Price(0.20 / _MILLION, "request", _LAMBDA, "2024"),
    "Lambda time": Price(0.0000133334, "GB-second, arm64", _LAMBDA, "2024"),
    "HTTP API": Price(1.00 / _MILLION, "request", _GATEWAY, "2025-05"),
    "EventBridge events": Price(1.00 / _MILLION, "event of up to 64 KB", _EVENTBRIDGE, "2026-03"),
    "EventBridge archive, taking": Price(0.10, "GB", _EVENTBRIDGE, "2026-03"),
    "EventBridge archive, keeping": Price(0.023, "GB-month", _EVENTBRIDGE, "2026-03"),
    "SQS requests": Price(0.40 / _MILLION, "request of up to 64 KB", _SQS, "2026-03"),
    "DynamoDB writes": Price(0.625 / _MILLION, "write of up to 1 KB", _DYNAMODB, "2025-07"),
    "DynamoDB reads": Price(0.125 / _MILLION, "consistent read of up to 4 KB", _DYNAMODB, "2025-07"),
    "DynamoDB storage": Price(0.25, "GB-month", "", "", confirmed=False),
    "DynamoDB backups": Price(0.20, "GB-month", "", "", confirmed=False),
    "S3 writes and lists": Price(0.005 / 1_000, "request", _S3, "undated"),
    "S3 storage": Price(0.023, "GB-month", _S3, "undated"),
    "db.t4g.micro": Price(0.016, "hour", _RDS, "2026"),
    "db.t4g.medium": Price(0.065, "hour", _RDS, "2026"),
    "RDS storage": Price(0.115, "GB-month, gp3", _STORAGE, "2026-06"),
    "interface endpoint": Price(0.01, "hour and zone", _PRIVATELINK, "2026-05"),
    "interface endpoint, data": Price(0.01, "GB", _PRIVATELINK, "2026-05"),
    "NAT gateway": Price(0.045, "hour", _NETWORK, "2026-02"),
    "public IPv4 address": Price(0.005, "hour", _NETWORK, "2026-02"),
    "data out to the internet": Price(0.09, "GB", _GATEWAY, "2025-05"),
    "KMS keys": Price(1.00, "key and month", _KMS, "2026-03"),
    "KMS requests": Price(0.03 / 10_000, "request", _KMS, "2026-03"),
    "Secrets Manager": Price(0.40, "secret and month", _SECRETS, "undated"),
    "CloudWatch logs, taking": Price(0.50, "GB", _CLOUDWATCH, "2026-06"),
    "CloudWatch logs, keeping": Price(0.03, "GB-month", "", "", confirmed=False),
    "CloudWatch metrics of our own": Price(0.30, "metric and month", _METRICS, "2026-02"),
    "CloudWatch alarms": Price(0.10, "metric in an alarm and month", _ALARMS, "undated"),
    "CloudWatch dashboard": Price(3.00, "dashboard and month", _CLOUDWATCH, "2026-06"),
    "X-Ray traces": Price(5.00 / _MILLION, "trace", _XRAY, "undated"),
    "SES mails received": Price(0.10 / 1_000, "mail", "", "", confirmed=False),
    "SES mails received, 256 KB each": Price(0.09 / 1_000, "chunk", "", "", confirmed=False),
}
"""Gateway endpoints (S3, DynamoDB), S3 notifications, schedules on the default bus, the deletion of what has
expired in DynamoDB, RDS backups up to the size of the storage and the first two budgets cost nothing."""
