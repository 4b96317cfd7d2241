"""Makes the resources of resources.json and functions.json in the local AWS; what exists already is kept.

moto can't invoke a function. So each function that AWS invokes asynchronously has a queue that stands in for
the invocation: S3 notifications and rules of the default bus go there, and the pump takes them from it. There
are no schedule rules either: in moto they never fire, and they match every event of the default bus.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from local.catalogue import PREFIX, STAGE, Function, named, queue_arn
from local.processes import StartError

Clients = Callable[[str], Any]
"""Gives the boto3 client of a service."""

DAY = 24 * 60 * 60
DLQ_RETENTION = 14 * DAY


def visibility(function: Function | None, scale: float) -> int:
    """The visibility timeout of a function's queue in seconds, as Terraform sets it too."""
    return max(1, round(scale * max(300, 6 * function.timeout if function else 0)))


def create(client: Clients, functions: dict[str, Function], resources: dict[str, Any], scale: float) -> None:
    """Makes every queue, bucket, table, bus, rule and key. scale: shortens visibility timeouts in tests.

    Raises StartError for a table that exists with another key.
    """
    _create_queues(client, functions, resources, scale)
    _create_buckets(client, functions, resources["buckets"])
    _create_bus(client, functions, resources["bus"])
    _create_tables(client, resources["tables"])
    _create_keys(client, resources["kms"])


def _create_queues(
    client: Clients, functions: dict[str, Function], resources: dict[str, Any], scale: float
) -> None:
    sqs = client("sqs")

    def create_queue(name: str, seconds: int, retention: int, **attributes: str) -> None:
        wanted = {"VisibilityTimeout": str(seconds), "MessageRetentionPeriod": str(retention), **attributes}
        try:
            sqs.create_queue(QueueName=named(name), Attributes=wanted)
        except sqs.exceptions.QueueNameExists:
            queue_url = sqs.get_queue_url(QueueName=named(name))["QueueUrl"]
            sqs.set_queue_attributes(QueueUrl=queue_url, Attributes=wanted)

    for name, queue in resources["queues"].items():
        seconds = visibility(functions.get(queue["function"]), scale)
        redrive = {"deadLetterTargetArn": queue_arn(f"{name}-dlq"), "maxReceiveCount": queue["max_receives"]}
        create_queue(f"{name}-dlq", seconds, DLQ_RETENTION)
        create_queue(name, seconds, queue["retention_days"] * DAY, RedrivePolicy=json.dumps(redrive))
    create_queue(f"{resources['async_failures']}-dlq", 300, DLQ_RETENTION)
    for function in functions.values():
        if function.stand_in:
            create_queue(function.stand_in, visibility(function, scale), DAY)


def _create_buckets(client: Clients, functions: dict[str, Function], buckets: list[str]) -> None:
    s3 = client("s3")
    for name in buckets:
        s3.create_bucket(Bucket=named(name))
    for function in functions.values():
        if "s3" in function.trigger and function.stand_in:
            s3.put_bucket_notification_configuration(
                Bucket=named(function.trigger["s3"]),
                NotificationConfiguration={
                    "QueueConfigurations": [
                        {
                            "Id": prefix.strip("/"),
                            "QueueArn": queue_arn(function.stand_in),
                            "Events": ["s3:ObjectCreated:*"],
                            "Filter": {"Key": {"FilterRules": [{"Name": "prefix", "Value": prefix}]}},
                        }
                        for prefix in function.trigger["prefixes"]
                    ]
                },
            )


def _create_bus(client: Clients, functions: dict[str, Function], bus: dict[str, Any]) -> None:
    events = client("events")
    if PREFIX not in {found["Name"] for found in events.list_event_buses()["EventBuses"]}:
        made = events.create_event_bus(Name=PREFIX)
        events.create_archive(
            ArchiveName=PREFIX, EventSourceArn=made["EventBusArn"], RetentionDays=bus["archive_days"]
        )
    for name, rule in bus["rules"].items():
        pattern = json.dumps(rule["pattern"])
        events.put_rule(Name=named(name), EventBusName=PREFIX, EventPattern=pattern)
        target = {"Id": rule["queue"], "Arn": queue_arn(rule["queue"])}
        events.put_targets(Rule=named(name), EventBusName=PREFIX, Targets=[target])
    for function in functions.values():
        if "event" in function.trigger and function.stand_in:
            name, target = named(function.name), {"Id": function.name, "Arn": queue_arn(function.stand_in)}
            events.put_rule(Name=name, EventPattern=json.dumps(function.trigger["event"]))
            events.put_targets(Rule=name, Targets=[target])


def _create_tables(client: Clients, tables: dict[str, Any]) -> None:
    dynamodb = client("dynamodb")
    existing = set(dynamodb.list_tables()["TableNames"])
    for table_name, table in tables.items():
        indexes = table.get("indexes", {})
        keys = [table["key"], *(index["key"] for index in indexes.values())]
        names = sorted({name for key in keys for name in key})
        request: dict[str, Any] = {
            "TableName": named(table_name),
            "BillingMode": "PAY_PER_REQUEST",
            "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in names],
            "KeySchema": _key_schema(table["key"]),
        }
        if indexes:
            request["GlobalSecondaryIndexes"] = [
                {
                    "IndexName": name,
                    "KeySchema": _key_schema(index["key"]),
                    "Projection": _projection(index.get("include")),
                }
                for name, index in indexes.items()
            ]
        if named(table_name) in existing:
            _add_indexes(dynamodb, dynamodb.describe_table(TableName=named(table_name))["Table"], request)
            continue
        dynamodb.create_table(**request)
        if table["ttl"]:
            expiry = {"Enabled": True, "AttributeName": table["ttl"]}
            dynamodb.update_time_to_live(TableName=named(table_name), TimeToLiveSpecification=expiry)


def _add_indexes(dynamodb: Any, found: dict[str, Any], wanted: dict[str, Any]) -> None:
    """Indexes that a newer release has. What can't be changed in a table stops the start."""

    def keys(table: dict[str, Any]) -> dict[str, Any]:
        indexes = table.get("GlobalSecondaryIndexes") or []
        return {"": table["KeySchema"], **{index["IndexName"]: index["KeySchema"] for index in indexes}}

    there, asked = keys(found), keys(wanted)
    if any(asked.get(name) != key for name, key in there.items()):
        raise StartError(
            f"the table {wanted['TableName']} in the local data has another key or other indexes than "
            "resources.json says. Forget the local data: make reset"
        )
    for index in wanted.get("GlobalSecondaryIndexes", []):
        if index["IndexName"] not in there:
            dynamodb.update_table(
                TableName=wanted["TableName"],
                AttributeDefinitions=wanted["AttributeDefinitions"],
                GlobalSecondaryIndexUpdates=[{"Create": index}],
            )


def _projection(include: list[str] | None) -> dict[str, Any]:
    """include: the attributes that the index has besides keys; None: all."""
    if include is None:
        return {"ProjectionType": "ALL"}
    more = {"NonKeyAttributes": include} if include else {}
    return {"ProjectionType": "INCLUDE" if include else "KEYS_ONLY", **more}


def _key_schema(key: list[str]) -> list[dict[str, str]]:
    kinds = ("HASH", "RANGE")
    return [{"AttributeName": name, "KeyType": kind} for name, kind in zip(key, kinds, strict=False)]


def _create_keys(client: Clients, aliases: dict[str, str]) -> None:
    kms = client("kms")
    existing = {alias["AliasName"] for alias in kms.list_aliases()["Aliases"]}
    for purpose, template in aliases.items():
        alias = template.format(stage=STAGE)
        if alias not in existing:
            key = kms.create_key(Description=f"{PREFIX} {purpose}")["KeyMetadata"]
            kms.create_alias(AliasName=alias, TargetKeyId=key["KeyId"])
