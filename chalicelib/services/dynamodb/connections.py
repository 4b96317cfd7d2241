"""The table `connections`: secrets sealed by KMS, read through a cache of a minute."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from cachetools import TTLCache

from chalicelib.domain.intake.connection import Secret, StoredConnection
from chalicelib.domain.operations.restriction import Restriction, connection_id, may_see
from chalicelib.domain.page import Page, from_cursor, to_cursor
from chalicelib.errors import Invalid, PluginFailed, Unconfigured
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.items import from_item, to_item
from chalicelib.services.dynamodb.paging import READ_AT_ONCE, filled
from chalicelib.services.external import external
from triggeriq import Connection
from triggeriq.names import NAME

if TYPE_CHECKING:
    from chalicelib.ports.operations import Clock

_translate = aws_errors("dynamodb")
_NAME = re.compile(NAME)
SEALED_LIMIT = 4_096
"""Bytes that KMS encrypts at most: https://docs.aws.amazon.com/kms/latest/APIReference/API_Encrypt.html"""
SETTINGS_LIMIT = 20_000
"""Bytes of a connection's settings as JSON: a hundred of them fit into one answer of the API, and each into
an item."""
_ABSENT_SECONDS = 5.0
"""How long it is believed that a connection does not exist: short, since the next request may follow its
PUT."""


class Seal(Protocol):
    def seal(self, plain: bytes, context: dict[str, str]) -> bytes: ...

    def open(self, sealed: bytes, context: dict[str, str]) -> bytes: ...


class _Held(NamedTuple):
    """A connection as the cache holds it."""

    stored: StoredConnection
    settings: Any = None
    """What the source made of the stored settings."""
    fault: str = ""
    """Why the source no longer accepts the stored settings; "" where it does. This is cached too: else every
    request to such a connection would have us ask DynamoDB and KMS."""


class DynamoConnections:
    """Connections (chalicelib.ports), and what an admin does with them.

    settings_of: makes the source's settings object of what is stored; raises Invalid or PluginFailed where
    the source no longer accepts that. seconds: how long a connection is cached.
    """

    def __init__(
        self,
        client: Any,
        table: str,
        seal: Seal,
        settings_of: Callable[[str, Mapping[str, Any]], Any],
        now: Clock,
        seconds: float = 60.0,
    ) -> None:
        self._client, self._table, self._seal = client, table, seal
        self._settings_of, self._now = settings_of, now
        self._cache: TTLCache[tuple[str, str], _Held] = TTLCache(1_000, ttl=seconds, timer=time.monotonic)
        self._absent: TTLCache[tuple[str, str], bool] = TTLCache(
            1_000, ttl=min(seconds, _ABSENT_SECONDS), timer=time.monotonic
        )
        self._reread: TTLCache[tuple[str, str], bool] = TTLCache(1_000, ttl=1.0, timer=time.monotonic)
        self._lock = threading.Lock()

    def find(self, source: str, name: str, fresh: bool = False) -> Connection | None:
        """fresh: read again, instead of from the cache; but at most once a second, so that a stranger's bad
        signatures do not cause a read each."""
        key = (source, name)
        with self._lock:
            again = fresh and key not in self._reread
            if again:
                self._reread[key] = True
            held = self._cache.get(key)
            known = held is not None or key in self._absent
        if again or not known:
            held = self._load(source, name)  # where this fails, what the cache holds stays in force
            with self._lock:
                if held is None:
                    self._cache.pop(key, None)
                    self._absent[key] = True
                else:
                    self._absent.pop(key, None)
                    self._cache[key] = held
        if held is None:
            return None
        if held.fault:
            raise Unconfigured(
                f"connection {source}/{name}", f"an admin must configure it anew: {held.fault}"
            )
        now = self._now()
        return Connection(
            source=source,
            name=name,
            secrets=tuple(secret.value for secret in held.stored.secrets if secret.in_force(now)),
            settings=held.settings,
            owner=held.stored.owner,
        )

    def _load(self, source: str, name: str) -> _Held | None:
        stored = self.get(source, name)
        if stored is None:
            return None
        try:
            return _Held(stored, self._settings_of(source, stored.settings))
        except (Invalid, PluginFailed) as error:
            return _Held(stored, fault=str(error))

    def get(self, source: str, name: str) -> StoredConnection | None:
        """The connection as it is stored, read now, its secrets opened."""
        row = self._read(source, name)
        if row is None:
            return None
        sealed = row.pop("secrets", None)
        secrets = json.loads(self._seal.open(sealed, _context(source, name))) if sealed else []
        return StoredConnection(
            source=source,
            name=name,
            owner=row["owner"],
            secrets=tuple(
                Secret(value, datetime.fromisoformat(expires_at) if expires_at else None)
                for value, expires_at in secrets
            ),
            settings=json.loads(row["settings"]),
            updated_at=datetime.fromisoformat(row["updated_at"]),
        )

    def put(self, connection: StoredConnection) -> None:
        """Replace the connection; in force at once in this process. Raises Invalid where its secrets are too
        long to be sealed, or its settings too long to be kept."""
        secrets = [
            (secret.value, secret.expires_at.isoformat() if secret.expires_at else None)
            for secret in connection.secrets
        ]
        key = (connection.source, connection.name)
        plain = json.dumps(secrets).encode()
        if len(plain) > SEALED_LIMIT:
            raise Invalid(
                f"the secrets come to {len(plain):,} bytes with their expiries, and {SEALED_LIMIT:,} are "
                "kept; leave out those that were rotated out",
                "secrets",
            )
        settings = json.dumps(dict(connection.settings))
        if len(settings) > SETTINGS_LIMIT:
            raise Invalid(
                f"the settings come to {len(settings):,} bytes of JSON, and {SETTINGS_LIMIT:,} are kept",
                "settings",
            )
        self._write(
            {
                "source": connection.source,
                "name": connection.name,
                "owner": connection.owner,
                "settings": settings,
                "updated_at": connection.updated_at.isoformat(),
                "secrets": self._seal.seal(plain, _context(*key)),
            }
        )
        self._forget(key)

    def delete(self, source: str, name: str) -> bool:
        """Returns whether there was one."""
        was = self._delete(source, name)
        self._forget((source, name))
        return was

    def check(self) -> None:
        """Raises Unavailable where nothing can be sealed."""
        self._seal.seal(b"health", _context("health", "health"))

    @external("connections.list", _translate)
    def list(
        self, limit: int, cursor: str | None, owner: str | None, within: Restriction | None
    ) -> Page[tuple[str, str]]:
        """Sources and names of connections, in no particular order. owner: only his; None: everybody's.
        within: what the caller is restricted to. The cursor never holds a connection that is left out, since
        its name may be a secret."""
        start = None
        if cursor:
            source, name = from_cursor(cursor, _NAME, _NAME)
            start = to_item({"source": source, "name": name})
        read = partial(
            self._client.scan,
            TableName=self._table,
            Limit=limit + 1 if owner is None and within is None else READ_AT_ONCE,
            ProjectionExpression="#source, #name, #owner",
            ExpressionAttributeNames={"#source": "source", "#name": "name", "#owner": "owner"},
        )

        def shown(item: Mapping[str, Any]) -> bool:
            row = from_item(item)
            return owner in (None, row["owner"]) and may_see(
                within, [connection_id(row["source"], row["name"])]
            )

        items, last = filled(read, limit, ("source", "name"), start, shown)
        rows = map(from_item, items)
        return Page(
            tuple((row["source"], row["name"]) for row in rows),
            to_cursor(last["source"]["S"], last["name"]["S"]) if last else None,
        )

    @external("connections.read", _translate)
    def _read(self, source: str, name: str) -> dict[str, Any] | None:
        item = self._client.get_item(
            TableName=self._table, Key=to_item({"source": source, "name": name}), ConsistentRead=True
        ).get("Item")
        return from_item(item) if item else None

    @external("connections.write", _translate)
    def _write(self, row: Mapping[str, Any]) -> None:
        self._client.put_item(TableName=self._table, Item=to_item(row))

    @external("connections.delete", _translate)
    def _delete(self, source: str, name: str) -> bool:
        answer = self._client.delete_item(
            TableName=self._table, Key=to_item({"source": source, "name": name}), ReturnValues="ALL_OLD"
        )
        return bool(answer.get("Attributes"))

    def _forget(self, key: tuple[str, str]) -> None:
        with self._lock:
            self._cache.pop(key, None)
            self._absent.pop(key, None)


def _context(source: str, name: str) -> dict[str, str]:
    return {"source": source, "connection": name}
