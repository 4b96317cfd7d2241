"""The table `quarantine`: what could not be read, what failed, and which plugins fail how often."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.intake import way_back
from chalicelib.domain.intake.quarantine import EXCERPT_LIMIT, Failure, PluginFailures, Quarantined
from chalicelib.domain.page import Page, from_cursor, to_cursor
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.items import from_item, to_attribute, to_item
from chalicelib.services.dynamodb.paging import IN_FORCE, READ_AT_ONCE, READS_MOST, Key, filled, rounded_up
from chalicelib.services.dynamodb.visibility import visible
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.domain.operations.restriction import Restriction
    from chalicelib.ports.operations import Blobs, Clock

KEPT = timedelta(days=90)
_ID = re.compile(r"\d{8}T\d{12}-[\w.:-]{1,200}", re.ASCII)
_NEWEST = f"99999999T999999999999-{'z' * 32}"
"""A text that sorts behind every id."""
_translate = aws_errors("dynamodb")


class DynamoQuarantine:
    """Quarantine (chalicelib.ports), its list, and the failure records. blobs: for the raw bytes.

    Each kind of row has one partition. DynamoDB can write some 1,000 rows a second to it, far more than can't
    be read.
    """

    def __init__(self, client: Any, table: str, blobs: Blobs, now: Clock) -> None:
        self._client, self._table, self._blobs, self._now = client, table, blobs, now

    def keep(self, item: Quarantined, raw: bytes | None = None) -> str:
        id = f"{_sortable(item.at)}-{item.fingerprint}"
        raw_key = item.raw_key
        if raw is not None and not raw_key:
            raw_key = f"quarantine/{item.at:%Y/%m/%d}/{item.fingerprint}"
            self._blobs.put(raw_key, raw)
        self._write(
            {
                "kind": "quarantine",
                "id": id,
                **({"source": item.source} if item.source else {}),  # "" can't be a key of the index
                "connection": item.connection,
                "connections": item.connections,
                "reason": item.reason[:1_000],
                "where": item.where[:300],
                "at": item.at.isoformat(),
                "event_id": item.event_id,
                "by": item.by,
                "raw_key": raw_key,
                "way": way_back.name_of(item.way_back),
                "replay": way_back.to_json(item.way_back) if item.way_back is not None else None,
                "kept_at": self._now().isoformat(),
                "excerpt": (raw or b"")[:EXCERPT_LIMIT],
            }
        )
        return id

    def find(self, id: str, within: Restriction | None) -> Quarantined | None:
        """within: what the caller is restricted to; what he may not see is not found."""
        row = self._read("quarantine", id)
        return _quarantined(row) if row and visible(row, within) else None

    def list(
        self, limit: int, cursor: str | None, within: Restriction | None, source: str | None = None
    ) -> Page[Quarantined]:
        """Newest first. For one source, or a restricted caller, a page may be short where thousands of other
        entries lie between."""
        found: dict[str, Any] = {} if within is None else {"Limit": READ_AT_ONCE}
        if source is not None:
            found = {
                "FilterExpression": f"{IN_FORCE} AND #source = :source",
                "ExpressionAttributeNames": {"#source": "source"},
                "values": {":source": {"S": source}},
                "Limit": READ_AT_ONCE,
            }
        rows, next = self._query(
            "quarantine", limit, _start("quarantine", cursor), shown=lambda row: visible(row, within), **found
        )
        return Page(tuple(_quarantined(row) for row in rows), _cursor(next))

    def of_event(self, event_id: str, at: datetime, after: str = "") -> Iterator[Quarantined]:
        """All that one event or file of that time left here, in the order of their ids, behind the id
        `after`."""
        start: Key | None = to_item({"kind": "quarantine", "id": after}) if after else None
        while True:
            rows, start = self._query(
                "quarantine",
                READ_AT_ONCE,
                start,
                KeyConditionExpression="kind = :kind AND begins_with(id, :time)",
                FilterExpression=f"{IN_FORCE} AND event_id = :event_id",
                values={":time": {"S": f"{_sortable(at)}-"}, ":event_id": {"S": event_id}},
            )
            yield from map(_quarantined, rows)
            if start is None:
                return

    @external("quarantine.count", _translate)
    def counted(
        self, sources: Iterable[str], since: datetime, within: Restriction | None
    ) -> Mapping[str, int]:
        """How many entries there are of what came from each source since then, of connections within. Of one
        source some 10 MB are looked through at most, which are thousands."""
        return {
            source: self._counted(source, since, within)
            for source in sources
            if within is None or source in within.sources
        }

    def _counted(self, source: str, since: datetime, within: Restriction | None) -> int:
        asked = {"Select": "COUNT"} if within is None else {"ProjectionExpression": "connections"}
        count, start = 0, None
        for _ in range(READS_MOST):
            answer = self._client.query(
                TableName=self._table,
                IndexName="by_source",
                KeyConditionExpression="#source = :source AND id >= :since",
                ExpressionAttributeNames={"#source": "source"},
                ExpressionAttributeValues=to_item({":source": source, ":since": _sortable(since)}),
                **asked,
                **({"ExclusiveStartKey": start} if start else {}),
            )
            rows = map(from_item, answer.get("Items", ()))
            count += answer["Count"] if within is None else sum(visible(row, within) for row in rows)
            start = answer.get("LastEvaluatedKey")
            if start is None:
                break
        return count

    @external("quarantine.delete", _translate)
    def remove(self, item: Quarantined) -> None:
        """Remove an entry that was replayed. If it has failed again since then, and was kept again, it
        stays."""
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=to_item({"kind": "quarantine", "id": item.id}),
                ConditionExpression="kept_at = :kept_at",
                ExpressionAttributeValues={":kept_at": {"S": item.kept_at}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def failed(self, failure: Failure) -> None:
        """Keep why a record failed: one row for each message, with the newest reason."""
        self._write(
            {
                "kind": "failure",
                "id": f"{_sortable(failure.first_at)}-{failure.message_id}",
                "queue": failure.queue,
                "message_id": failure.message_id,
                "reason": failure.reason[:1_000],
                "receives": failure.receives,
                "at": failure.at.isoformat(),
                "first_at": failure.first_at.isoformat(),
            }
        )

    def failures(self, limit: int, cursor: str | None) -> Page[Failure]:
        """Newest first."""
        rows, next = self._query("failure", limit, _start("failure", cursor))
        return Page(
            tuple(
                Failure(
                    queue=row["queue"],
                    message_id=row["message_id"],
                    reason=row["reason"],
                    receives=row["receives"],
                    at=datetime.fromisoformat(row["at"]),
                    first_at=datetime.fromisoformat(row["first_at"]),
                )
                for row in rows
            ),
            _cursor(next),
        )

    @external("plugins.count", _translate)
    def plugin_failed(self, plugin: str, hook: str, reason: str, times: int) -> None:
        """Count the failures of a plugin: `times` since the last report, the last that of `hook`. The count
        begins anew when nothing was reported for as long as it is kept."""
        now = self._now()
        update = partial(
            self._client.update_item,
            TableName=self._table,
            Key=to_item({"kind": "plugin", "id": plugin}),
            ExpressionAttributeNames={"#hook": "hook", "#reason": "reason", "#at": "at"},
            ExpressionAttributeValues=to_item(
                {
                    ":times": times,
                    ":hook": hook,
                    ":reason": reason[:1_000],
                    ":at": now.isoformat(),
                    ":now": int(now.timestamp()),
                    ":expires_at": int((now + KEPT).timestamp()),
                }
            ),
        )
        last = "#hook = :hook, #reason = :reason, #at = :at, expires_at = :expires_at"
        try:
            update(
                UpdateExpression=f"ADD failures :times SET {last}",
                ConditionExpression=f"attribute_not_exists(expires_at) OR {IN_FORCE}",
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            update(UpdateExpression=f"SET failures = :times, {last}", ConditionExpression=f"NOT {IN_FORCE}")

    @external("plugins.works", _translate)
    def plugin_works(self, plugin: str, hook: str) -> None:
        """Forget how the plugin failed, where `hook` was what failed last. That it did, and when, stays."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key=to_item({"kind": "plugin", "id": plugin}),
                UpdateExpression="REMOVE #hook, #reason",
                ConditionExpression="#hook = :hook",
                ExpressionAttributeNames={"#hook": "hook", "#reason": "reason"},
                ExpressionAttributeValues=to_item({":hook": hook}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def plugin_failures(self) -> Mapping[str, PluginFailures]:
        """What was reported of each plugin, by its name."""
        rows, _ = self._query("plugin", READ_AT_ONCE, None)
        return {
            row["id"]: PluginFailures(
                count=row["failures"],
                at=datetime.fromisoformat(row["at"]),
                hook=row.get("hook", ""),
                reason=row.get("reason", ""),
            )
            for row in rows
        }

    @external("quarantine.write", _translate)
    def _write(self, row: Mapping[str, Any]) -> None:
        expires_at = int((self._now() + KEPT).timestamp())
        self._client.put_item(TableName=self._table, Item=to_item({**row, "expires_at": expires_at}))

    @external("quarantine.read", _translate)
    def _read(self, kind: str, id: str) -> dict[str, Any] | None:
        item = self._client.get_item(
            TableName=self._table, Key=to_item({"kind": kind, "id": id}), ConsistentRead=True
        ).get("Item")
        row = from_item(item) if item else None
        return row if row and row["expires_at"] > self._now().timestamp() else None

    @external("quarantine.list", _translate)
    def _query(
        self,
        kind: str,
        limit: int,
        start: Key | None,
        *,
        shown: Callable[[Mapping[str, Any]], bool] = lambda row: True,
        values: Mapping[str, Any] = {},
        **asked: Any,
    ) -> tuple[Sequence[dict[str, Any]], Key | None]:
        """Rows of a kind, newest first, and the key behind them. shown: whether the caller may see a row.
        values, asked: further values and parameters of a narrower query."""
        present = {":kind": {"S": kind}, ":now": to_attribute(int(self._now().timestamp()))}
        query: dict[str, Any] = {
            "KeyConditionExpression": "kind = :kind",
            "FilterExpression": IN_FORCE,
            "Limit": limit + 1,
            **asked,
        }
        read = partial(
            self._client.query,
            TableName=self._table,
            ExpressionAttributeValues={**present, **values},
            ScanIndexForward=False,
            ConsistentRead=True,
            **query,
        )
        items, last = filled(
            read, limit, ("kind", "id"), start, lambda item: shown(from_item(item)), _between
        )
        return [from_item(item) for item in items], last


def _between(passed: Key, last: Key) -> Key:
    return {**last, "id": {"S": rounded_up(last["id"]["S"], passed["id"]["S"], _NEWEST)}}


def _start(kind: str, cursor: str | None) -> Key | None:
    return to_item({"kind": kind, "id": from_cursor(cursor, _ID)[0]}) if cursor else None


def _cursor(key: Mapping[str, Any] | None) -> str | None:
    return to_cursor(key["id"]["S"]) if key else None


def _sortable(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")


def _quarantined(row: Mapping[str, Any]) -> Quarantined:
    return Quarantined(
        id=row["id"],
        source=row.get("source", ""),
        connection=row["connection"],
        reason=row["reason"],
        where=row["where"],
        at=datetime.fromisoformat(row["at"]),
        event_id=row["event_id"],
        by=row["by"],
        raw_key=row["raw_key"],
        way_back=way_back.from_json(row["way"], row["replay"]) if row["replay"] else None,
        kept_at=row["kept_at"],
        excerpt=row.get("excerpt", b""),
    )
