"""The table `subscriptions`: who is told of which events. What only a sender may read is sealed by KMS.

Besides the subscriptions it has a row for each inbox, and one that counts the changes of all of them. Whoever
needs all of them, which is for every event, reads that one row, and the rest only where it has changed. Each
write comes first and is counted then, so that whoever reads the new count finds what was written.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from cachetools import LRUCache

from chalicelib.domain.delivery.subscription import Confidential, Inbox, Subscription, Wanted
from chalicelib.domain.intake.connection import Secret, SecretView
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.errors import Conflict, Invalid
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.connections import SEALED_LIMIT, Seal
from chalicelib.services.dynamodb.items import from_item, to_item
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.ports.operations import Clock

BELIEVED = timedelta(minutes=1)
"""How long what was read is believed, though no change was counted: a process may die between its write and
the count."""
OPENED_MOST = 1_000
"""Subscriptions whose secrets are kept open in this process."""

_translate = aws_errors("dynamodb")
_CHANGES = "#changes"
_INBOX = "inbox#"
_KEY_OF_CHANGES = to_item({"id": _CHANGES})


class _Everyone(NamedTuple):
    """All that the table holds."""

    changes: int
    read_at: datetime
    subscriptions: Sequence[Subscription]
    inboxes: Sequence[Inbox]


class DynamoSubscriptions:
    """Subscriptions (chalicelib.ports) in DynamoDB. client: boto's, for DynamoDB."""

    def __init__(self, client: Any, table: str, seal: Seal, now: Clock) -> None:
        self._client, self._table, self._seal, self._now = client, table, seal, now
        self._opened: LRUCache[bytes, Confidential] = LRUCache(OPENED_MOST)
        self._everyone: _Everyone | None = None
        self._lock = threading.Lock()

    def put(self, subscription: Subscription, confidential: Confidential | None = None) -> Subscription:
        after = replace(subscription, version=subscription.version + 1)
        if confidential is not None:
            after = after.with_(confidential, self._sealed(subscription, confidential))
        self._write(after)
        self._count_change()
        return after

    def find(self, id: str) -> Subscription | None:
        row = self._read(id)
        return _subscription(row) if row else None

    def delete(self, id: str) -> None:
        self._delete(id)
        self._count_change()

    def opened(self, subscription: Subscription) -> Confidential:
        sealed = subscription.sealed
        if not sealed:
            return Confidential()
        with self._lock:
            known = self._opened.get(sealed)
        if known is None:
            known = _confidential(self._seal.open(sealed, _context(subscription)))
            with self._lock:
                self._opened[sealed] = known
        return known

    def all(self) -> Sequence[Subscription]:
        return self._current().subscriptions

    def inbox(self, owner: str) -> Inbox | None:
        row = self._read(f"{_INBOX}{owner}")
        return _inbox(row) if row else None

    def make_inbox(self, inbox: Inbox) -> None:
        self._write_inbox(inbox, ConditionExpression="attribute_not_exists(id)")
        self._count_change()

    def put_inbox(self, inbox: Inbox) -> None:
        self._write_inbox(inbox)
        self._count_change()

    def inboxes(self) -> Sequence[Inbox]:
        return self._current().inboxes

    def _sealed(self, subscription: Subscription, confidential: Confidential) -> bytes:
        secrets = [
            (secret.value, secret.expires_at.isoformat() if secret.expires_at else None)
            for secret in confidential.secrets
        ]
        plain = json.dumps({"secrets": secrets, "headers": dict(confidential.headers)}).encode()
        if len(plain) > SEALED_LIMIT:
            raise Invalid(
                f"headers and secrets come to {len(plain):,} bytes, and {SEALED_LIMIT:,} are kept", "headers"
            )
        return self._seal.seal(plain, _context(subscription))

    def _current(self) -> _Everyone:
        changes = self._changes()  # before the rest is read, lest a change in between be missed
        known = self._everyone
        if known is None or known.changes != changes or self._now() - known.read_at > BELIEVED:
            known = self._everyone = self._scan(changes)
        return known

    @external("subscriptions.scan", _translate)
    def _scan(self, changes: int) -> _Everyone:
        read_at = self._now()
        pages = self._client.get_paginator("scan").paginate(TableName=self._table, ConsistentRead=True)
        rows = [from_item(item) for page in pages for item in page["Items"]]
        return _Everyone(
            changes,
            read_at,
            [_subscription(row) for row in rows if not row["id"].startswith((_CHANGES, _INBOX))],
            [_inbox(row) for row in rows if row["id"].startswith(_INBOX)],
        )

    @external("subscriptions.changes", _translate)
    def _changes(self) -> int:
        answer = self._client.get_item(TableName=self._table, Key=_KEY_OF_CHANGES, ConsistentRead=True)
        return int(answer["Item"]["changes"]["N"]) if "Item" in answer else 0

    @external("subscriptions.count", _translate)
    def _count_change(self) -> None:
        self._client.update_item(
            TableName=self._table,
            Key=_KEY_OF_CHANGES,
            UpdateExpression="ADD changes :one",
            ExpressionAttributeValues=to_item({":one": 1}),
        )

    @external("subscriptions.read", _translate)
    def _read(self, id: str) -> dict[str, Any] | None:
        item = self._client.get_item(TableName=self._table, Key=to_item({"id": id}), ConsistentRead=True).get(
            "Item"
        )
        return from_item(item) if item else None

    @external("subscriptions.write", _translate)
    def _write(self, after: Subscription) -> None:
        item = to_item(_row(after))
        try:
            self._client.put_item(
                TableName=self._table,
                Item=item,
                ConditionExpression="version = :before"
                + (" OR attribute_not_exists(id)" if after.version == 1 else ""),
                ExpressionAttributeValues=to_item({":before": after.version - 1}),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            # What stands as we wrote it is our own: its answer was lost, so the SDK repeated the request.
            if error.response.get("Item") != item:
                raise Conflict("it has changed since it was read; read it again and decide anew") from None

    @external("subscriptions.delete", _translate)
    def _delete(self, id: str) -> None:
        self._client.delete_item(TableName=self._table, Key=to_item({"id": id}))

    @external("subscriptions.write_inbox", _translate)
    def _write_inbox(self, inbox: Inbox, **condition: str) -> None:
        row = {
            "id": f"{_INBOX}{inbox.owner}",
            "owner": inbox.owner,
            **_wanted_row(inbox.wanted),
            "created_at": inbox.created_at.isoformat(),
            "updated_at": inbox.updated_at.isoformat(),
        }
        try:
            self._client.put_item(TableName=self._table, Item=to_item(row), **condition)
        except self._client.exceptions.ConditionalCheckFailedException:
            return  # there is one


def _context(subscription: Subscription) -> dict[str, str]:
    return {"subscription": subscription.id, "owner": subscription.owner}


def _confidential(plain: bytes) -> Confidential:
    found = json.loads(plain)
    secrets = (Secret(value, _time(expires_at)) for value, expires_at in found["secrets"])
    return Confidential(secrets=tuple(secrets), headers=found["headers"])


def _wanted_row(wanted: Wanted) -> dict[str, Any]:
    return {"types": wanted.types, "filter": wanted.filter}


def _wanted(row: Mapping[str, Any]) -> Wanted:
    return Wanted(
        types=tuple(row["types"]), filter={name: tuple(values) for name, values in row["filter"].items()}
    )


def _row(subscription: Subscription) -> dict[str, Any]:
    one = subscription
    return {
        "id": one.id,
        "name": one.name,
        "owner": one.owner,
        "within": one.within.patterns if one.within else None,
        "url": one.url,
        **_wanted_row(one.wanted),
        "format": one.format,
        "headers": one.headers,
        "rate": one.rate,
        "expires_at": one.expires_at and one.expires_at.isoformat(),
        "status": one.status,
        "reason": one.reason,
        "secrets": [
            (secret.id, secret.current, secret.expires_at and secret.expires_at.isoformat())
            for secret in one.secrets
        ],
        "sealed": one.sealed,
        "version": one.version,
        "created_at": one.created_at.isoformat(),
        "updated_at": one.updated_at.isoformat(),
    }


def _subscription(row: Mapping[str, Any]) -> Subscription:
    return Subscription(
        id=row["id"],
        name=row["name"],
        owner=row["owner"],
        within=None if row["within"] is None else Restriction(tuple(row["within"])),
        url=row["url"],
        wanted=_wanted(row),
        format=row["format"],
        headers=tuple(row["headers"]),
        rate=row["rate"],
        expires_at=_time(row["expires_at"]),
        status=row["status"],
        reason=row["reason"],
        secrets=tuple(
            SecretView(id=id, current=current, expires_at=_time(expires_at))
            for id, current, expires_at in row["secrets"]
        ),
        sealed=row["sealed"],
        version=row["version"],
        created_at=datetime.fromisoformat(row["created_at"]),
        updated_at=datetime.fromisoformat(row["updated_at"]),
    )


def _inbox(row: Mapping[str, Any]) -> Inbox:
    return Inbox(
        owner=row["owner"],
        wanted=_wanted(row),
        created_at=datetime.fromisoformat(row["created_at"]),
        updated_at=datetime.fromisoformat(row["updated_at"]),
    )


def _time(said: str | None) -> datetime | None:
    return datetime.fromisoformat(said) if said else None
