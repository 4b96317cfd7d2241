"""Who wants to be told of which events: subscriptions, to which they are pushed, and inboxes, from which they
are pulled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any, Literal

from chalicelib.domain.delivery.stored_event import StoredEvent, concerns
from chalicelib.domain.intake.connection import Secret, SecretView, secret_views
from chalicelib.domain.operations.access import Caller
from chalicelib.domain.operations.restriction import Restriction

Format = Literal["standard", "cloudevents", "slack", "teams"]
Status = Literal["active", "paused", "disabled"]
Filtered = Literal["category", "priority", "sentiment", "source", "connection", "tag"]
"""What a filter may ask for."""

Filter = Mapping[str, tuple[str, ...]]
"""By a name of Filtered, the values of which an event must have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which events somebody wants."""

    types: tuple[str, ...] = ("*",)
    """Each "ticket.created", "ticket.*" for all that begin so, or "*" for all."""
    filter: Filter = field(default_factory=dict)
    """All of it must hold."""

    def includes(self, event: StoredEvent) -> bool:
        return any(fits(pattern, event.type) for pattern in self.types) and (
            not self.filter or _holds(self.filter, _data_of(event.body))
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    """An owner's inbox."""

    owner: str
    wanted: Wanted = Wanted()
    created_at: datetime
    updated_at: datetime

    def includes(self, event: StoredEvent) -> bool:
        return concerns(event, self.owner, None) and self.wanted.includes(event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """An address to which events are pushed."""

    id: str
    name: str
    """Its owner's own for it; by it the id is made."""
    owner: str
    within: Restriction | None = None
    """What its maker was restricted to, and so is it."""
    url: str
    wanted: Wanted = Wanted()
    format: Format = "standard"
    headers: tuple[str, ...] = ()
    """Names of those that are sent along with each delivery. Their values are Confidential."""
    rate: int | None = None
    """Deliveries a minute at most."""
    expires_at: datetime | None = None
    """Until when it is in force."""
    status: Status = "active"
    reason: str | None = None
    """Why it is not active, in a word: "paused" by its owner, "gone", "failing", "asked"."""
    secrets: tuple[SecretView, ...] = ()
    """What is shown of those that sign, the current one first."""
    sealed: bytes = field(default=b"", repr=False)
    """What is Confidential, as the store keeps it; it alone can open it."""
    version: int = 0
    """Counts its changes; 0: it is not stored yet."""
    created_at: datetime
    updated_at: datetime

    def includes(self, event: StoredEvent) -> bool:
        return concerns(event, self.owner, self.within) and self.wanted.includes(event)

    def in_force(self, now: datetime) -> bool:
        """Whether it may be sent to at all; while it is paused or disabled its deliveries are held."""
        return self.expires_at is None or now < self.expires_at

    def seen_by(self, caller: Caller) -> bool:
        """Whether a caller may know of it: its owner or an admin; who is restricted to connections only where
        it tells of no others."""
        mine = self.owner == caller.owner or caller.may("admin")
        return mine and (
            caller.restriction is None
            or (self.within is not None and caller.restriction.covers(self.within.patterns))
        )

    def with_(self, confidential: Confidential, sealed: bytes) -> Subscription:
        """The same with what is shown of `confidential`, and that as it is sealed."""
        return replace(
            self,
            headers=tuple(confidential.headers),
            secrets=secret_views(confidential.secrets),
            sealed=sealed,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Confidential:
    """What nobody reads of a subscription but who sends to it."""

    secrets: tuple[Secret, ...] = field(default=(), repr=False)
    """The current one first; while they are rotated, each that is in force signs."""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Sent along with each delivery."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the owner of a subscription decides."""

    url: str
    types: tuple[str, ...]
    filter: Filter = field(default_factory=dict)
    format: Format = "standard"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    rate: int | None = None
    expires_at: datetime | None = None
    secret: str | None = field(default=None, repr=False)
    """His own; None: one is made, and later stays as it is."""

    @classmethod
    def of(cls, subscription: Subscription, confidential: Confidential) -> Terms:
        """Those that a subscription stands by."""
        return cls(
            url=subscription.url,
            types=subscription.wanted.types,
            filter=subscription.wanted.filter,
            format=subscription.format,
            headers=confidential.headers,
            rate=subscription.rate,
            expires_at=subscription.expires_at,
        )

    def on(self, subscription: Subscription) -> Subscription:
        """The subscription by these terms, but for what is Confidential."""
        return replace(
            subscription,
            url=self.url,
            wanted=Wanted(types=self.types, filter=self.filter),
            format=self.format,
            rate=self.rate,
            expires_at=self.expires_at,
        )


def subscription_id(owner: str, name: str) -> str:
    """The id of an owner's subscription of that name."""
    return f"sub_{hashlib.sha256(json.dumps([owner, name]).encode()).hexdigest()[:20]}"


def fits(pattern: str, type: str) -> bool:
    """Whether an event's type is one that the pattern stands for."""
    return pattern in ("*", type) or (pattern.endswith(".*") and type.startswith(pattern[:-1]))


@lru_cache(1)  # an event is held against one subscription after the other, and may be long
def _data_of(body: str | None) -> Any:
    """The data of an event; None where there are none, or it was forgotten."""
    return None if body is None else json.loads(body).get("data")


def _holds(filter: Filter, data: Any) -> bool:
    return isinstance(data, Mapping) and all(
        not set(values).isdisjoint(_values(data, name)) for name, values in filter.items()
    )


def _values(data: Mapping[str, Any], name: str) -> Iterable[str]:
    """What an event says of a name: a ticket has verdicts with a label, and several tags."""
    said = data.get("tags" if name == "tag" else name)
    if isinstance(said, Mapping):
        said = said.get("label")
    return [one for one in (said if isinstance(said, list) else [said]) if isinstance(one, str)]
