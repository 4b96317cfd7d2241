"""Places in the table `inbox` where readers wait: a row (`waiting`, number) for each that is taken, with the
time until when. A reader who is killed frees his by that."""

from __future__ import annotations

import random
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.items import from_item, to_item
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.ports.operations import Clock

TRIES = 3
"""Places that are tried where others take them at the same moment."""

_translate = aws_errors("dynamodb")
_WAITING = "waiting"


class DynamoWaitingReaders:
    """Places (chalicelib.pipeline.delivery.read_inbox) in DynamoDB. client: boto's, for DynamoDB. places: how
    many there are."""

    def __init__(self, client: Any, table: str, places: int, now: Clock) -> None:
        self._client, self._table, self._now = client, table, now
        self._places = [f"{number:04}" for number in range(places)]

    def enter(self, until: datetime) -> str | None:
        if not self._places:
            return None
        taken = self._taken()
        free = [place for place in self._places if place not in taken]
        for place in random.sample(free, min(TRIES, len(free))):
            holder = secrets.token_hex(8)
            if self._take(place, holder, until):
                return f"{place} {holder}"
        return None

    def leave(self, place: str) -> None:
        number, _, holder = place.partition(" ")
        self._free(number, holder)

    @external("inbox.waiting", _translate)
    def _taken(self) -> set[str]:
        answer = self._client.query(
            TableName=self._table,
            KeyConditionExpression="pk = :waiting",
            ExpressionAttributeValues=to_item({":waiting": _WAITING}),
            ConsistentRead=True,
        )
        now = self._now().isoformat()
        return {row["sk"] for row in map(from_item, answer["Items"]) if row["held_until"] > now}

    @external("inbox.wait", _translate)
    def _take(self, place: str, holder: str, until: datetime) -> bool:
        row = {
            "pk": _WAITING,
            "sk": place,
            "holder": holder,
            "held_until": until.isoformat(),
            "expires_at": int(until.timestamp()) + 1,
        }
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(row),
                # `:holder`, since the SDK repeats a request whose answer was lost.
                ConditionExpression="attribute_not_exists(pk) OR held_until <= :now OR holder = :holder",
                ExpressionAttributeValues=to_item({":now": self._now().isoformat(), ":holder": holder}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    @external("inbox.waited", _translate)
    def _free(self, place: str, holder: str) -> None:
        try:
            self._client.delete_item(
                TableName=self._table,
                Key=to_item({"pk": _WAITING, "sk": place}),
                ConditionExpression="holder = :holder",
                ExpressionAttributeValues=to_item({":holder": holder}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # its time was over, and it is another's now
