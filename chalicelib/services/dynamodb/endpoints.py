"""The table `deliveries`, rows `endpoint#<subscription>`, "state": how each endpoint is doing. They are in
none of its indexes."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.delivery.endpoint import Endpoint
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.items import from_item, to_item
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.ports.operations import Clock

KEPT = timedelta(days=30)
"""How long it is known of an endpoint to which nothing is sent any more."""

_translate = aws_errors("dynamodb")
_NAMES = tuple(one.name for one in fields(Endpoint) if one.name != "subscription")
_TIME = ("_at", "_until", "_since")
"""How the name of each field ends that is a time."""


class DynamoEndpoints:
    """Endpoints (chalicelib.ports) in DynamoDB. client: boto's, for DynamoDB."""

    def __init__(self, client: Any, table: str, now: Clock) -> None:
        self._client, self._table, self._now = client, table, now

    @external("endpoints.read", _translate)
    def find(self, subscription: str) -> Endpoint:
        item = self._client.get_item(
            TableName=self._table, Key=to_item(_key(subscription)), ConsistentRead=True
        ).get("Item")
        if not item:
            return Endpoint(subscription=subscription)
        if int(item["expires_at"]["N"]) <= self._now().timestamp():
            return Endpoint(subscription=subscription, saves=int(item["saves"]["N"]))
        return _endpoint(subscription, item)

    @external("endpoints.write", _translate)
    def save(self, endpoint: Endpoint) -> Endpoint | None:
        after = replace(endpoint, saves=endpoint.saves + 1)
        row = {name: _plain(getattr(after, name)) for name in _NAMES}
        row = {name: value for name, value in row.items() if value is not None}
        row |= _key(endpoint.subscription)
        row["expires_at"] = int((self._now() + KEPT).timestamp())
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(row),
                ConditionExpression="saves = :was" if endpoint.saves else "attribute_not_exists(pk)",
                **(
                    {"ExpressionAttributeValues": to_item({":was": endpoint.saves})} if endpoint.saves else {}
                ),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            # A row that is just so is our own: its answer was lost, so the SDK repeated the request
            return after if from_item(error.response.get("Item") or {}) == row else None
        return after


def _key(subscription: str) -> dict[str, Any]:
    return {"pk": f"endpoint#{subscription}", "sk": "state"}


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case dict():
            return {name: _plain(one) for name, one in value.items()}
    return value


def _endpoint(subscription: str, item: Any) -> Endpoint:
    row = from_item(item)
    known = {name: row[name] for name in _NAMES if row.get(name) is not None}
    known |= {name: datetime.fromisoformat(known[name]) for name in known if name.endswith(_TIME)}
    known["leases"] = {holder: datetime.fromisoformat(until) for holder, until in known["leases"].items()}
    return Endpoint(subscription=subscription, **known)
