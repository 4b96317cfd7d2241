"""What the events of the catalogue hold: the shape of `data`, by type. The catalogue's JSON Schemas, and the
webhooks of /openapi.json, are made of these; a test holds every event against them that any test makes.

What TriggerIQ tells is described whole; members may be added later. Of what others post, only the members are
described that have a meaning here; each may be left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field, with_config

from chalicelib.domain.tickets.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEvent(Ticket):
    """The ticket as it stood then. Long texts and lists are cut, so that the event fits the bus."""

    version: int
    """Which version of the ticket this is: of two events about one ticket the greater one is newer. It is the
    number in its ETag, not the version of its feedback."""
    changed: tuple[str, ...]
    """The names of the fields whose value is another than in the version before, but for `version` and
    `updated_at`; none of a new ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """A version of a product that is out."""

    name: str
    """The product, as its source names it."""
    version: str
    at: datetime
    """When it was published."""
    source: str
    connection: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentSource:
    """A connection from which nothing new comes."""

    source: str
    connection: str
    last_at: datetime
    """When something new last came."""
    usual: int
    """Seconds after which something new has usually come."""


# Its field import_ is `import` in JSON; in Python that is a reserved word.
@with_config(alias_generator=lambda name: name.rstrip("_"))
@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFile:
    """A file, or a mail, that was uploaded."""

    import_: str
    """Its id, by which GET /imports/{id} says how far it is."""
    source: str
    connection: str
    key: str
    """Where it lies in the bucket of uploads."""
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedPlugin:
    """A plugin that failed."""

    plugin: str
    hook: str | None
    """The hook, or method of a source, that failed last; null: it works again."""
    failures: int
    """How often it failed, as GET /plugins counts it."""
    failed_at: datetime
    """When it last did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLettersEvent:
    """What lies in a dead-letter queue."""

    queue: str
    """The queue on which the messages failed."""
    count: int
    """Messages in its dead-letter queue, roughly, as SQS counts."""
    oldest_at: datetime | None
    """When the oldest of those that could be looked at was first sent; null: none could."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointEvent:
    """How a subscription's endpoint does."""

    subscription: str
    """Its id."""
    name: str
    url: str
    """Its scheme and host; the rest may be secret."""
    status: str
    """The subscription's: `active`, `paused` or `disabled`."""
    reason: str | None
    """Why it is not active, in a word, such as `failing`, `gone` (it answered 410) or `asked`."""
    failing_since: datetime | None
    """The first failure since it last took an event."""
    days: int
    """Whole days since then."""
    attempts: int
    """How many failed since then."""
    last_error: str | None
    """Why the last one failed, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExhaustedDelivery(EndpointEvent):
    """A delivery that failed for good, and how its endpoint does."""

    delivery: str
    """Its id, by which GET /deliveries/{id} shows each attempt."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialSend:
    """A delivery that somebody asked for, to see whether it arrives."""

    subscription: str
    """Its id."""
    message: str
    """A sentence for whoever sees it arrive."""


# ---- of others -----------------------------------------------------------------------------------

Identity = Annotated[str, Field(description="`mailto:` and an address, or `source/connection:` and an id")]


class Profile(BaseModel):
    name: str | None = None
    email: str | None = None
    plan: str | None = None
    value: float | None = None
    since: str | None = None
    tags: list[str] | None = None


class Money(BaseModel):
    amount: str | None = Field(None, description='a decimal, such as "12.50"')
    currency: str | None = Field(None, description="as ISO 4217 has it")


class CustomerOrder(BaseModel):
    id: str | None = None
    placed_at: datetime | None = None
    status: str | None = None
    total: Money | None = None
    items: list[Any] | None = None


class CustomerUpdated(BaseModel):
    profile: Profile | None = None
    identities: list[Identity] | None = None
    orders: list[CustomerOrder] | None = None


class OrderUpdated(CustomerOrder):
    identities: list[Identity] | None = None


class InteractionRecorded(BaseModel):
    at: datetime | None = None
    channel: str | None = None
    text: str | None = None
    identities: list[Identity] | None = None
