"""Published prices of AWS, in US dollars without tax, region us-east-1, on demand, first tier."""

from __future__ import annotations

from typing import NamedTuple


class Price(NamedTuple):
    """One price of AWS."""

    usd: float
    """For one `unit`."""
    unit: str
    page: str
    """AWS's own page, which decides."""
    source: str
    """Where the figure was read."""
    dated: str
    """The source's own date (year-month)."""
    confirmed: bool = True
    """False where no dated source was found."""


_MILLION = 1_000_000

_LAMBDA = "https://aws.amazon.com/lambda/pricing/"
_API_GATEWAY = "https://aws.amazon.com/api-gateway/pricing/"
_EVENTBRIDGE = "https://aws.amazon.com/eventbridge/pricing/"
_SQS = "https://aws.amazon.com/sqs/pricing/"
_DYNAMODB = "https://aws.amazon.com/dynamodb/pricing/on-demand/"
_S3 = "https://aws.amazon.com/s3/pricing/"
_RDS = "https://aws.amazon.com/rds/postgresql/pricing/"
_PRIVATELINK = "https://aws.amazon.com/privatelink/pricing/"
_VPC = "https://aws.amazon.com/vpc/pricing/"
_EC2 = "https://aws.amazon.com/ec2/pricing/on-demand/"
_KMS = "https://aws.amazon.com/kms/pricing/"
_SECRETS_MANAGER = "https://aws.amazon.com/secrets-manager/pricing/"
_CLOUDWATCH = "https://aws.amazon.com/cloudwatch/pricing/"
_XRAY = "https://aws.amazon.com/xray/pricing/"
_SES = "https://aws.amazon.com/ses/pricing/"
_CLOUDTRAIL = "https://aws.amazon.com/cloudtrail/pricing/"
_GUARDDUTY = "https://aws.amazon.com/guardduty/pricing/"

_LAMBDA_READ = "https://cloudchipr.com/blog/aws-lambda-pricing"
_RDS_READ = "https://infratally.com/articles/aws-rds-pricing-explained-2026.html"
_CREDITS_READ = "https://repost.aws/questions/QU8hqKXwKvTfi4vT1RqCioGQ/per-vcpu-hour-of-t3-cpu-credits"
_STORAGE_READ = "https://www.usage.ai/blogs/aws/reserved-instances/rds/pricing-calculator/"
_DYNAMODB_READ = "https://airbyte.com/data-engineering-resources/dynamodb-pricing"
_SQS_READ = "https://cloudburn.io/blog/amazon-sqs-pricing"
_EVENTBRIDGE_READ = "https://cloudburn.io/blog/amazon-eventbridge-pricing"
_CLOUDWATCH_READ = (
    "https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards/"
)
_METRICS_READ = "https://signoz.io/guides/cloudwatch-pricing"
_ALARMS_READ = "https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm"
_SECRETS_READ = "https://hivebook.wiki/wiki/aws-secrets-manager-rotated-secrets-dynamic-db-credentials-kms"
_KMS_READ = "https://cloudburn.io/blog/aws-kms-pricing"
_GATEWAY_READ = "https://awsforengineers.com/blog/aws-api-gateway-pricing-explained"
_S3_READ = "https://devnotes.tech/understanding-aws-s3-pricing-a-complete-cost-breakdown-with-examples"
_NETWORK_READ = "https://cloudburn.io/blog/aws-nat-gateway-pricing"
_PRIVATELINK_READ = "https://awsnegotiations.com/privatelink-cost-analysis.html"
_XRAY_READ = "https://awsnegotiations.com/x-ray-pricing-strategy.html"
_SNAPSTART_READ = "https://awsnegotiations.com/blog/lambda-snapstart-cost-impact/"
_GUARDDUTY_READ = "https://www.factualminds.com/blog/amazon-guardduty-pricing-data-sources-multi-account/"

PRICES = {
    "Lambda requests": Price(0.20 / _MILLION, "request", _LAMBDA, _LAMBDA_READ, "2024"),
    "Lambda time": Price(0.0000133334, "GB-second, arm64", _LAMBDA, _LAMBDA_READ, "2024"),
    "Lambda snapshots": Price(0.0000015046, "GB-second, a version", _LAMBDA, _SNAPSTART_READ, "2026-05"),
    "HTTP API": Price(1.00 / _MILLION, "request", _API_GATEWAY, _GATEWAY_READ, "2025-05"),
    "EventBridge events": Price(
        1.00 / _MILLION, "event of up to 64 KB", _EVENTBRIDGE, _EVENTBRIDGE_READ, "2026-03"
    ),
    "EventBridge archive, taking": Price(0.10, "GB", _EVENTBRIDGE, _EVENTBRIDGE_READ, "2026-03"),
    "EventBridge archive, keeping": Price(0.023, "GB-month", _EVENTBRIDGE, _EVENTBRIDGE_READ, "2026-03"),
    "SQS requests": Price(0.40 / _MILLION, "request of up to 64 KB", _SQS, _SQS_READ, "2026-03"),
    "DynamoDB writes": Price(0.625 / _MILLION, "write of up to 1 KB", _DYNAMODB, _DYNAMODB_READ, "2025-07"),
    "DynamoDB reads": Price(
        0.125 / _MILLION, "consistent read of up to 4 KB", _DYNAMODB, _DYNAMODB_READ, "2025-07"
    ),
    "DynamoDB storage": Price(0.25, "GB-month", _DYNAMODB, "", "", confirmed=False),
    "DynamoDB backups": Price(0.20, "GB-month", _DYNAMODB, "", "", confirmed=False),
    "S3 writes and lists": Price(0.005 / 1_000, "request", _S3, _S3_READ, "undated"),
    "S3 storage": Price(0.023, "GB-month", _S3, _S3_READ, "undated"),
    "db.t4g.micro": Price(0.016, "hour", _RDS, _RDS_READ, "2026"),
    "db.t4g.medium": Price(0.065, "hour", _RDS, _RDS_READ, "2026"),
    "CPU credits": Price(0.075, "vCPU-hour above what the class earns", _RDS, _CREDITS_READ, "undated"),
    "RDS storage": Price(0.115, "GB-month, gp3", _RDS, _STORAGE_READ, "2026-06"),
    "RDS backups and snapshots": Price(0.095, "GB-month", _RDS, "", "", confirmed=False),
    "interface endpoint": Price(0.01, "hour and zone", _PRIVATELINK, _PRIVATELINK_READ, "2026-05"),
    "interface endpoint, data": Price(0.01, "GB", _PRIVATELINK, _PRIVATELINK_READ, "2026-05"),
    "NAT gateway": Price(0.045, "hour", _VPC, _NETWORK_READ, "2026-02"),
    "NAT gateway, data": Price(0.045, "GB", _VPC, _NETWORK_READ, "2026-02"),
    "public IPv4 address": Price(0.005, "hour", _VPC, _NETWORK_READ, "2026-02"),
    "data out to the internet": Price(0.09, "GB", _EC2, _GATEWAY_READ, "2025-05"),
    "KMS keys": Price(1.00, "key and month", _KMS, _KMS_READ, "2026-03"),
    "KMS requests": Price(0.03 / 10_000, "request", _KMS, _KMS_READ, "2026-03"),
    "Secrets Manager": Price(0.40, "secret and month", _SECRETS_MANAGER, _SECRETS_READ, "undated"),
    "CloudWatch logs, taking": Price(0.50, "GB", _CLOUDWATCH, _CLOUDWATCH_READ, "2026-06"),
    "CloudWatch logs, keeping": Price(0.03, "GB-month", _CLOUDWATCH, "", "", confirmed=False),
    "CloudWatch metrics of our own": Price(0.30, "metric and month", _CLOUDWATCH, _METRICS_READ, "2026-02"),
    "CloudWatch alarms": Price(0.10, "metric in an alarm and month", _CLOUDWATCH, _ALARMS_READ, "undated"),
    "CloudWatch dashboard": Price(3.00, "dashboard and month", _CLOUDWATCH, _CLOUDWATCH_READ, "2026-06"),
    "X-Ray traces": Price(5.00 / _MILLION, "trace", _XRAY, _XRAY_READ, "undated"),
    "CloudTrail, a further trail": Price(2.00 / 100_000, "event", _CLOUDTRAIL, "", "", confirmed=False),
    "GuardDuty, calls of AWS": Price(4.00 / _MILLION, "event", _GUARDDUTY, _GUARDDUTY_READ, "2026-06"),
    "GuardDuty, connections": Price(1.00, "GB", _GUARDDUTY, _GUARDDUTY_READ, "2026-06"),
    "SES mails received": Price(0.10 / 1_000, "mail", _SES, "", "", confirmed=False),
    "SES mails received, 256 KB each": Price(0.09 / 1_000, "chunk", _SES, "", "", confirmed=False),
}
"""Gateway endpoints (S3, DynamoDB), S3 notifications, schedules on the default bus, the deletion of what has
expired in DynamoDB, RDS backups up to the size of the storage, an egress-only gateway, a first trail of
CloudTrail and the first two budgets cost nothing."""
