"""The table `events`, for 30 days: every event that was posted, or that subscribers are told.

An event lies at the key `event#<owner>#<id>`, `#` in the owner written as `%23`. Where that holds an
event of another source, it lies at `event#<owner>#<id>#<digest of its source>`. A body that is too long for a
row lies in the artifacts bucket.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from chalicelib.domain.delivery.event import WHOLE_BYTES
from chalicelib.domain.delivery.stored_event import POSITION, StoredEvent, first_position
from chalicelib.domain.delivery.subscription import fits
from chalicelib.domain.page import ANSWER_BYTES, Page, from_cursor, to_cursor
from chalicelib.errors import NotFound, Unavailable
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.items import from_item, to_item
from chalicelib.services.dynamodb.paging import IN_FORCE, READ_AT_ONCE, Key, filled, rounded_up
from chalicelib.services.dynamodb.visibility import visible
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.domain.operations.restriction import Restriction
    from chalicelib.ports.operations import Blobs, Clock

KEPT = timedelta(days=30)
"""How long an event is known."""
PAGE_BYTES = ANSWER_BYTES // 2
"""What the bodies on a page may come to, since an answer quotes a byte by two at most. One event there is in
any case."""
SHARDS = 4
"""Over so many keys of the index those are spread that wait for the bus."""

_translate = aws_errors("dynamodb")
_POSITION = re.compile(POSITION)
_FIRST, _LAST = "0", "g"
"""What every position is greater than, and smaller than."""
_GREATEST = f"{'f' * 12}-{'f' * 20}"
_MARK = ("untold_shard", "untold_since")
_HELD = ("subject", "body", "beside", "body_bytes")
"""Attributes that say what an event held."""
_GET_AT_ONCE = 100
"""Keys of one BatchGetItem.
https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html"""

Identity = tuple[str, str, str]
Row = Mapping[str, Any]


class DynamoEventLog:
    """EventLog (chalicelib.ports) in DynamoDB. client: boto's, for DynamoDB. artifacts: gives the bucket of
    the bodies that are too long for a row."""

    def __init__(self, client: Any, table: str, artifacts: Callable[[], Blobs], now: Clock) -> None:
        self._client, self._table, self._artifacts, self._now = client, table, artifacts, now

    def put(self, event: StoredEvent) -> StoredEvent:
        row = _row(event)
        if "beside" in row:
            self._artifacts().put(row["beside"], (event.body or "").encode(), "application/cloudevents+json")
        first, other = _keys(event.identity)
        held = self._put({**row, "pk": first})
        if held is not None and held["source"] != event.source:
            held = self._put({**row, "pk": other})
        if held is None or {**held, "pk": ""} == {**row, "pk": ""}:
            return event  # also where the SDK repeated a request whose answer was lost
        if "beside" in row and row["beside"] != held.get("beside"):
            self._artifacts().delete(row["beside"])
        return self._event(held)

    @external("event_log.put", _translate)
    def _put(self, row: Row) -> Row | None:
        """Returns None; or the row that is there already."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(row),
                ConditionExpression="attribute_not_exists(pk) OR expires_at <= :now",
                ExpressionAttributeValues=self._present(),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            return from_item(error.response["Item"])
        return None

    def told(self, event: StoredEvent) -> None:
        any(self._remove(key, event, _MARK) for key in _keys(event.identity))

    @external("event_log.change", _translate)
    def _remove(self, key: str, event: StoredEvent, attributes: Sequence[str]) -> bool:
        """Returns whether the event lies at that key."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": key}},
                UpdateExpression="REMOVE " + ", ".join(f"#{name}" for name in attributes),
                ConditionExpression="#position = :position",
                ExpressionAttributeNames={f"#{name}": name for name in ("position", *attributes)},
                ExpressionAttributeValues=to_item({":position": event.position}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def untold(self, before: datetime, limit: int) -> Sequence[StoredEvent]:
        waiting = [row for shard in range(SHARDS) for row in self._untold(str(shard), before, limit)]
        waiting.sort(key=lambda row: str(row["untold_since"]))
        rows = self._rows([row["pk"] for row in waiting[:limit]])
        return [self._event(rows[pk]) for row in waiting if "untold_since" in rows.get(pk := row["pk"], {})]

    @external("event_log.untold", _translate)
    def _untold(self, shard: str, before: datetime, limit: int) -> Sequence[Row]:
        answer = self._client.query(
            TableName=self._table,
            IndexName="untold",
            KeyConditionExpression="untold_shard = :shard AND untold_since < :before",
            ExpressionAttributeValues=to_item({":shard": shard, ":before": _time(before)}),
            Limit=limit,
        )
        return [from_item(item) for item in answer["Items"]]

    def find(self, owner: str, id: str, source: str | None = None) -> StoredEvent | None:
        first, *others = _keys((owner, source or "", id))
        for key in (first, *(others if source is not None else ())):
            row = self._row(key)
            if row is not None and source in (None, row["source"]):
                return self._event(row)
        return None

    @external("event_log.read", _translate)
    def _row(self, key: str) -> Row | None:
        item = self._client.get_item(TableName=self._table, Key={"pk": {"S": key}}, ConsistentRead=True).get(
            "Item"
        )
        return from_item(item) if item and self._in_force(item) else None

    def found(self, identities: Sequence[Identity]) -> Mapping[Identity, StoredEvent]:
        found: dict[Identity, StoredEvent] = {}
        for place in range(2):
            keys = {one: _keys(one)[place] for one in identities if one not in found}
            rows = self._rows(list(keys.values()))
            found |= {
                one: self._event(rows[key])
                for one, key in keys.items()
                if key in rows and rows[key]["source"] == one[1]
            }
        return {one: found[one] for one in identities if one in found}

    def list(
        self,
        owners: Sequence[str],
        limit: int,
        cursor: str | None,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        types: Sequence[str] = (),
        sources: Sequence[str] = (),
        within: Restriction | None = None,
        audience: str | None = None,
    ) -> Page[StoredEvent]:
        behind = str(from_cursor(cursor, _POSITION)[0]) if cursor else _LAST
        first = first_position(since) if since else _FIRST
        last = min(behind, first_position(until) if until else _LAST)
        if first > last:
            return Page(())

        def shown(item: Row) -> bool:
            row = from_item(item)
            return (
                row["position"] != behind
                and (not types or any(fits(pattern, row["type"]) for pattern in types))
                and (not sources or row["source"] in sources)
                and (audience is None or row["audience"] in ("", audience))
                and visible(row, within)
            )

        chosen = bool(types or sources or audience is not None or within is not None)
        read = [
            self._of_owner(owner, first, last, limit, READ_AT_ONCE if chosen else limit + 2, shown)
            for owner in dict.fromkeys(owners)
        ]
        # What lies before the place to which one owner's events were read comes on a later page, whoever's.
        end = max((str(key["position"]["S"]) for _, key in read if key is not None), default=None)
        listed = [from_item(item) for items, _ in read for item in items]
        listed.sort(key=lambda row: str(row["position"]), reverse=True)
        before_end = [row for row in listed if end is None or row["position"] >= end]
        page = before_end[:limit]
        whole = self._rows([row["pk"] for row in page])
        page = page[: _fitting([whole.get(row["pk"], {}) for row in page])]
        if len(page) < len(before_end):
            end = page[-1]["position"]
        return Page(
            tuple(self._event(whole[row["pk"]]) for row in page if row["pk"] in whole),
            to_cursor(end) if end else None,
        )

    @external("event_log.list", _translate)
    def _of_owner(
        self, owner: str, first: str, last: str, limit: int, at_once: int, shown: Callable[[Row], bool]
    ) -> tuple[Sequence[Row], Key | None]:
        """What the index says of an owner's events from position `last` to `first`, both included, and the
        position to which they were read, or None at the end."""
        read = partial(
            self._client.query,
            TableName=self._table,
            IndexName="by_owner",
            KeyConditionExpression="#owner = :owner AND #position BETWEEN :first AND :last",
            FilterExpression=IN_FORCE,
            ExpressionAttributeNames={"#owner": "owner", "#position": "position"},
            ExpressionAttributeValues={
                **to_item({":owner": owner, ":first": first, ":last": last}),
                **self._present(),
            },
            ScanIndexForward=False,
            Limit=at_once,
        )
        return filled(read, limit, ("position",), None, shown, _between)

    def _rows(self, keys: Sequence[str]) -> Mapping[str, Row]:
        """The rows in force at these keys, by the key."""
        found = {}
        keys = [*dict.fromkeys(keys)]  # DynamoDB refuses to be asked for one twice
        for start in range(0, len(keys), _GET_AT_ONCE):
            for row in self._get(keys[start : start + _GET_AT_ONCE]):
                found[row["pk"]] = row
        return found

    @external("event_log.get", _translate)
    def _get(self, keys: Sequence[str]) -> Sequence[Row]:
        return [from_item(item) for item in self._items(keys) if self._in_force(item)]

    def _items(self, keys: Sequence[str]) -> Iterator[Row]:
        asked: Any = {self._table: {"Keys": [{"pk": {"S": key}} for key in keys], "ConsistentRead": True}}
        for _ in range(len(keys) + 1):  # each answer brings one at least: more than 16 MB it leaves out
            if not asked:
                return
            answer = self._client.batch_get_item(RequestItems=asked)
            yield from answer["Responses"].get(self._table, [])
            asked = answer.get("UnprocessedKeys")
        raise Unavailable("dynamodb", "it leaves keys out again and again")

    def forget(self, event: StoredEvent) -> None:
        for key in _keys(event.identity):
            row = self._row(key)
            if row is None or row["position"] != event.position:
                continue
            if "beside" in row:
                self._artifacts().delete(row["beside"])
            self._remove(key, event, _HELD)

    def _event(self, row: Row) -> StoredEvent:
        since = row.get("untold_since")
        return StoredEvent(
            id=row["id"],
            type=row["type"],
            source=row["source"],
            owner=row["owner"],
            subject=row.get("subject", ""),
            connections=tuple(row["connections"]),
            audience=row["audience"],
            received_at=datetime.fromisoformat(row["received_at"]),
            position=row["position"],
            body=self._body(row),
            untold_since=datetime.fromisoformat(since) if since else None,
        )

    def _body(self, row: Row) -> str | None:
        if "beside" not in row:
            return row.get("body")
        try:
            return self._artifacts().get(row["beside"]).decode()
        except NotFound:  # it is being forgotten just now
            return None

    def _in_force(self, item: Row) -> bool:
        return int(item["expires_at"]["N"]) > self._now().timestamp()

    def _present(self) -> dict[str, Any]:
        return to_item({":now": int(self._now().timestamp())})


def _keys(identity: Identity) -> tuple[str, str]:
    """Where an event lies, and where it lies if another source's has its id."""
    owner, source, id = identity
    owner = owner.replace("%", "%25").replace("#", "%23")  # or it might be a shorter name and an id
    first = f"event#{owner}#{id}"
    return first, f"{first}#{hashlib.sha256(source.encode()).hexdigest()[:16]}"


def _row(event: StoredEvent) -> dict[str, Any]:
    """An event's attributes but the key."""
    since, body = event.untold_since, event.body
    row: dict[str, Any] = {
        "id": event.id,
        "type": event.type,
        "source": event.source,
        "owner": event.owner,
        "subject": event.subject,
        "connections": list(event.connections),
        "audience": event.audience,
        "received_at": _time(event.received_at),
        "position": event.position,
        "expires_at": int((event.received_at + KEPT).timestamp()),
    }
    if since is not None:
        row |= {"untold_shard": str(int(event.position[-1], 16) % SHARDS), "untold_since": _time(since)}
    if body is not None:
        # By what it holds: a repeat with other words must not write over those that are kept
        long = len(body) > WHOLE_BYTES
        digest = hashlib.sha256(json.dumps([*event.identity, body]).encode()).hexdigest() if long else ""
        row |= {"body_bytes": len(body)} | ({"beside": f"events/{digest}"} if long else {"body": body})
    return row


def _time(at: datetime) -> str:
    """A time as text that sorts."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _between(passed: Key, last: Key) -> Key:
    return {"position": {"S": rounded_up(last["position"]["S"], passed["position"]["S"], _GREATEST)}}


def _fitting(rows: Iterable[Row]) -> int:
    """How many rows fit on a page, by their bodies."""
    sizes = accumulate(int(row.get("body_bytes", 0)) for row in rows)
    return max(1, sum(size <= PAGE_BYTES for size in sizes))
