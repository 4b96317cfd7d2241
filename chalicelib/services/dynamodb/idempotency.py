"""The table `events`, for 24 hours: what a request with an Idempotency-Key was answered, so that its repeat
is answered the same.

A row has two phases, as a claim has. Begun, it holds until the deadline of the request; its fingerprint holds
on. Finished, it has the answer.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.errors import Reused, UnderWay
from chalicelib.ports.idempotency import RememberedAnswer
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.items import from_item, to_item
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.ports.operations import Clock

KEPT = timedelta(hours=24)
BODY_BYTES = 300_000
"""The longest packed body that is kept: an item holds 400 KB."""

_translate = aws_errors("dynamodb")


class DynamoIdempotency:
    """Idempotency (chalicelib.ports) in DynamoDB. client: boto's, for DynamoDB."""

    def __init__(self, client: Any, table: str, now: Clock) -> None:
        self._client, self._table, self._now = client, table, now

    @external("idempotency.begin", _translate)
    def begin(self, name: str, fingerprint: str, holder: str, until: datetime) -> RememberedAnswer | None:
        now = self._now()
        row = {"fingerprint": fingerprint, "holder": holder, "held_until": until.timestamp()}
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item({"pk": _pk(name), **row, "expires_at": self._expiry()}),
                # `holder`, since the SDK repeats a request whose answer was lost
                ConditionExpression=(
                    "attribute_not_exists(pk) OR expires_at <= :now OR (attribute_not_exists(answered) AND "
                    "fingerprint = :fingerprint AND (held_until <= :now OR holder = :holder))"
                ),
                ExpressionAttributeValues=to_item(
                    {":now": now.timestamp(), ":fingerprint": fingerprint, ":holder": holder}
                ),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            held = from_item(error.response["Item"])
            if held["fingerprint"] != fingerprint:
                raise Reused() from error
            if "answered" not in held:
                raise UnderWay(max(1, round(held["held_until"] - now.timestamp()))) from error
            return _answer(held["answered"])
        return None

    @external("idempotency.finish", _translate)
    def finish(self, name: str, holder: str, answer: RememberedAnswer) -> None:
        packed = None if answer.body is None else zlib.compress(answer.body.encode())
        answered = {
            "status": answer.status,
            "body": packed if packed is None or len(packed) <= BODY_BYTES else None,
            "headers": dict(answer.headers),
            "content_type": answer.content_type,
        }
        self._change(
            name, holder, "SET answered = :answered, expires_at = :expiry",
            {":answered": answered, ":expiry": self._expiry()},
        )  # fmt: skip

    @external("idempotency.forget", _translate)
    def forget(self, name: str, holder: str) -> None:
        self._change(name, holder, "SET expires_at = :past", {":past": 0})

    def _change(self, name: str, holder: str, change: str, values: Mapping[str, Any]) -> None:
        """Make a change, unless it took too long and somebody else holds the row by now."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"pk": {"S": _pk(name)}},
                UpdateExpression=change,
                ConditionExpression="holder = :holder AND attribute_not_exists(answered)",
                ExpressionAttributeValues=to_item({":holder": holder, **values}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return

    def _expiry(self) -> int:
        return int((self._now() + KEPT).timestamp())


def _pk(name: str) -> str:
    return f"idempotency#{name}"


def _answer(answered: Any) -> RememberedAnswer:
    packed = answered["body"]
    return RememberedAnswer(
        status=answered["status"],
        body=None if packed is None else zlib.decompress(packed).decode(),
        headers=answered["headers"],
        content_type=answered["content_type"],
    )
