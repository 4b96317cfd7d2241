"""The table `quarantine`: which troubles were noticed, a row each of the kind "told"."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.operations.trouble import Mark
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.items import from_item, to_item
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.ports.operations import Clock

KEPT = timedelta(days=90)
_KIND = "told"
_translate = aws_errors("dynamodb")


class DynamoMarks:
    """Marks (chalicelib.ports)."""

    def __init__(self, client: Any, table: str, now: Clock) -> None:
        self._client, self._table, self._now = client, table, now

    @external("marks.all", _translate)
    def all(self) -> Mapping[str, Mark]:
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="kind = :kind",
            FilterExpression="expires_at > :now",
            ExpressionAttributeValues=to_item({":kind": _KIND, ":now": int(self._now().timestamp())}),
            ConsistentRead=True,
        )
        rows = map(from_item, answer["Items"])  # one for each plugin and queue, far less than a page
        return {row["id"]: Mark(datetime.fromisoformat(row["noticed_at"]), row["told"]) for row in rows}

    @external("marks.change", _translate)
    def change(self, name: str, before: Mark | None, after: Mark) -> bool:
        now = self._now()
        values = {":after": after.at.isoformat(), ":after_told": after.told}
        if before is None:
            values[":now"] = int(now.timestamp())
            stands = "attribute_not_exists(id) OR expires_at <= :now"
        else:
            values |= {":before": before.at.isoformat(), ":before_told": before.told}
            stands = "(noticed_at = :before AND told = :before_told)"
        row = {
            "kind": _KIND,
            "id": name,
            "noticed_at": after.at.isoformat(),
            "told": after.told,
            "expires_at": int((now + KEPT).timestamp()),
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(row),
                ConditionExpression=f"{stands} OR (noticed_at = :after AND told = :after_told)",
                ExpressionAttributeValues=to_item(values),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    @external("marks.remove", _translate)
    def remove(self, name: str) -> None:
        self._client.delete_item(TableName=self._table, Key=to_item({"kind": _KIND, "id": name}))
