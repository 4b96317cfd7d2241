"""What passes between TriggerIQ and a plugin: frozen values, standard library only.

Times are aware `datetime`s in UTC. Texts may hold anything that a customer typed. After a plugin has made
them, the core takes out what no store can keep (NUL, lone surrogates) and limits their lengths.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from triggeriq.notices import Answered, Redacted, Released

JSON: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any] | None

Kind = Literal["review", "email", "message", "survey", "issue"]
Status = Literal["open", "pending", "resolved", "closed"]
PriorityLabel = Literal["critical", "high", "medium", "low"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One HTTP request from outside, as it came: nothing decoded, nothing trusted."""

    method: str = "POST"
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Names in lower case."""
    body: bytes = field(default=b"", repr=False)
    """The raw bytes. Nothing else may be verified."""
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    url: str = field(default="", repr=False)
    """The whole address by which the sender called, with its query, as some providers sign it; "" where the
    deployment was not told by which address the world knows it (`TRIGGERIQ_PUBLIC_URL`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One configured instance of a source, as its plugin sees it."""

    source: str
    name: str = "default"
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """Those that are valid now, the current one first; never printed."""
    settings: Any = None
    """An instance of `Source.settings`; None where the source has none, or nobody configured it."""
    owner: str = ""
    """Who owns it; "" where nobody configured it."""
    credentials: str = field(default="", repr=False)
    """For `Source.poll` alone: the text of the secret that the setting `credentials` names; "" elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """An event that was verified and named, on its way to `Source.transform`."""

    id: str
    """The name that `Source.receive` gave it."""
    received_at: datetime
    headers: Mapping[str, str] = field(default_factory=dict)
    """Only those in `Source.keep_headers`, names in lower case."""
    body: bytes = field(default=b"", repr=False)
    """The raw bytes of the request."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event that a request tells of."""

    id: str
    """The same when the sender tries again."""
    occurred_at: datetime | None = None
    """When it happened; None: the sender does not say."""
    about: str | None = None
    """Where the sender numbers no events, and the event is named by its bytes: the id of what it tells of.
    Then the same bytes are a repeat only while nothing else was told of that since, so that words may be
    edited back to what they were. None: the same id is always a repeat."""


@dataclass(frozen=True, slots=True, init=False)
class Events:
    """`Source.receive` says: take these. Usually one event; several where a sender posts batches."""

    items: tuple[Event, ...]
    reply: Reply | None
    """What its sender is answered once they are safe, where he shows it to somebody; None: a 202 that names
    them."""

    def __init__(self, *items: Event, reply: Reply | None = None) -> None:
        object.__setattr__(self, "items", items)
        object.__setattr__(self, "reply", reply)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """`Source.receive` says: answer this and take nothing (a challenge, a HEAD, a ping)."""

    status: int = 200
    body: str = ""
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Ignore:
    """It was understood, and holds no feedback: a status change, a colleague's note, an auto-reply.

    From `Source.receive`: the sender gets a 202 with the reason. From `Source.transform` and `Source.read`:
    the item is counted, but neither kept nor quarantined.
    """

    reason: str


class Nothing:
    """From `Source.read` alone: up to this mark there is nothing more. Each step of `read` has a bounded
    time; this tells that the source still reads where it passes over much, such as empty rows. It counts as
    no item.
    """

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """Who said it, as the provider tells it. An address here is claimed, not proven."""

    id: str | None = None
    """The provider's id of the person."""
    name: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The product spoken of, where the provider names one."""

    id: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that came with a feedback."""

    name: str
    """As its sender calls it."""
    content_type: str = "application/octet-stream"
    """As its sender tells it, such as `image/png`."""
    bytes: int = 0
    """How many are kept; 0: its content is not at hand. Those of an `AttachedFile` are counted."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class AttachedFile(Attachment):
    """The same with its content, which is never printed: the core keeps that apart, for whoever asks for the
    ticket's attachments."""

    content: bytes

    def __post_init__(self) -> None:
        object.__setattr__(self, "bytes", len(self.content))


@dataclass(frozen=True, slots=True, kw_only=True)
class Handled:
    """What another system had made of a feedback. Its ticket opens with that, as if a person had set it here;
    on what is None triage decides."""

    status: Status | None = None
    priority: PriorityLabel | None = None
    assignee: str | None = None
    updated_at: datetime | None = None
    """When it last changed there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """The smallest thing somebody said: a review, a message, a comment, a mail."""

    external_id: str
    """The provider's id of it, unique within the connection."""
    version: int = 0
    """The provider's edit time in milliseconds; 0 where it has none."""
    kind: Kind = "message"
    title: str | None = None
    text: str = ""
    """What its author says with it, and nothing that he only quotes."""
    quoted: str = ""
    """What he quotes of former messages, and his signature. It is shown; nothing is classified by it, and
    nobody finds the ticket by it."""
    rating: float | None = None
    """1 to 5 stars; null: none was given."""
    language: str | None = None
    """As the provider tells it, such as `en` or `pt-BR`; null: it does not."""
    author: Author = field(default_factory=Author)
    verified: bool = True
    """False: the author's address is only claimed, and the checks that would prove it (SPF, DKIM, DMARC)
    failed, so that he is taken for no known customer."""
    created_at: datetime | None = None
    """When it was said; null: the provider does not tell."""
    url: str | None = None
    """Where a person reads it; http or https."""
    app: App = field(default_factory=App)
    device: Mapping[str, str] = field(default_factory=dict)
    """What it was said on, by names such as `model` and `os`."""
    thread: str | None = None
    """What it shares with its replies, as people are shown it; null: it belongs to no thread."""
    threads: tuple[str, ...] = ()
    """Every name by which it belongs to a conversation. Feedback of a connection that shares one of them
    stands in one ticket, in whatever order it comes. Empty: it is joined by `thread` alone."""
    attachments: tuple[Attachment, ...] = ()
    """The files that came with it, each an `AttachedFile`; an `Attachment` where only its name is known."""
    handled: Handled | None = None
    """What another system had made of it; null: nothing."""
    attributes: Mapping[str, JSON] = field(default_factory=dict)
    """Whatever else is worth keeping; `tags`, a list of texts there, become the ticket's tags."""


@dataclass(frozen=True, slots=True)
class Bad:
    """One item that can't be read; it is quarantined while the rest goes on."""

    where: str
    """Where a person would look for it: "line 17", "data[3]"."""
    reason: str
    """What is wrong there."""
    raw: bytes = field(default=b"", repr=False)
    """The item's own bytes, where they are known and few; of a file's row just as the file has it, with its
    line end."""
    head: bytes = field(default=b"", repr=False)
    """Of a table the line of its header, just as `raw`: what must stand before the row for it to be read
    again."""


Item: TypeAlias = "Feedback | Bad | Ignore | Answered | Redacted | Released"
"""What `Source.transform` makes of one thing in a payload; `Source.read` makes all of these but Released."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHint:
    """What is known of a file before it is read."""

    name: str
    """The last part of its key, without `.gz`."""
    content_type: str = ""
    """What its uploader says; "" where he says nothing."""
    modified_at: datetime
    """When it was uploaded."""
