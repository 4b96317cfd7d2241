"""The base class of every source. A source never uses AWS, the database, the environment or a clock: what it
needs is passed to it, so that its tests need nothing but bytes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO, ClassVar

from triggeriq.scheme import Scheme
from triggeriq.values import (
    Connection,
    Events,
    FileHint,
    Ignore,
    Item,
    Nothing,
    Received,
    Reply,
    Request,
)
from triggeriq.verification import Verified, verify

if TYPE_CHECKING:
    from triggeriq.polling import Http, Polled

METHODS = ("POST", "PUT", "HEAD", "GET")
"""The HTTP methods that a webhook's address takes, where its source does."""


class Source:
    """One provider's own format, read strictly. Subclass it and register the class:

    class Acme(Source):
        name = "acme"
        title = "Acme Desk"
        verification = (Scheme(header="x-acme-signature", algorithm="sha256", encoding="hex"),)

        def receive(self, request, connection): ...
        def transform(self, received, connection): ...

    @hookimpl
    def register_sources(register):
        register(Acme)
    """

    api: ClassVar[int] = 1
    """The version of this contract that the source was written for."""

    name: ClassVar[str]
    """Its name in URLs and keys; it must match triggeriq.names.NAME."""
    title: ClassVar[str] = ""
    """Its name for people."""
    version: ClassVar[str] = "1"
    methods: ClassVar[tuple[str, ...]] = ("POST",)
    """HTTP methods that the provider uses on the webhook's address, of METHODS (HEAD and GET, where it
    probes)."""
    content_types: ClassVar[tuple[str, ...]] = ("application/json",)
    keep_headers: ClassVar[tuple[str, ...]] = ()
    """Headers, in lower case, that `transform` needs; never authorization, cookies, signatures."""
    max_body: ClassVar[int] = 1_000_000
    """Bytes of a webhook's body; a longer one is refused with 413."""
    verification: ClassVar[tuple[Scheme, ...]] = ()
    """How the provider proves itself: the first row whose header is sent decides. Without a row every webhook
    is refused. Where `schemes` makes the rows of a connection's settings, these are only shown."""
    reads: ClassVar[tuple[str, ...]] = ()
    """Endings of the files that `read` takes, such as ".csv" ("" takes any name). Without one it takes no
    files."""
    poll_seconds: ClassVar[int] = 900
    """Seconds between two polls of a connection."""
    settings: ClassVar[type[Any] | None] = None
    """What a connection must say: a frozen dataclass, see triggeriq.settings. None: nothing."""

    def schemes(self, connection: Connection) -> tuple[Scheme, ...]:
        """The rows that hold for this connection; override it where its settings choose among them."""
        return self.verification

    def verify(self, request: Request, connection: Connection, now: datetime) -> Verified:
        """Prove the request over its raw bytes, in constant time. Raises NotVerified."""
        return verify(self.schemes(connection), request, connection, now)

    def receive(self, request: Request, connection: Connection) -> Events | Reply | Ignore:
        """Name the events that a verified request holds. Raises Unreadable: the sender gets 422, and the
        bytes are quarantined.

        It must be quick (the sender waits) and must not depend on when it is called: the same
        bytes and headers give the same id.
        """
        raise NotImplementedError(f"{self.name} takes no webhooks")

    def handshake(self, request: Request, connection: Connection) -> Reply | None:
        """Answer a probe that comes before there is anything to verify (a HEAD, a challenge), or None."""
        return None

    def transform(self, received: Received, connection: Connection) -> Iterator[Item]:
        """The feedback that a received event holds, made lazily and without side effects. Raises Unreadable,
        which quarantines all of it.

        It may be asked about an event that `receive` would ignore (a preview, a replay): yield Ignore.
        """
        raise NotImplementedError(f"{self.name} takes no webhooks")

    def read(
        self, stream: BinaryIO, hint: FileHint, resume: str | None, connection: Connection
    ) -> Iterator[tuple[str, Item | Nothing]]:
        """Read an uploaded file, item by item, never whole in memory.

        stream: unpacked already, and limited in size. It can be read forward, and `seek` to a position that
        an earlier mark named, which fetches nothing of what lies before. resume: the mark of the last item
        that was dealt with: go on behind it. Yields (mark, item), marks in the file's order, and (mark,
        Nothing()) now and then where it passes over much that is no item. What stands in a mark behind an @,
        such as that position, is not shown to people. Raises Unreadable where the rest of
        the file can't be read.
        """
        raise NotImplementedError(f"{self.name} reads no files")

    def poll(
        self, cursor: str | None, connection: Connection, http: Http, deadline: datetime
    ) -> Iterator[Polled]:
        """Fetch what is new, page by page, where the provider sends nothing by itself. `transform` reads the
        pages.

        cursor: that of the last page that is safe; None at first. connection: with its `credentials`.
        deadline: do not begin a page after it. Yields pages lazily: one is safe before the next is fetched.
        Raises PollFailed; the cursor then stays where it was.
        """
        raise NotImplementedError(f"{self.name} fetches nothing")

    @classmethod
    def takes(cls, method: str) -> bool:
        """Whether the class overrides `method` ("receive", "read", "poll"), so what the source can do."""
        return getattr(cls, method) is not getattr(Source, method)
