"""What every area needs: the time, queues, buckets, metrics, what operators configured."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple, Protocol

if TYPE_CHECKING:  # whoever implements or asks has what it needs of the domain
    from datetime import datetime

    from chalicelib.domain.operations.configuration import Configuration
    from chalicelib.domain.operations.job import Job, JobKind
    from chalicelib.domain.operations.restriction import Restriction
    from chalicelib.domain.page import Page
    from chalicelib.domain.trace import Trace

Counter = Literal[
    "received", "acknowledged", "duplicates", "quarantined", "ticketed", "failed", "polls", "poll_failures"
]  # fmt: skip
"""What is counted by source; docs/observability.md says what each of them counts, and when."""


TimeLeft = Callable[[], float]
"""Tells the seconds until the function's deadline, anew at each call."""


class Clock(Protocol):
    def __call__(self) -> datetime: ...


class Metrics(Protocol):
    """Numbers by source, told when the invocation at hand ends. source: a source that there is, never a
    name that a stranger sent; "" where it is not known."""

    def count(self, counter: Counter, source: str, times: int = 1) -> None: ...

    def seconds_to_ticket(self, source: str, seconds: float) -> None:
        """How long one feedback took from its receipt until it was committed to a ticket."""
        ...


class Message(NamedTuple):
    """What to send on a queue."""

    body: str
    delay_seconds: int = 0
    """How long nobody gets it."""
    attributes: Mapping[str, str] = {}
    """Short strings that travel beside the body."""
    trace: Trace | None = None
    """The one that it belongs to; None: that of the invocation which sends it."""
    group: str = ""
    """Whose it is: SQS hands out the messages of the others first while one's are many (fair queues)."""


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
        """A stream of the object, of just that version if `etag` is given; `seek` costs a request, where what
        is read then was not fetched yet. Raises NotFound, also while it is read: if the version is gone."""
        ...

    def delete(self, key: str) -> None:
        """It is gone, whether it was there or not."""
        ...

    def address(self, key: str, seconds: int, *, disposition: str, content_type: str) -> str:
        """An address by which whoever has it may fetch the object for so many seconds, with these headers
        Content-Disposition and Content-Type. Nobody looks whether the object is there."""
        ...


class StoredObject(NamedTuple):
    """One object of a bucket's listing."""

    key: str
    etag: str
    size: int
    """Bytes."""
    modified_at: datetime


class Configurations(Protocol):
    def find(self, key: str) -> Configuration:
        """The value in force, from a short cache; the built-in default where none was set. Raises NotFound
        for a key that there is not."""
        ...

    def put(self, key: str, value: Any, by: str, if_version: int | None, now: datetime) -> Configuration:
        """A new version. Raises Stale, NotFound for a key that there is not."""
        ...


class Jobs(Protocol):
    """What runs aside, a row a job."""

    def start(self, job: Job) -> None:
        """Know of a new job. Raises Conflict, naming the other, where one with the same work is not over."""
        ...

    def find(self, id: str, within: Restriction | None = None, owner: str | None = None) -> Job | None:
        """within: what the caller is restricted to; owner: his, or None for one who sees every owner's. What
        he may not see is not found."""
        ...

    def list(
        self, limit: int, cursor: str | None, within: Restriction | None, owner: str | None = None
    ) -> Page[Job]:
        """Newest first, of what the caller may see. Raises Invalid for a cursor that it never gave."""
        ...

    def begin(self, id: str, holder: str, until: datetime) -> Job | None:
        """Take the job in hand until then. None where it is over or unknown, or in another's hands. The
        same holder may begin again."""
        ...

    def save(self, job: Job, until: datetime | None) -> Job | None:
        """How far its holder has come; he keeps it until then, or lets it go. None where nothing was
        written: it was cancelled, or another has taken it in hand."""
        ...

    def cancel(self, id: str) -> Job:
        """Raises NotFound; Conflict where it is over."""
        ...

    def forgotten(self, before: datetime) -> Sequence[Job]:
        """Those that are not over, in nobody's hands, and were last written before that time."""
        ...

    def sent(self, job: Job) -> None:
        """Its message was sent again."""
        ...


class JobKinds(Protocol):
    """The kinds of job that there are, by name."""

    def find(self, name: str) -> JobKind:
        """Raises NotFound, naming those that there are."""
        ...

    def parse(self, name: str, given: Mapping[str, Any]) -> Any:
        """The kind's arguments, made of texts, numbers and times. Raises NotFound, Invalid (its field)."""
        ...

    def dump(self, arguments: Any) -> dict[str, Any]:
        """Arguments as JSON, which `parse` reads."""
        ...
