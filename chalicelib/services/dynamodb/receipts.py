"""The table `events`, for 72 hours: a receipt for each event that the bus accepted, or the last event about a
thing; and the body that a nonce came with."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.ports.intake import Told
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.ports.operations import Clock

KEPT = timedelta(hours=72)
"""The longest that a sender goes on retrying (Stripe: three days)."""

_translate = aws_errors("dynamodb")


class DynamoReceipts:
    """Receipts (chalicelib.ports) in DynamoDB. client: boto's, for DynamoDB."""

    def __init__(self, client: Any, table: str, now: Clock) -> None:
        self._client, self._table, self._now = client, table, now

    def stands(self, source: str, connection: str, event_ids: Sequence[str]) -> set[str]:
        return {event_id for event_id in event_ids if self._stands(_key(source, connection, event_id))}

    @external("receipts.read", _translate)
    def _stands(self, key: str) -> bool:
        return self._valid(key, "expires_at") is not None

    def last(self, source: str, connection: str, about: str) -> Told | None:
        return self._last(_key_of_last(source, connection, about))

    @external("receipts.read", _translate)
    def _last(self, key: str) -> Told | None:
        item = self._valid(key, "expires_at, told, accepted_as")
        return Told(item["told"]["S"], item["accepted_as"]["S"]) if item else None

    def _valid(self, key: str, fields: str) -> dict[str, Any] | None:
        item: dict[str, Any] | None = self._client.get_item(
            TableName=self._table, Key={"pk": {"S": key}}, ProjectionExpression=fields
        ).get("Item")
        # DynamoDB deletes what has expired within days, not at once
        return item if item and int(item["expires_at"]["N"]) > self._now().timestamp() else None

    @external("receipts.write", _translate)
    def write(self, source: str, connection: str, event_id: str, received_at: datetime) -> None:
        now = self._now()
        try:
            self._client.put_item(
                TableName=self._table,
                Item={
                    "pk": {"S": _key(source, connection, event_id)},
                    "received_at": {"S": received_at.isoformat()},
                    "expires_at": {"N": str(int((now + KEPT).timestamp()))},
                },
                ConditionExpression="attribute_not_exists(pk) OR expires_at < :now",
                ExpressionAttributeValues={":now": {"N": str(int(now.timestamp()))}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # there is one already

    @external("receipts.write", _translate)
    def remember(self, source: str, connection: str, about: str, told: Told, received_at: datetime) -> None:
        self._client.put_item(
            TableName=self._table,
            Item={
                "pk": {"S": _key_of_last(source, connection, about)},
                "told": {"S": told.name},
                "accepted_as": {"S": told.id},
                "received_at": {"S": received_at.isoformat()},
                "expires_at": {"N": str(int((self._now() + KEPT).timestamp()))},
            },
        )

    @external("receipts.write", _translate)
    def bind(self, source: str, connection: str, nonce: str, body: str) -> bool:
        now = self._now()
        try:
            self._client.put_item(
                TableName=self._table,
                Item={
                    "pk": {"S": f"nonce#{source}#{connection}#{nonce}"},
                    "body": {"S": body},
                    "expires_at": {"N": str(int((now + KEPT).timestamp()))},
                },
                ConditionExpression="attribute_not_exists(pk) OR expires_at < :now OR body = :body",
                ExpressionAttributeValues={
                    ":now": {"N": str(int(now.timestamp()))},
                    ":body": {"S": body},
                },
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True


def _key_of_last(source: str, connection: str, about: str) -> str:
    return f"last#{source}#{connection}#{about}"


def _key(source: str, connection: str, event_id: str) -> str:
    return f"receipt#{source}#{connection}#{event_id}"
