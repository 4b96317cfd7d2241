"""What the use-cases ask of the outside world, as Protocols; chalicelib/services implements them.

Every method may raise Unavailable (the dependency is down or overloaded). Times are aware, in UTC.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple, Protocol

if TYPE_CHECKING:  # half of the domain; whoever implements or asks has what it needs of it
    from datetime import datetime

    from chalicelib.domain.configuration import Configuration
    from chalicelib.domain.event import CloudEvent
    from chalicelib.domain.page import Page
    from chalicelib.domain.quarantine import Quarantined
    from chalicelib.domain.ticket import (
        Change,
        HistoryEntry,
        Taken,
        TicketFilter,
        Triaged,
        Versioned,
    )
    from chalicelib.domain.ticket_feedback import TicketFeedback
    from chalicelib.domain.trace import Trace
    from triggeriq import Connection, Source

Counter = Literal["received", "acknowledged", "duplicates", "quarantined", "ticketed", "failed"]
"""What is counted; docs/observability.md says what each of them counts, and when."""


class Clock(Protocol):
    def __call__(self) -> datetime: ...


class Metrics(Protocol):
    """Numbers by source, told when the invocation at hand ends. source: a source that there is, never a
    name that a stranger sent; "" where it is not known."""

    def count(self, counter: Counter, source: str, times: int = 1) -> None: ...

    def seconds_to_ticket(self, source: str, seconds: float) -> None:
        """How long one feedback took from its receipt until it was committed to a ticket."""
        ...


class Bus(Protocol):
    def publish(self, events: Sequence[CloudEvent]) -> Sequence[str | None]:
        """Put events on the bus, in as few calls as it takes. Returns for each, in order, None where
        it was accepted, else why not. Raises Unavailable only if nothing is known of any."""
        ...


class Message(NamedTuple):
    """What to send on a queue. attributes: short strings that travel beside the body. trace: the one that
    the message belongs to; without it, that of the invocation which sends it."""

    body: str
    delay_seconds: int = 0
    attributes: Mapping[str, str] = {}
    trace: Trace | None = None


class Queue(Protocol):
    def send(self, messages: Sequence[Message]) -> None:
        """Send all, in batches of ten and 256 KiB at most. Raises Unavailable if any was not taken
        after one more try; those before it may have been."""
        ...


class Blobs(Protocol):
    """One bucket."""

    def put(self, key: str, body: bytes, content_type: str = "application/octet-stream") -> None: ...

    def get(self, key: str) -> bytes:
        """Raises NotFound."""
        ...

    def open(self, key: str, etag: str | None = None) -> BinaryIO:
        """A stream of the object, of just that version if `etag` is given. Raises NotFound."""
        ...


class StoredObject(NamedTuple):
    """One object of a bucket's listing. size in bytes."""

    key: str
    etag: str
    size: int
    modified_at: datetime


class Receipts(Protocol):
    """What was accepted in the last 72 hours, by (source, connection, event id)."""

    def stands(self, source: str, connection: str, event_ids: Sequence[str]) -> set[str]:
        """Those of `event_ids` for which a receipt stands."""
        ...

    def write(self, source: str, connection: str, event_id: str, received_at: datetime) -> None:
        """A receipt, unless one stands already."""
        ...


class Claims(Protocol):
    """Who works on what: one invocation at a time, once done never again for 72 hours."""

    def begin(self, name: str, owner: str, until: datetime) -> bool:
        """Claim `name` until the deadline. True: it is ours now. False: it was done before.

        The same owner may begin again. Raises Busy where another invocation holds it.
        """
        ...

    def finish(self, name: str, owner: str) -> None:
        """It is done."""
        ...

    def release(self, name: str, owner: str) -> None:
        """Give it up, so that the next try need not wait for the deadline."""
        ...


class Connections(Protocol):
    def find(self, source: str, name: str, fresh: bool = False) -> Connection | None:
        """The connection with its secrets in force, from a cache of 60 s unless `fresh`. Raises Unconfigured
        where its source no longer takes its settings."""
        ...


class Sources(Protocol):
    """The plugins' sources by name. Each call of one keeps within its time budget. It raises Unreadable (of
    chalicelib.errors) where the plugin says so, and PluginFailed, which is one too, where the plugin raises
    what the contract does not name, or overruns."""

    def find(self, name: str) -> Source | None: ...

    def parse_settings(self, source: str, settings: Mapping[str, Any]) -> Any:
        """The instance of the source's settings that says what they say. Raises Invalid, naming the field."""
        ...


class Quarantine(Protocol):
    def keep(self, item: Quarantined, raw: bytes | None = None) -> str:
        """Keep what could not be read, once however often it is kept; returns its id. raw: its bytes,
        stored beside it unless the item's `raw_key` says where they are already."""
        ...


class TicketStore(Protocol):
    def take(self, batch: Sequence[Triaged], run: datetime) -> tuple[Sequence[Taken], Sequence[CloudEvent]]:
        """Feedback, tickets, logs and outbox in one transaction. Taking the same twice changes
        nothing. Returns what became of each, and the events left in the outbox for relaying.

        run: the time to write into rows. Raises Poison where a row can't be stored.
        """
        ...


class Outbox(Protocol):
    def pending(self, limit: int, older_than: datetime) -> Sequence[CloudEvent]:
        """Events not yet relayed that were written before `older_than`, oldest first."""
        ...

    def relayed(self, event_ids: Sequence[str]) -> None:
        """These are on the bus."""
        ...


class TicketDesk(Protocol):
    """Tickets as people read and change them. Changes return the events left in the outbox too."""

    def find(self, ticket_id: str) -> Versioned | None: ...

    def last_received(self, sources: Sequence[str]) -> Mapping[str, datetime]:
        """When each source last gave feedback; one that never did is absent."""
        ...

    def search(self, wanted: TicketFilter, limit: int, cursor: str | None) -> Page[Any]:
        """Newest first. Raises Invalid for a cursor that it never gave."""
        ...

    def history(self, ticket_id: str, limit: int, cursor: str | None) -> Page[HistoryEntry]:
        """Oldest first. Raises NotFound."""
        ...

    def feedback(self, ticket_id: str, limit: int, cursor: str | None) -> Page[TicketFeedback]:
        """What was said in it, oldest first. Raises NotFound."""
        ...

    def change(
        self, ticket_id: str, change: Change, if_version: int | None, now: datetime
    ) -> tuple[Versioned, Sequence[CloudEvent]]:
        """Set fields, remember them as set by a person. Raises NotFound, Stale."""
        ...

    def merge(
        self, ticket_id: str, others: Sequence[str], by: str, if_version: int | None, now: datetime
    ) -> tuple[Versioned, Sequence[CloudEvent]]:
        """Move all feedback of `others` into the ticket; they are closed.

        Raises NotFound, Stale, Conflict."""
        ...

    def split(
        self,
        ticket_id: str,
        feedback: Sequence[tuple[str, str, str]],
        by: str,
        if_version: int | None,
        now: datetime,
    ) -> tuple[Versioned, Versioned, Sequence[CloudEvent]]:
        """Take feedback items, named by (source, connection, external_id), out into a ticket of their
        own; returns what is left and the new one. Raises NotFound, Stale, Conflict."""
        ...


class Configurations(Protocol):
    def find(self, key: str) -> Configuration:
        """The value in force, from a short cache; the built-in default where none was set."""
        ...

    def put(self, key: str, value: Any, by: str, if_version: int | None, now: datetime) -> Configuration:
        """A new version. Raises Stale, NotFound for a key that there is not."""
        ...
