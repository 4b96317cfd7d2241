"""API keys in the table `api_keys`, one item a key, found by its id."""

from __future__ import annotations

import re
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cachetools import TTLCache

from chalicelib.domain.operations.access import ApiKey
from chalicelib.domain.page import Page, from_cursor, to_cursor
from chalicelib.errors import NotFound
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.external import external

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

_translate = aws_errors("dynamodb")
_ID = re.compile("[a-z0-9]{12}")


class DynamoApiKeys:
    """Keys that were found are cached for `cache_seconds`: so long a revocation may take in other processes.

    Keys that were not found are not cached, so that a new key works at once.
    """

    def __init__(self, client: DynamoDBClient, table: str, cache_seconds: float) -> None:
        self._client = client
        self._table = table
        self._found: TTLCache[str, ApiKey] = TTLCache(1_000, cache_seconds)
        self._lock = threading.Lock()

    def find(self, key_id: str) -> ApiKey | None:
        with self._lock:
            found = self._found.get(key_id)
        if found is None:
            found = self._get(key_id)
            if found is not None:
                with self._lock:
                    self._found[key_id] = found
        return found

    @external("api_keys.read", _translate)
    def _get(self, key_id: str) -> ApiKey | None:
        found = self._client.get_item(TableName=self._table, Key={"id": {"S": key_id}}, ConsistentRead=True)
        item = found.get("Item")
        return _from_item(item) if item else None

    @external("api_keys.write", _translate)
    def put(self, key: ApiKey) -> None:
        """Keep a new key."""
        self._client.put_item(
            TableName=self._table,
            Item=_to_item(key),
            # Its own digest will do: the SDK repeats a request whose answer was lost.
            ConditionExpression="attribute_not_exists(id) OR digest = :digest",
            ExpressionAttributeValues={":digest": {"S": key.digest}},
        )

    @external("api_keys.list", _translate)
    def list(self, limit: int, cursor: str | None) -> Page[ApiKey]:
        """Keys, in no particular order. Raises Invalid for a cursor that it never gave."""
        start: dict[str, Any] = {}
        if cursor is not None:
            (last,) = from_cursor(cursor, _ID)
            start = {"ExclusiveStartKey": {"id": {"S": last}}}
        found = self._client.scan(TableName=self._table, Limit=limit, **start)
        last_key = found.get("LastEvaluatedKey")
        return Page(
            tuple(_from_item(item) for item in found["Items"]),
            to_cursor(last_key["id"]["S"]) if last_key else None,
        )

    @external("api_keys.revoke", _translate)
    def revoke(self, key_id: str, now: datetime) -> None:
        """The key is no longer accepted: in this process at once, in others when their caches expire.
        Revoking it again changes nothing. Raises NotFound."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"id": {"S": key_id}},
                UpdateExpression="SET revoked_at = if_not_exists(revoked_at, :now)",
                ConditionExpression="attribute_exists(id)",
                ExpressionAttributeValues={":now": {"S": now.isoformat()}},
            )
        except self._client.exceptions.ConditionalCheckFailedException:
            raise NotFound(f"there is no API key {key_id}") from None
        with self._lock:
            self._found.pop(key_id, None)


def _to_item(key: ApiKey) -> dict[str, Any]:
    item: dict[str, Any] = {
        "id": {"S": key.id},
        "digest": {"S": key.digest},
        "owner": {"S": key.owner},
        "scopes": {"SS": list(key.scopes)},
        "created_at": {"S": key.created_at.isoformat()},
        "created_by": {"S": key.created_by},
    }
    if key.connections is not None:
        item["connections"] = {"L": [{"S": pattern} for pattern in key.connections]}
    if key.expires_at is not None:
        item["expires_at"] = {"S": key.expires_at.isoformat()}
    if key.revoked_at is not None:
        item["revoked_at"] = {"S": key.revoked_at.isoformat()}
    return item


def _from_item(item: Any) -> ApiKey:
    return ApiKey(
        id=item["id"]["S"],
        digest=item["digest"]["S"],
        owner=item["owner"]["S"],
        scopes=tuple(sorted(item["scopes"]["SS"])),
        connections=_patterns(item),
        created_at=datetime.fromisoformat(item["created_at"]["S"]),
        created_by=item["created_by"]["S"],
        expires_at=_time(item, "expires_at"),
        revoked_at=_time(item, "revoked_at"),
    )


def _patterns(item: Any) -> tuple[str, ...] | None:
    return tuple(each["S"] for each in item["connections"]["L"]) if "connections" in item else None


def _time(item: Any, name: str) -> datetime | None:
    return datetime.fromisoformat(item[name]["S"]) if name in item else None
