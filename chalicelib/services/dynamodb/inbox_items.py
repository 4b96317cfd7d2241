"""The table `inbox`: what lies in the owners' inboxes, for 14 days.

An item is the row (`inbox#<owner>`, position); of one that was taken off there is the row (`acked#<owner>`,
position) instead, so that it is not put in again. Whoever takes an item off writes that row first: a crash in
between leaves the item in the inbox, where it is taken once more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.delivery.stored_event import POSITION
from chalicelib.domain.page import Page, from_cursor, to_cursor
from chalicelib.ports.delivery import INBOX_COUNT_MOST, InboxCount, InboxItem
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.items import from_item, to_item
from chalicelib.services.dynamodb.paging import IN_FORCE, READ_AT_ONCE, Key, filled, rounded_down
from chalicelib.services.dynamodb.visibility import visible
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.domain.delivery.stored_event import StoredEvent
    from chalicelib.domain.operations.restriction import Restriction
    from chalicelib.ports.operations import Clock

KEPT = timedelta(days=14)

_translate = aws_errors("dynamodb")
_POSITION = re.compile(POSITION)
_FIRST = f"{'0' * 12}-{'0' * 20}"
_FREE = "(attribute_not_exists(leased_until) OR leased_until <= :at)"


class DynamoInboxItems:
    """InboxItems (chalicelib.ports) in DynamoDB. client: boto's, for DynamoDB.

    Every read is strongly consistent: what was put in is in the next answer.
    """

    def __init__(self, client: Any, table: str, now: Clock) -> None:
        self._client, self._table, self._now = client, table, now

    def put(self, owner: str, event: StoredEvent) -> None:
        if not self.was_there(owner, event.position):
            self._put(owner, event)

    @external("inbox.put", _translate)
    def _put(self, owner: str, event: StoredEvent) -> None:
        row = {
            **_place("inbox", owner, event.position),
            "event_owner": event.owner,
            "event_source": event.source,
            "event_id": event.id,
            "type": event.type,
            "connections": event.connections,
            "put_at": self._now().isoformat(),
            "deliveries": 0,
            "expires_at": self._expiry(),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(row),
                ConditionExpression="attribute_not_exists(pk) OR expires_at <= :now",
                ExpressionAttributeValues=to_item({":now": self._seconds()}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # it is there, and may be leased

    @external("inbox.list", _translate)
    def list(
        self,
        owner: str,
        limit: int,
        cursor: str | None,
        *,
        types: Sequence[str] = (),
        within: Restriction | None = None,
        free_at: datetime | None = None,
    ) -> Page[InboxItem]:
        """Where thousands of rows lie between that are not asked for, a page may be short; its cursor goes on
        from there."""
        start = None
        if cursor:
            (position,) = from_cursor(cursor, _POSITION)
            start = to_item(_place("inbox", owner, str(position)))
        conditions = [IN_FORCE]
        asked: dict[str, Any] = {":now": self._seconds()}
        if types and "*" not in types:
            conditions.append(f"({' OR '.join(_typed(n, pattern) for n, pattern in enumerate(types))})")
            asked |= {f":type{n}": _beginning(pattern) or pattern for n, pattern in enumerate(types)}
        if free_at is not None:
            conditions.append(_FREE)
            asked[":at"] = free_at.isoformat()
        read = partial(
            self._client.query,
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            FilterExpression=" AND ".join(conditions),
            ExpressionAttributeValues=to_item({":pk": f"inbox#{owner}", **asked}),
            ConsistentRead=True,
            Limit=limit + 1 if len(conditions) == 1 and within is None else READ_AT_ONCE,
            **({"ExpressionAttributeNames": {"#type": "type"}} if ":type0" in asked else {}),
        )
        rows, last = filled(
            read, limit, ("pk", "sk"), start, lambda row: visible(from_item(row), within), _between
        )
        return Page(
            tuple(_item(owner, from_item(row)) for row in rows), to_cursor(last["sk"]["S"]) if last else None
        )

    @external("inbox.lease", _translate)
    def lease(self, item: InboxItem, lease: str, now: datetime, until: datetime) -> InboxItem | None:
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=to_item(_place("inbox", item.owner, item.position)),
                UpdateExpression="SET lease = :lease, leased_until = :until ADD deliveries :one",
                ConditionExpression=f"attribute_exists(pk) AND {IN_FORCE} AND {_FREE}",
                ExpressionAttributeValues=to_item(
                    {
                        ":lease": lease,
                        ":until": until.isoformat(),
                        ":one": 1,
                        ":now": self._seconds(),
                        ":at": now.isoformat(),
                    }
                ),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            held = from_item(error.response.get("Item") or {})
            # The SDK repeats a request whose answer was lost.
            return _item(item.owner, held) if held.get("lease") == lease else None
        return _item(item.owner, from_item(answer["Attributes"]))

    @external("inbox.read", _translate)
    def find(self, owner: str, position: str) -> InboxItem | None:
        row = self._row("inbox", owner, position)
        return _item(owner, row) if row else None

    @external("inbox.read", _translate)
    def was_there(self, owner: str, position: str, within: Restriction | None = None) -> bool:
        row = self._row("acked", owner, position)
        return row is not None and visible(row, within)

    def _row(self, kind: str, owner: str, position: str) -> dict[str, Any] | None:
        answer = self._client.get_item(
            TableName=self._table, Key=to_item(_place(kind, owner, position)), ConsistentRead=True
        )
        row = from_item(answer.get("Item") or {})
        return row if row and row["expires_at"] > self._now().timestamp() else None

    def take_off(self, item: InboxItem, lease: str | None) -> bool:
        if lease is not None and lease != item.lease:
            return False
        self._remember(item)
        return self._remove(item, lease)

    @external("inbox.remember", _translate)
    def _remember(self, item: InboxItem) -> None:
        row = {
            **_place("acked", item.owner, item.position),
            "connections": item.connections,
            "expires_at": self._expiry(),
        }
        self._client.put_item(TableName=self._table, Item=to_item(row))

    @external("inbox.remove", _translate)
    def _remove(self, item: InboxItem, lease: str | None) -> bool:
        """Returns False where somebody else has taken it meanwhile. It stays in the inbox then; that a row
        says it was taken off only keeps it from being put in once more."""
        condition: dict[str, Any] = {}
        if lease is not None:
            condition = {
                "ConditionExpression": "attribute_not_exists(pk) OR lease = :lease",
                "ExpressionAttributeValues": to_item({":lease": lease}),
            }
        try:
            self._client.delete_item(
                TableName=self._table, Key=to_item(_place("inbox", item.owner, item.position)), **condition
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def count(self, owner: str, within: Restriction | None = None) -> InboxCount:
        """For a restricted caller only the oldest 10,000 rows are looked at."""
        first = self.list(owner, 1, None, within=within)
        if not first.items:
            return InboxCount(0, None, complete=first.next is None)
        found, complete = self._counted(owner, within)
        return InboxCount(found, first.items[0].put_at, complete)

    @external("inbox.count", _translate)
    def _counted(self, owner: str, within: Restriction | None) -> tuple[int, bool]:
        """How many there are, and whether these are all."""
        found = looked_at = 0
        for answer in self._all(owner, within):
            found += (
                answer["Count"]
                if within is None
                else sum(visible(from_item(row), within) for row in answer["Items"])
            )
            looked_at += answer["ScannedCount"]
            last = answer.get("LastEvaluatedKey")
            if found > INBOX_COUNT_MOST or (last and looked_at > INBOX_COUNT_MOST):
                return min(found, INBOX_COUNT_MOST), False
        return found, True

    def _all(self, owner: str, within: Restriction | None) -> Iterator[dict[str, Any]]:
        asked = {"Select": "COUNT"} if within is None else {"ProjectionExpression": "connections"}
        start: Key | None = None
        while True:
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :pk",
                FilterExpression=IN_FORCE,
                ExpressionAttributeValues=to_item({":pk": f"inbox#{owner}", ":now": self._seconds()}),
                ConsistentRead=True,
                **asked,
                **({"ExclusiveStartKey": start} if start else {}),
            )
            yield answer
            start = answer.get("LastEvaluatedKey")
            if start is None:
                return

    def _seconds(self) -> int:
        return int(self._now().timestamp())

    def _expiry(self) -> int:
        return int((self._now() + KEPT).timestamp())


def _place(kind: str, owner: str, position: str) -> dict[str, str]:
    return {"pk": f"{kind}#{owner}", "sk": position}


def _typed(number: int, pattern: str) -> str:
    """The condition that a row's type is one that the pattern stands for, as `fits` has it."""
    return f"begins_with(#type, :type{number})" if _beginning(pattern) else f"#type = :type{number}"


def _beginning(pattern: str) -> str:
    """What all types of a pattern begin with; "" where it stands for one alone."""
    return pattern[:-1] if pattern.endswith(".*") else ""


def _between(passed: Key, last: Key) -> Key:
    return {**last, "sk": {"S": rounded_down(last["sk"]["S"], passed["sk"]["S"], _FIRST)}}


def _item(owner: str, row: dict[str, Any]) -> InboxItem:
    until = row.get("leased_until")
    return InboxItem(
        owner,
        row["sk"],
        (row["event_owner"], row["event_source"], row["event_id"]),
        row["type"],
        tuple(row["connections"]),
        datetime.fromisoformat(row["put_at"]),
        row.get("lease"),
        datetime.fromisoformat(until) if until else None,
        row["deliveries"],
    )
