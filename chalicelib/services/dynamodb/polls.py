"""The table `imports`, rows `poll#<source>/<connection>`: how far each connection was polled, and who polls
it now. They are in none of its indexes."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from chalicelib.domain.intake.poll_state import PollState
from chalicelib.domain.operations.restriction import connection_id
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.items import from_item, to_item
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.ports.operations import Clock

KEPT = timedelta(days=90)
"""How long it is known of a connection that is polled no more."""

_translate = aws_errors("dynamodb")
_KEY = ("source", "connection")
_NAMES = tuple(one.name for one in fields(PollState) if one.name not in _KEY)
_TIMES = {"last_at", "next_at", "failing_since", "last_new_at"}
_LISTS = {"pages", "gaps"}


class DynamoPolls:
    """Polls (chalicelib.ports) in DynamoDB. client: boto's, for DynamoDB."""

    def __init__(self, client: Any, table: str, now: Clock) -> None:
        self._client, self._table, self._now = client, table, now

    @external("polls.read", _translate)
    def find(self, source: str, connection: str) -> PollState | None:
        answer = self._client.get_item(
            TableName=self._table, Key=_key(source, connection), ConsistentRead=True
        )
        item = answer.get("Item")
        if not item or int(item["expires_at"]["N"]) <= self._now().timestamp():
            return None
        return _state(source, connection, item)

    @external("polls.begin", _translate)
    def begin(self, source: str, connection: str, holder: str, until: datetime) -> PollState | None:
        now = self._now().isoformat()
        item = self._update(
            source,
            connection,
            {"held_by": holder, "held_until": until.isoformat()},
            "(attribute_not_exists(held_until) OR held_until < :now OR held_by = :holder) AND "
            "(attribute_not_exists(next_at) OR attribute_type(next_at, :null) OR next_at <= :now)",
            {":now": now, ":holder": holder, ":null": "NULL"},
        )
        return _state(source, connection, item) if item else None

    @external("polls.save", _translate)
    def save(self, state: PollState, holder: str, until: datetime | None) -> bool:
        row = {name: _plain(getattr(state, name)) for name in _NAMES}
        # Whoever lets it go stays named: the SDK repeats a request whose answer was lost.
        row["held_until"] = until.isoformat() if until else ""
        condition = "held_by = :holder"
        return bool(self._update(state.source, state.connection, row, condition, {":holder": holder}))

    @external("polls.hurry", _translate)
    def hurry(self, source: str, connection: str) -> None:
        self._update(source, connection, {"next_at": self._now().isoformat()}, "", {})

    def _update(
        self, source: str, connection: str, row: dict[str, Any], condition: str, asked: dict[str, Any]
    ) -> dict[str, Any] | None:
        """The item as it is now; None where the condition does not hold."""
        row = {**row, "expires_at": int((self._now() + KEPT).timestamp())}
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key=_key(source, connection),
                UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in row),
                ExpressionAttributeNames={f"#{name}": name for name in row},
                ExpressionAttributeValues=to_item(
                    {**{f":{name}": value for name, value in row.items()}, **asked}
                ),
                ReturnValues="ALL_NEW",
                **({"ConditionExpression": condition} if condition else {}),
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            return None
        found: dict[str, Any] = answer["Attributes"]
        return found


def _key(source: str, connection: str) -> dict[str, Any]:
    return to_item({"id": f"poll#{connection_id(source, connection)}"})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _state(source: str, connection: str, item: Any) -> PollState:
    row = from_item(item)
    known = {name: row[name] for name in _NAMES if row.get(name) is not None}
    known |= {name: datetime.fromisoformat(known[name]) for name in _TIMES & known.keys()}
    known |= {name: tuple(known[name]) for name in _LISTS & known.keys()}
    return PollState(source=source, connection=connection, **known)
