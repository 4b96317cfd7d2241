"""The table `claims`: who works on which event. A claim has two phases. Once begun, it expires at the
deadline of the function that holds it, so that a crash releases it. Once finished, it stands for 72 hours."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Busy
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.receipts import KEPT
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.ports.operations import Clock

_translate = aws_errors("dynamodb")


class DynamoClaims:
    """Claims (chalicelib.ports) in DynamoDB. client: boto's, for DynamoDB."""

    def __init__(self, client: Any, table: str, now: Clock) -> None:
        self._client, self._table, self._now = client, table, now

    @external("claims.check", _translate)
    def check(self) -> None:
        """Raises Unavailable where the table can't be read."""
        self._client.get_item(TableName=self._table, Key={"pk": {"S": "health"}})

    @external("claims.begin", _translate)
    def begin(self, name: str, owner: str, until: datetime) -> bool:
        now = int(self._now().timestamp())
        try:
            self._client.put_item(
                TableName=self._table,
                Item={
                    "pk": {"S": name},
                    "owner": {"S": owner},
                    "done": {"BOOL": False},
                    "expires_at": {"N": str(int(until.timestamp()) + 1)},
                },
                ConditionExpression=(
                    "attribute_not_exists(pk) OR expires_at < :now OR (done = :no AND #owner = :owner)"
                ),
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={
                    ":now": {"N": str(now)},
                    ":no": {"BOOL": False},
                    ":owner": {"S": owner},
                },
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            held = error.response.get("Item") or {}
            if held.get("done", {}).get("BOOL"):
                return False
            seconds = int(held.get("expires_at", {}).get("N", now + 5)) - now
            raise Busy(f"{name} is in another invocation's hands", max(1, seconds)) from error
        return True

    @external("claims.finish", _translate)
    def finish(self, name: str, owner: str) -> None:
        self._client.put_item(
            TableName=self._table,
            Item={
                "pk": {"S": name},
                "owner": {"S": owner},
                "done": {"BOOL": True},
                "expires_at": {"N": str(int((self._now() + KEPT).timestamp()))},
            },
        )

    @external("claims.release", _translate)
    def release(self, name: str, owner: str) -> None:
        try:
            self._client.delete_item(
                TableName=self._table,
                Key={"pk": {"S": name}},
                ConditionExpression="#owner = :owner AND done = :no",
                ExpressionAttributeNames={"#owner": "owner"},
                ExpressionAttributeValues={":owner": {"S": owner}, ":no": {"BOOL": False}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # it is done, or another owner's by now
