"""What a decision about tickets needs to know, and what it wants written.

Selection   what to read, and to lock, so that nobody else changes it meanwhile
Known       what was read
Plan        what to write, in the same transaction, and what to tell
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, NamedTuple

from chalicelib.domain.delivery.event import CloudEvent, ticket_event_id
from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.intake.feedback_message import FeedbackMessage
from chalicelib.domain.operations.restriction import Restriction, may_see
from chalicelib.domain.tickets.ticket import StageLog, Taken, Ticket
from chalicelib.domain.tickets.ticket_event import ticket_events
from chalicelib.domain.trace import Trace
from chalicelib.errors import Conflict, NotFound, Stale

if TYPE_CHECKING:
    from chalicelib.domain.tickets.removal import Removal


class Thread(NamedTuple):
    """What a message and its replies share."""

    source: str
    connection: str
    name: str


class Kept(NamedTuple):
    """A feedback as the store has it, and the ticket that it belongs to."""

    message: FeedbackMessage
    ticket_id: str


class Standing(NamedTuple):
    """A ticket as the store has it."""

    ticket: Ticket
    row_version: int
    """Counts the changes of its row, for ETag and If-Match; 0: it is not stored yet."""
    human_set: frozenset[str] = frozenset()
    """Fields that a person set."""
    connections: tuple[str, ...] = ()
    """The connections of the feedback that it is made of, each "source/connection"."""

    @property
    def lead(self) -> FeedbackKey:
        return FeedbackKey(self.ticket.source, self.ticket.connection, self.ticket.external_id)

    def check_alive(self) -> None:
        """Raises Conflict where the ticket was merged into another."""
        if self.ticket.merged_into is not None:
            raise Conflict(f"ticket {self.ticket.id} was merged into {self.ticket.merged_into}: use that one")

    def check_version(self, if_version: int | None) -> None:
        """Raises Stale where If-Match names another version of the row."""
        if if_version is not None and if_version != self.row_version:
            raise Stale("the ticket has changed since you read it: read it again, then repeat your change")


class Selection(NamedTuple):
    """What to read under a lock."""

    feedback: frozenset[FeedbackKey] = frozenset()
    """With the tickets that they belong to. What is not there yet is locked by its name."""
    threads: frozenset[Thread] = frozenset()
    """With the open ticket of each."""
    latest: bool = False
    """Whether the ticket of a thread is that of its latest feedback, open or not."""
    said: bool = False
    """Whether all feedback of `threads` is read, too, with its tickets."""
    tickets: tuple[str, ...] = ()
    """By id, whether there are such or not."""
    items: bool = False
    """Whether all feedback of the tickets is read, too."""
    former: bool = False
    """Whether tickets that were merged into these are read, too."""
    moves: bool = False
    """Whether feedback may move to another ticket: nothing is taken in meanwhile."""


class Known(NamedTuple):
    """What the store has of all that was selected."""

    feedback: Mapping[FeedbackKey, Kept] = {}
    tickets: Mapping[str, Standing] = {}
    threads: Mapping[Thread, str] = {}
    """The id of each thread's open ticket."""
    answers: Mapping[Thread, datetime] = {}
    """When a conversation was answered that had no ticket then."""
    redacted: Mapping[FeedbackKey, datetime] = {}
    """Up to when the words of a feedback were taken back, whether it is there or not."""
    redacted_threads: Mapping[Thread, datetime] = {}
    """The same of whole conversations."""

    def ticket(self, id: str, within: Restriction | None = None) -> Standing:
        """The ticket that a caller names. Raises NotFound, also where it is not the caller's to see."""
        return visible(self.tickets.get(id), id, within)

    def alive(self, id: str, within: Restriction | None = None) -> Standing:
        """The same. Raises Conflict where it was merged into another."""
        standing = self.ticket(id, within)
        standing.check_alive()
        return standing


class RunLog(NamedTuple):
    """A stage's log with the run and the ticket that it belongs to."""

    run_id: str
    ticket_id: str
    log: StageLog


@dataclass(slots=True)
class Plan:
    """What to write, all or nothing."""

    now: datetime
    """The time to write."""
    taken: list[Taken] = field(default_factory=list)
    """What became of each message of a batch, in its order."""
    feedback: dict[FeedbackKey, Kept] = field(default_factory=dict)
    """As it is to stand. The words of its tickets are indexed anew."""
    former: list[FeedbackMessage] = field(default_factory=list)
    """What feedback said before."""
    moved: dict[str, str] = field(default_factory=dict)
    """Tickets all of whose feedback goes to another, by the other's id."""
    tickets: dict[str, Standing] = field(default_factory=dict)
    logs: list[RunLog] = field(default_factory=list)
    events: list[CloudEvent] = field(default_factory=list)
    """To be told, in this order."""
    answers: dict[Thread, datetime | None] = field(default_factory=dict)
    """Answers that wait for a ticket from now on; None: they wait no more."""
    removal: Removal | None = None
    """What is removed beside all this, because words were taken back."""
    days: set[date] = field(default_factory=set)
    """Days, in UTC, whose figures change by it."""
    shown: tuple[Standing, ...] = ()
    """The tickets that whoever asked for it is shown, as they stand then."""

    def put(
        self,
        before: Standing,
        ticket: Ticket,
        *,
        human_set: frozenset[str] | None = None,
        connections: tuple[str, ...] | None = None,
        log: StageLog | None = None,
        trace: Trace | None = None,
    ) -> Standing:
        """Have the ticket stand so: its row's next version, what is told of it, and the days that it touches.

        before: as it stands; a new one has the row version 0. human_set, connections: as before unless given.
        log: what a person did, for the audit trail. trace: of the feedback that brought it about.
        """
        after = Standing(
            ticket,
            before.row_version + 1,
            before.human_set if human_set is None else human_set,
            before.connections if connections is None else connections,
        )
        self.tickets[ticket.id] = after
        self.events += ticket_events(before, after, self.now, trace)
        self.days |= _days(before, after, self.now)
        if log is not None:
            run = ticket_event_id(ticket.id, after.row_version, log.stage)
            self.logs.append(RunLog(run, ticket.id, log))
        return after

    def move(self, tickets: Collection[str], into: str) -> None:
        """Have all feedback of these tickets go to another, also what this plan writes or has moved."""
        for key, kept in self.feedback.items():
            if kept.ticket_id in tickets:
                self.feedback[key] = Kept(kept.message, into)
        moved = {id: into if target in tickets else target for id, target in self.moved.items()}
        self.moved = moved | dict.fromkeys(tickets, into)


def visible(standing: Standing | None, id: str, within: Restriction | None) -> Standing:
    """The ticket, for a caller who may see it. Raises NotFound where there is none, or none for him."""
    if standing is None or not may_see(within, standing.connections):
        raise NotFound(f"there is no ticket {id}")
    return standing


def _days(before: Standing, after: Standing, now: datetime) -> set[date]:
    """A ticket counts on the days when it was said and received; a change of its status, on that day too."""
    times = {time for one in (before, after) for time in (one.ticket.created_at, one.ticket.received_at)}
    if before.row_version == 0 or before.ticket.status != after.ticket.status:
        times |= {now, after.ticket.updated_at}  # a ticket of another system may have changed long ago
    return {time.astimezone(UTC).date() for time in times}
