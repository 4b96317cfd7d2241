"""The table `deliveries`: a row for each event and subscription, and one for each attempt.

    pk subscription, sk position     the delivery, with the attempt by which it was delivered
    pk delivery id, sk "001"         its first attempt, which failed

A row has `due_shard` only while it is pending or sending, and `undelivered` only while it has failed before
and not arrived, is held, or waits for a reason. So each of the two indexes holds what somebody has to look
at, and nothing else.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.delivery.delivery import UNDELIVERED, Attempt, Delivery, DeliveryStatus
from chalicelib.domain.delivery.stored_event import POSITION, first_position
from chalicelib.domain.page import Page, from_cursor, to_cursor
from chalicelib.errors import Unavailable
from chalicelib.ports.delivery import DueDelivery
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.items import from_item, to_attribute, to_item
from chalicelib.services.dynamodb.paging import IN_FORCE, READ_AT_ONCE, Key, filled, rounded_up
from chalicelib.services.dynamodb.visibility import visible
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.domain.operations.restriction import Restriction
    from chalicelib.ports.operations import Clock

KEPT = timedelta(days=30)
"""How long a delivery is known after its last change, and each of its attempts."""

_translate = aws_errors("dynamodb")
_SHARDS = ("0", "1", "2", "3")
"""Of the index of due times, so that no one partition takes every write."""
_READ_ONCE = 100
"""Rows of one BatchGetItem.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""
_READS = 5
"""How often it is asked for what it left out."""
_LAST = "f" * 12 + "-" + "f" * 20
"""The greatest position."""
_TIMES = {"due_at", "created_at", "updated_at"}
_NAMES = tuple(one.name for one in fields(Delivery) if one.name not in ("subscription", "position"))
_ATTEMPTED = "attempt_"
"""Beginning of the attribute of a delivery that holds an attempt, its number behind it."""
_ATTEMPT = tuple(one.name for one in fields(Attempt))


class DynamoDeliveries:
    """Deliveries (chalicelib.ports) in DynamoDB. client: boto's, for DynamoDB."""

    def __init__(self, client: Any, table: str, now: Clock) -> None:
        self._client, self._table, self._now = client, table, now

    @external("deliveries.put", _translate)
    def put(self, delivery: Delivery) -> Delivery:
        row = {name: _plain(getattr(delivery, name)) for name in _NAMES}
        row = {name: value for name, value in row.items() if value is not None}
        row |= _indexed(delivery)
        row |= {"pk": delivery.subscription, "sk": delivery.position, "expires_at": self._expiry()}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(row),
                ConditionExpression="attribute_not_exists(pk) OR expires_at <= :now",
                ExpressionAttributeValues=self._present(),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            return _delivery(error.response["Item"])
        return delivery

    @external("deliveries.read", _translate)
    def find(self, subscription: str, position: str) -> Delivery | None:
        key = to_item({"pk": subscription, "sk": position})
        item = self._client.get_item(TableName=self._table, Key=key, ConsistentRead=True).get("Item")
        return _delivery(item) if item and self._in_force(item) else None

    @external("deliveries.claim", _translate)
    def claim(
        self, subscription: str, position: str, attempt: int, holder: str, until: datetime
    ) -> Delivery | None:
        values = {
            "status": "sending",
            "attempt": attempt + 1,
            "due_at": until.isoformat(),
            "holder": holder,
        }
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": subscription, "sk": position}),
                UpdateExpression="SET updated_at = :at, "
                + ", ".join(f"#{name} = :{name}" for name in values),
                ConditionExpression=f"#status = :pending AND attempt = :was AND {IN_FORCE}",
                ExpressionAttributeNames={f"#{name}": name for name in values},
                ExpressionAttributeValues=to_item(
                    {
                        **{f":{name}": value for name, value in values.items()},
                        ":at": self._now().isoformat(),
                        ":pending": "pending",
                        ":was": attempt,
                    }
                )
                | self._present(),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            held = error.response.get("Item") or {}
            # Our own claim: its answer was lost, so the SDK repeated the request
            ours = from_item(held).items() >= values.items()
            return _delivery(held) if ours else None
        return _delivery(answer["Attributes"])

    @external("deliveries.move", _translate)
    def move(self, subscription: str, position: str, attempt: int, until: datetime) -> bool:
        try:
            self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": subscription, "sk": position}),
                UpdateExpression="SET due_at = :until",
                ConditionExpression="#status = :pending AND attempt = :was",
                ExpressionAttributeNames={"#status": "status"},
                ExpressionAttributeValues=to_item(
                    {":until": until.isoformat(), ":pending": "pending", ":was": attempt}
                ),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    @external("deliveries.change", _translate)
    def change(self, before: Delivery, after: Delivery, attempt: Attempt | None = None) -> bool:
        stands, was = _state("was", before)
        stood, ours = _state("is", after)
        wanted = {
            "status": after.status,
            "attempt": after.attempt,
            "due_at": _plain(after.due_at),
            "reason": after.reason,
            "updated_at": after.updated_at.isoformat(),
            "expires_at": self._expiry(),
            "due_shard": None,
            "undelivered": None,
            **_indexed(after),
            **({f"{_ATTEMPTED}{_number(attempt.number)}": _attempt_row(attempt)} if attempt else {}),
        }
        put = {name: value for name, value in wanted.items() if value is not None}
        gone = [name for name, value in wanted.items() if value is None]
        try:
            self._client.update_item(
                TableName=self._table,
                Key=to_item({"pk": after.subscription, "sk": after.position}),
                UpdateExpression="SET "
                + ", ".join(f"#{name} = :{name}" for name in put)
                + (f" REMOVE {', '.join(f'#{name}' for name in gone)}" if gone else ""),
                ConditionExpression=f"({stands}) OR ({stood})",
                ExpressionAttributeNames={f"#{name}": name for name in wanted},
                ExpressionAttributeValues=to_item(
                    {**{f":{name}": value for name, value in put.items()}, **was, **ours}
                ),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    @external("deliveries.record", _translate)
    def record(self, delivery: Delivery, attempt: Attempt) -> None:
        row = _attempt_row(attempt)
        row |= {"pk": delivery.id, "sk": _number(attempt.number), "expires_at": self._expiry()}
        try:
            self._client.put_item(
                TableName=self._table, Item=to_item(row), ConditionExpression="attribute_not_exists(pk)"
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # it was recorded before

    def attempts(self, deliveries: Sequence[Delivery]) -> Mapping[str, Sequence[Attempt]]:
        keys = []
        for one in deliveries:
            keys.append({"pk": one.subscription, "sk": one.position})
            keys += [{"pk": one.id, "sk": _number(number)} for number in range(1, one.attempt + 1)]
        found: dict[str, dict[int, Attempt]] = {one.id: {} for one in deliveries}
        for row in map(from_item, self._rows(keys)):
            kept = [value for name, value in row.items() if name.startswith(_ATTEMPTED)]
            id = row["pk"] if row["pk"] in found else f"{row['pk']}.{row['sk']}"
            for said in kept if id != row["pk"] else [row]:
                attempt = _attempt(said)
                found[id].setdefault(attempt.number, attempt)
        return {id: [one for _, one in sorted(tried.items())] for id, tried in found.items()}

    def due(self, at: datetime, limit: int) -> Sequence[DueDelivery]:
        found = [one for shard in _SHARDS for one in self._due(shard, at, limit)]
        return sorted(found, key=lambda one: one.due_at)[:limit]

    @external("deliveries.due", _translate)
    def _due(self, shard: str, at: datetime, limit: int) -> Sequence[DueDelivery]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="by_due",
            KeyConditionExpression="due_shard = :shard AND due_at <= :at",
            ExpressionAttributeValues=to_item({":shard": shard, ":at": at.isoformat()}),
            PaginationConfig={"MaxItems": limit, "PageSize": limit},
        )
        return [_due_delivery(item) for page in pages for item in page["Items"]]

    @external("deliveries.list", _translate)
    def list(
        self,
        subscription: str,
        limit: int,
        cursor: str | None,
        *,
        statuses: Sequence[DeliveryStatus] = (),
        since: datetime | None = None,
        until: datetime | None = None,
        within: Restriction | None = None,
        undelivered: bool = False,
    ) -> Page[Delivery]:
        indexed = undelivered or (bool(statuses) and set(statuses) <= set(UNDELIVERED))
        key = ("undelivered", "pk", "sk") if indexed else ("pk", "sk")
        start = None
        if cursor:
            (position,) = from_cursor(cursor, re.compile(POSITION))
            start = to_item(dict.fromkeys(key, subscription) | {"sk": position})
        read = partial(
            self._client.query,
            TableName=self._table,
            KeyConditionExpression=f"{key[0]} = :subscription AND sk BETWEEN :from AND :to",
            ExpressionAttributeValues=to_item(
                {
                    ":subscription": subscription,
                    ":from": first_position(since) if since else "0",
                    ":to": first_position(until) if until else _LAST,
                }
            ),
            ScanIndexForward=False,
            Limit=limit + 1 if within is None and (indexed or not statuses) else READ_AT_ONCE,
            **({"IndexName": "undelivered"} if indexed else {"ConsistentRead": True}),
        )

        def rows(**start: Any) -> Mapping[str, Any]:
            answer = read(**start)
            return {**answer, "Items": self._whole(answer["Items"])} if indexed else answer

        def shown(item: Mapping[str, Any]) -> bool:
            return (
                self._in_force(item)
                and (not statuses or item["status"]["S"] in statuses)
                and (not undelivered or _delivery(item).undelivered)
                and visible(from_item(item), within)
            )

        items, last = filled(rows, limit, key, start, shown, _between)
        return Page(tuple(map(_delivery, items)), to_cursor(last["sk"]["S"]) if last else None)

    def _whole(self, found: Sequence[Mapping[str, Any]]) -> Sequence[Mapping[str, Any]]:
        """The rows of which the index gave the keys, in its order and with its own key; those that are gone
        are left out."""
        keys = [from_item({"pk": one["pk"], "sk": one["sk"]}) for one in found]
        rows = {item["sk"]["S"]: item for item in self._rows(keys)}
        return [
            {**rows[sk], "undelivered": one["undelivered"]} for one in found if (sk := one["sk"]["S"]) in rows
        ]

    def _rows(self, keys: Sequence[Mapping[str, str]]) -> Sequence[Mapping[str, Any]]:
        """Those that are in force, in any order."""
        batches = [keys[first : first + _READ_ONCE] for first in range(0, len(keys), _READ_ONCE)]
        return [item for batch in batches for item in self._get(batch) if self._in_force(item)]

    @external("deliveries.get", _translate)
    def _get(self, keys: Sequence[Mapping[str, str]]) -> Sequence[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        asked: Any = {self._table: {"Keys": [to_item(key) for key in keys], "ConsistentRead": True}}
        for _ in range(_READS):
            answer = self._client.batch_get_item(RequestItems=asked)
            found += answer["Responses"].get(self._table, ())
            asked = answer.get("UnprocessedKeys")
            if not asked:
                return found
        raise Unavailable("dynamodb", "it leaves keys out again and again")

    def _in_force(self, item: Mapping[str, Any]) -> bool:
        return int(item["expires_at"]["N"]) > self._now().timestamp()

    def _present(self) -> dict[str, Any]:
        return {":now": to_attribute(int(self._now().timestamp()))}

    def _expiry(self) -> int:
        return int((self._now() + KEPT).timestamp())


def _attempt_row(attempt: Attempt) -> dict[str, Any]:
    row = {name: _plain(getattr(attempt, name)) for name in _ATTEMPT}
    return {name: value for name, value in row.items() if value is not None}


def _number(attempt: int) -> str:
    return f"{attempt:03d}"


def _indexed(delivery: Delivery) -> dict[str, str]:
    """The attributes that put a row into an index. A claim changes neither."""
    found = {}
    if delivery.undelivered:
        found["undelivered"] = delivery.subscription
    if delivery.due_at is not None and delivery.status in ("pending", "sending"):
        found["due_shard"] = _SHARDS[zlib.crc32(delivery.id.encode()) % len(_SHARDS)]
    return found


def _state(prefix: str, delivery: Delivery) -> tuple[str, dict[str, Any]]:
    """The condition that a row has this status, attempt and due time, with its values."""
    values = {f":{prefix}_status": delivery.status, f":{prefix}_attempt": delivery.attempt}
    condition = f"#status = :{prefix}_status AND #attempt = :{prefix}_attempt AND "
    if delivery.due_at is None:
        return condition + "attribute_not_exists(#due_at)", values
    return condition + f"#due_at = :{prefix}_due_at", {
        **values,
        f":{prefix}_due_at": delivery.due_at.isoformat(),
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _known(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    found = {name: row[name] for name in names if row.get(name) is not None}
    return found | {name: datetime.fromisoformat(found[name]) for name in (*_TIMES, "at") if name in found}


def _delivery(item: Any) -> Delivery:
    row = from_item(item)
    known = _known(row, _NAMES)
    known["connections"] = tuple(row.get("connections", ()))
    return Delivery(subscription=row["pk"], position=row["sk"], **known)


def _attempt(row: Mapping[str, Any]) -> Attempt:
    return Attempt(**_known(row, _ATTEMPT))


def _due_delivery(item: Any) -> DueDelivery:
    row = from_item(item)
    return DueDelivery(
        row["pk"], row["sk"], row["status"], row["attempt"], datetime.fromisoformat(row["due_at"])
    )


def _between(passed: Key, last: Key) -> Key:
    return {**last, "sk": {"S": rounded_up(last["sk"]["S"], passed["sk"]["S"], _LAST)}}
