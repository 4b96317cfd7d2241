"""The table `imports`: uploaded files, how far each was read, and whether somebody cancelled it."""

from __future__ import annotations

import re
from dataclasses import asdict, fields
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.intake.file_import import Import, Unpacked
from chalicelib.domain.page import Page, from_cursor, to_cursor
from chalicelib.errors import Conflict, NotFound
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.items import from_item, to_attribute, to_item
from chalicelib.services.dynamodb.paging import IN_FORCE, READ_AT_ONCE, Key, filled, rounded_up
from chalicelib.services.dynamodb.visibility import visible
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.domain.operations.restriction import Restriction
    from chalicelib.ports.operations import Clock

KEPT = timedelta(days=90)
"""How long an import is known; the uploads bucket must not keep its file longer."""

REASON_LIMIT = 1_000
"""Characters of a reason, which may be a plugin's words; an item holds 400 KB."""

_translate = aws_errors("dynamodb")
_ID = re.compile("[0-9a-f]{32}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?[+-]\d\d:\d\d", re.ASCII)
_LATEST = "9999-99-99T99:99:99.999999+00:00"
"""A text that sorts behind every time."""
_TIMES = {"registered_at", "modified_at", "updated_at", "finished_at", "reread_at"}


class DynamoImports:
    """ImportStore (chalicelib.ports) in DynamoDB."""

    def __init__(self, client: Any, table: str, now: Clock) -> None:
        self._client, self._table, self._now = client, table, now

    @external("imports.register", _translate)
    def register(self, wanted: Import) -> Import:
        row = {name: _plain(getattr(wanted, name)) for name in _NAMES}
        row |= {
            "kind": "file",
            "connections": wanted.connections,
            "expires_at": int((wanted.registered_at + KEPT).timestamp()),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(row),
                ConditionExpression="attribute_not_exists(id) OR expires_at <= :now",
                ExpressionAttributeValues=self._present(),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            held = error.response.get("Item")
            return _import(held) if held else wanted
        return wanted

    @external("imports.read", _translate)
    def find(self, id: str, within: Restriction | None = None) -> Import | None:
        """within: what the caller is restricted to; what he may not see is not found."""
        item = self._client.get_item(TableName=self._table, Key={"id": {"S": id}}, ConsistentRead=True).get(
            "Item"
        )
        if not item or int(item["expires_at"]["N"]) <= self._now().timestamp():
            return None
        return _import(item) if visible(from_item(item), within) else None

    def queued(self, id: str) -> None:
        self._update(id, {"queued": True}, None)

    def checkpoint(self, before: Import, after: Import) -> Import:
        changes = {
            name: _plain(getattr(after, name))
            for name in (
                "status",
                "bytes_read",
                "unpacked",
                "read",
                "made",
                "quarantined",
                "head",
                "mark",
                "finished_at",
                "reread_at",
            )
        }
        changes["reason"] = after.reason and after.reason[:REASON_LIMIT]
        return self._update(before.id, changes, before)

    def cancel(self, id: str) -> Import:
        held = self.find(id)
        if held is None:
            raise NotFound(f"there is no import {id}")
        if held.over:
            raise Conflict(f"the import is {held.status} already")
        return self._update(id, {"status": "cancelled", "finished_at": self._now().isoformat()}, held)

    @external("imports.write", _translate)
    def _update(self, id: str, changes: dict[str, Any], before: Import | None) -> Import:
        changes = {**changes, "updated_at": self._now().isoformat()}
        values = {f":{name}": to_attribute(value) for name, value in changes.items()}
        names = {f"#{name}": name for name in changes}
        condition = "attribute_exists(id)"
        if before is not None:
            condition += " AND #mark = :was_mark AND #status = :was_status"
            names |= {"#mark": "mark", "#status": "status"}
            values |= {":was_mark": to_attribute(before.mark), ":was_status": to_attribute(before.status)}
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key={"id": {"S": id}},
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in changes),
                ConditionExpression=condition,
                ExpressionAttributeNames=names,
                ExpressionAttributeValues=values,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            held = from_item(error.response.get("Item") or {})
            if held.items() >= changes.items():
                # It is our own change: its answer was lost, so the SDK repeated the request.
                return _import(error.response["Item"])
            raise Conflict(f"import {id} was changed by somebody else") from error
        return _import(answer["Attributes"])

    @external("imports.list", _translate)
    def list(self, limit: int, cursor: str | None, within: Restriction | None) -> Page[Import]:
        """Newest first. For a restricted caller a page may be short where thousands of others' imports lie
        between his own."""
        start = None
        if cursor:
            id, at = from_cursor(cursor, _ID, _TIME)
            start = to_item({"kind": "file", "registered_at": at, "id": id})
        read = partial(
            self._client.query,
            TableName=self._table,
            IndexName="by_time",
            KeyConditionExpression="kind = :file",
            FilterExpression=IN_FORCE,
            ExpressionAttributeValues={":file": {"S": "file"}, **self._present()},
            ScanIndexForward=False,
            Limit=limit + 1 if within is None else READ_AT_ONCE,
        )
        items, last = filled(
            read,
            limit,
            ("kind", "registered_at", "id"),
            start,
            lambda item: visible(from_item(item), within),
            _between,
        )
        return Page(
            tuple(_import(item) for item in items),
            to_cursor(last["id"]["S"], last["registered_at"]["S"]) if last else None,
        )

    def _present(self) -> dict[str, Any]:
        return {":now": to_attribute(int(self._now().timestamp()))}


def _between(passed: Key, last: Key) -> Key:
    at = rounded_up(last["registered_at"]["S"], passed["registered_at"]["S"], _LATEST)
    return {**last, "registered_at": {"S": at}, "id": {"S": "f" * 32}}


_NAMES = tuple(field.name for field in fields(Import))


def _plain(value: Any) -> Any:
    if isinstance(value, Unpacked):
        return {**asdict(value), "parts": list(value.parts)}  # as it is read back
    return value.isoformat() if isinstance(value, datetime) else value


def _import(item: Any) -> Import:
    row = from_item(item)
    # Rows of older releases lack some
    known: dict[str, Any] = {name: row[name] for name in _NAMES if name in row}
    times = {name: datetime.fromisoformat(known[name]) for name in _TIMES if known.get(name)}
    if parts := known.get("unpacked"):
        known["unpacked"] = Unpacked(**{**parts, "parts": tuple(parts["parts"])})
    return Import(**(known | times))
