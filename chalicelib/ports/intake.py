"""What comes in: its connections and sources, and what was seen of it before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from chalicelib.domain.intake.file_import import Import
    from chalicelib.domain.intake.poll_state import PollState
    from chalicelib.domain.intake.quarantine import Quarantined
    from chalicelib.domain.operations.restriction import Restriction
    from chalicelib.domain.page import Page
    from triggeriq import Connection, Source


class Told(NamedTuple):
    """The last that was told of a thing. name: the sender's for the event. id: by which it was accepted."""

    name: str
    id: str


class Receipts(Protocol):
    """What was accepted in the last 72 hours, by (source, connection, event id); where events have no ids of
    their own, the last that was told of a thing, by (source, connection, what it is about); and the bytes
    that each signed nonce came with."""

    def stands(self, source: str, connection: str, event_ids: Sequence[str]) -> set[str]:
        """Those of `event_ids` for which a receipt stands."""
        ...

    def write(self, source: str, connection: str, event_id: str, received_at: datetime) -> None:
        """A receipt, unless one stands already."""
        ...

    def last(self, source: str, connection: str, about: str) -> Told | None:
        """The last that was told of a thing."""
        ...

    def remember(self, source: str, connection: str, about: str, told: Told, received_at: datetime) -> None:
        """This is the last now."""
        ...

    def bind(self, source: str, connection: str, nonce: str, body: str) -> bool:
        """Whether the nonce stands for this body, by its digest. From its first use on it does, and for no
        other, until 72 hours after its last. All callers agree, also those that ask at once."""
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


class ImportStore(Protocol):
    """Uploaded files, and how far each was read."""

    def register(self, wanted: Import) -> Import:
        """Know of the file; returns what is known, which is `wanted` only the first time."""
        ...

    def queued(self, id: str) -> None:
        """The job for it is on the queue."""
        ...

    def find(self, id: str, within: Restriction | None = None) -> Import | None:
        """within: what the caller is restricted to; what he may not see is not found."""
        ...

    def checkpoint(self, before: Import, after: Import) -> Import:
        """Reading came from `before` to `after`. Raises Conflict where somebody else moved it, or
        cancelled it, in the meantime."""
        ...

    def list(self, limit: int, cursor: str | None, within: Restriction | None) -> Page[Import]:
        """Newest first, of what the caller may see. Raises Invalid for a cursor that it never gave."""
        ...

    def cancel(self, id: str) -> Import:
        """Raises NotFound; Conflict where it is over already."""
        ...


class Polls(Protocol):
    """How far each connection was polled. One invocation at a time has a connection in hand."""

    def find(self, source: str, connection: str) -> PollState | None:
        """None: it was never polled."""
        ...

    def begin(self, source: str, connection: str, holder: str, until: datetime) -> PollState | None:
        """Take the connection in hand until then, or until it is let go. None where it is not due, or in
        another's hands. The same holder may begin again."""
        ...

    def save(self, state: PollState, holder: str, until: datetime | None) -> bool:
        """How far its holder has come; he keeps it until then, or lets it go. False where nothing was
        written, since another has taken it in hand."""
        ...

    def hurry(self, source: str, connection: str) -> None:
        """It is due now."""
        ...


class Quarantine(Protocol):
    def keep(self, item: Quarantined, raw: bytes | None = None) -> str:
        """Keep what could not be read, once however often it is kept; returns its id. raw: its bytes,
        stored beside it unless the item's `raw_key` says where they are already."""
        ...
