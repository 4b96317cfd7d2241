"""A connection as it is stored and as an admin sees it (a plugin sees triggeriq.Connection)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Secret:
    """One shared secret."""

    value: str = field(repr=False)
    expires_at: datetime | None = None
    """Until when it is in force; None: until it is replaced."""

    def in_force(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredConnection:
    """One configured instance of a source."""

    source: str
    name: str
    owner: str
    """Whose it is."""
    secrets: tuple[Secret, ...] = field(default=(), repr=False)
    """The current one first."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """As they were given."""
    updated_at: datetime

    def as_view(self, warning: str | None = None, poll: PollView | None = None) -> ConnectionView:
        """Without what nobody may read again. warning: what its owner should know of it. poll: how polling it
        goes."""
        return ConnectionView(
            source=self.source,
            connection=self.name,
            owner=self.owner,
            secrets=secret_views(self.secrets),
            settings=self.settings,
            warning=warning,
            poll=poll,
            updated_at=self.updated_at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretView:
    """A secret that can't be read again."""

    id: str
    """Eight hex digits of its sha256, to tell two apart."""
    current: bool
    """Whether it is the one that a sender should use."""
    expires_at: datetime | None
    """Until when it is in force; null: until it is replaced."""


def secret_views(secrets: Iterable[Secret]) -> tuple[SecretView, ...]:
    """What is shown of secrets, the current one first."""
    return tuple(
        SecretView(
            id=hashlib.sha256(secret.value.encode("utf-8", "replace")).hexdigest()[:8],
            current=index == 0,
            expires_at=secret.expires_at,
        )
        for index, secret in enumerate(secrets)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PollView:
    """How polling a connection goes, as it is shown."""

    last_at: datetime | None
    """When it was last polled; null: not yet."""
    next_at: datetime | None
    """When it is due again; null: now."""
    failing_since: datetime | None
    """Since when every poll has failed; null: the last did not."""
    reason: str | None
    """Why the last poll failed; null: it did not."""
    last_new_at: datetime | None
    """When a poll last brought something new; null: not yet."""
    requests: int
    """What the last poll asked of the provider, in requests."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionView:
    """A connection as it is shown: without what nobody may read again."""

    source: str
    connection: str
    """Its name."""
    owner: str
    """Whose it is."""
    secrets: tuple[SecretView, ...]
    """The current one first."""
    settings: Mapping[str, Any]
    """As they were given."""
    warning: str | None
    """Why all its webhooks are refused as it stands, such as for want of a secret in force; null: they are
    not, or its source takes none."""
    poll: PollView | None = None
    """How fetching goes; null: its source fetches nothing, or it has no credentials to fetch with."""
    updated_at: datetime
