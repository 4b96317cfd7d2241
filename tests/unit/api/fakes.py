"""Fakes of what bootstrap gives the app, and a client that makes the gateway's events."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from chalice.local import RouteMatcher

from chalicelib.api.app import App
from chalicelib.domain.intake.connection import ConnectionView, PollView, Secret, StoredConnection
from chalicelib.domain.intake.file_import import Import
from chalicelib.domain.intake.file_job import FileJob
from chalicelib.domain.intake.quarantine import Failure, Quarantined
from chalicelib.domain.intake.upload_form import UploadForm
from chalicelib.domain.intake.way_back import ByFile
from chalicelib.domain.operations.access import ApiKey
from chalicelib.domain.operations.restriction import Restriction, connection_id, may_see
from chalicelib.domain.page import Page
from chalicelib.domain.tickets.history_entry import HistoryEntry
from chalicelib.domain.tickets.plan import Standing, visible
from chalicelib.domain.tickets.ticket import Category, Change, Priority, Sentiment, Ticket
from chalicelib.domain.tickets.ticket_attachment import FeedbackName, TicketAttachment
from chalicelib.domain.tickets.ticket_counts import TicketCounts
from chalicelib.domain.tickets.ticket_feedback import FeedbackVersion, TicketFeedback
from chalicelib.domain.tickets.ticket_filter import NEWEST, TicketFilter, TicketOrder
from chalicelib.domain.trace import new_trace
from chalicelib.errors import NotFound
from chalicelib.pipeline.delivery.events import Events
from chalicelib.pipeline.delivery.find_undelivered import FindUndelivered
from chalicelib.pipeline.delivery.follow_deliveries import FollowDeliveries
from chalicelib.pipeline.delivery.inbox import KeepInbox
from chalicelib.pipeline.delivery.post_events import PostEvents
from chalicelib.pipeline.delivery.read_inbox import ReadInbox
from chalicelib.pipeline.delivery.recover import Recover
from chalicelib.pipeline.delivery.resend import Resend
from chalicelib.pipeline.delivery.sample_events import SampleEvents
from chalicelib.pipeline.delivery.subscriptions import Subscribe
from chalicelib.pipeline.intake.give_back import BadRowsFile
from chalicelib.services.https.target import target_of
from chalicelib.settings import Settings
from tests.in_memory_delivery import (
    InMemoryDeliveries,
    InMemoryEndpoints,
    InMemoryEventLog,
    InMemoryInboxItems,
    InMemorySubscriptions,
)
from tests.in_memory_idempotency import InMemoryIdempotency
from tests.in_memory_jobs import InMemoryJobs
from tests.unit.pipeline.fakes import FakeBus, FakeClock, FakeConfigurations, FakeMetrics, FakeQueue
from triggeriq import Author, Request

NOW = datetime(2024, 5, 1, 12, tzinfo=UTC)
TICKET_ID = "1b0c3f9e-8a5d-5a0b-9a53-3f6f0f0f7c11"
OTHER_ID = "0d4e7f7a-52c1-5c0e-8a8f-2c5f0a7d9b21"

TICKET = Ticket(
    id=TICKET_ID, source="zendesk", connection="default", external_id="4711", version=3, kind="message",
    title="Crash", description="Crash at login", text="It crashes — 💥", language="en", rating=1.0, url=None,
    tags=("login",), category=Category(label="bug_report", confidence=0.9, by="category/1"),
    sentiment=Sentiment(label="negative", score=-0.8, confidence=0.7, by="sentiment/1"),
    priority=Priority(label="high", reasons=("a bug",)), details={"os": "iOS"}, status="open",
    needs_review=False, assignee=None, author=Author(id="9", name="Ada", email="ada@example.com"),
    customer_id=None, created_at=NOW, received_at=NOW, updated_at=NOW, feedback_count=1,
)  # fmt: skip


class FakeTickets:
    """The use-cases on tickets, over a dict; remembers what each was asked."""

    def __init__(self) -> None:
        other = replace(TICKET, id=OTHER_ID)
        self.held = {TICKET_ID: Standing(TICKET, 7), OTHER_ID: Standing(other, 1)}
        self.asked: list[Any] = []
        self.read = self

    def find(self, id: str, within: Restriction | None = None) -> Standing:
        return visible(self.held.get(id), id, within)

    def search(
        self, wanted: TicketFilter, limit: int, cursor: str | None, order: TicketOrder = NEWEST
    ) -> Page[Ticket]:
        self.asked.append((wanted, limit, cursor, order))
        return Page(tuple(standing.ticket for standing in self.held.values()), "bmV4dA")

    def count(self, wanted: TicketFilter) -> TicketCounts:
        self.asked.append(wanted)
        return TicketCounts(total=2, facets={"status": {"open": 2}, "facet.team": {"billing": 1}}, as_of=NOW)

    def history(
        self, id: str, limit: int, cursor: str | None, within: Restriction | None = None
    ) -> Page[HistoryEntry]:
        return Page((HistoryEntry(at=NOW, stage="classify", by="category/1", data={"label": "bug_report"}),))

    def feedback(
        self, id: str, limit: int, cursor: str | None, within: Restriction | None = None
    ) -> Page[TicketFeedback]:
        before = FeedbackVersion(version=0, title=None, text="It crashes", rating=1.0, at=NOW)
        said = TicketFeedback(
            external_id="4712", text="Still so", source="zendesk", connection="default", received_at=NOW,
            versions=(before,),
        )  # fmt: skip
        return Page((said,))

    def attachments(
        self, id: str, limit: int, cursor: str | None, within: Restriction | None = None
    ) -> Page[TicketAttachment]:
        self.find(id, within)
        said = FeedbackName(source="zendesk", connection="default", external_id="4712")
        file = TicketAttachment(
            name="crash.png", content_type="image/png", bytes=5, feedback=said, url="https://a.example/1",
            expires_at=NOW,
        )  # fmt: skip
        return Page((file,))

    def change(
        self, id: str, wanted: Change, if_version: int | None, within: Restriction | None = None
    ) -> Standing:
        standing = self.find(id, within)
        standing.check_version(if_version)
        self.asked.append(wanted)
        return self._put(standing, status=wanted.fields.get("status", "open"))

    def merge(
        self,
        id: str,
        others: Sequence[str],
        by: str,
        if_version: int | None,
        within: Restriction | None = None,
    ) -> Standing:
        self.asked.append((id, others, by))
        return self._put(self.find(id, within), feedback_count=1 + len(others))

    def split(
        self,
        id: str,
        feedback: Sequence[Any],
        by: str,
        if_version: int | None,
        within: Restriction | None = None,
    ) -> tuple[Standing, Standing]:
        self.asked.append((id, feedback, by))
        return self.find(id, within), self.held[OTHER_ID]

    def _put(self, standing: Standing, **fields: Any) -> Standing:
        changed = standing._replace(
            ticket=replace(standing.ticket, **fields), row_version=standing.row_version + 1
        )
        self.held[changed.ticket.id] = changed
        return changed


class Keys:
    def __init__(self) -> None:
        self.held: dict[str, ApiKey] = {}

    def find(self, key_id: str) -> ApiKey | None:
        return self.held.get(key_id)

    def put(self, key: ApiKey) -> None:
        self.held[key.id] = key

    def list(self, limit: int, cursor: str | None) -> Page[ApiKey]:
        return Page(tuple(self.held.values())[:limit])

    def revoke(self, key_id: str, now: datetime) -> None:
        if key_id not in self.held:
            raise NotFound(f"there is no API key {key_id}")
        self.held[key_id] = replace(self.held[key_id], revoked_at=now)


class Connections:
    def __init__(self) -> None:
        self.held: dict[tuple[str, str], StoredConnection] = {}

    def put(
        self, source: str, name: str, secrets: Sequence[Secret], settings: Mapping[str, Any], owner: str
    ) -> ConnectionView:
        stored = StoredConnection(
            source=source, name=name, owner=owner, secrets=tuple(secrets), settings=settings, updated_at=NOW
        )
        self.held[source, name] = stored
        return stored.as_view()

    def get(self, source: str, name: str) -> ConnectionView | None:
        stored = self.held.get((source, name))
        return stored.as_view() if stored else None

    def list(
        self, limit: int, cursor: str | None, owner: str | None, within: Restriction | None
    ) -> Page[ConnectionView]:
        return Page(
            tuple(
                stored.as_view()
                for (source, name), stored in self.held.items()
                if owner in (None, stored.owner) and may_see(within, [connection_id(source, name)])
            )
        )

    def delete(self, source: str, name: str) -> None:
        del self.held[source, name]

    def hurry(self, source: str, name: str) -> ConnectionView:
        view = PollView(
            last_at=None, next_at=NOW, failing_since=None, reason=None, last_new_at=None, requests=0
        )
        return self.held[source, name].as_view(poll=view)


class QuarantineList:
    entry = Quarantined(
        source="csv", connection="default", reason="no text", where="line 3", at=NOW,
        way_back=ByFile(FileJob("i-1", row_after="2")), id="q-1",
    )  # fmt: skip

    def list(
        self, limit: int, cursor: str | None, within: Restriction | None, source: str | None = None
    ) -> Page[Quarantined]:
        return Page(
            (self.entry,) if source in (None, "csv") and may_see(within, self.entry.connections) else ()
        )

    def find(self, id: str, within: Restriction | None) -> Quarantined | None:
        return self.entry if id == "q-1" and may_see(within, self.entry.connections) else None


class DeadLetters:
    def counts(self) -> dict[str, int]:
        return {"ingest": 0, "feedback": 2}

    def failures(self, limit: int, cursor: str | None) -> Page[Failure]:
        return Page(
            (
                Failure(
                    queue="feedback", message_id="m-1", reason="it broke", receives=5, at=NOW, first_at=NOW
                ),
            )
        )

    def redrive(self, queue: str | None) -> dict[str, int]:
        return {queue or "feedback": 2}


class Imports:
    held = Import(
        id="i-1", source="csv", connection="default", bucket="b", key="reviews/csv/default/a.csv", etag="e",
        size=10, bytes_read=4, registered_at=NOW, modified_at=NOW, updated_at=NOW,
    )  # fmt: skip

    def list(self, limit: int, cursor: str | None, within: Restriction | None) -> Page[Import]:
        return Page((self.held,) if may_see(within, self.held.connections) else ())

    def find(self, id: str, within: Restriction | None) -> Import:
        if id != "i-1" or not may_see(within, self.held.connections):
            raise NotFound(f"there is no import {id}")
        return self.held

    def cancel(self, id: str, within: Restriction | None) -> Import:
        return replace(self.find(id, within), status="cancelled")


class Numbers:
    """written: how often they were."""

    written = 0

    def flush(self) -> None:
        self.written += 1


@dataclass
class FakeIntake:
    connections: Connections = field(default_factory=Connections)
    quarantine: QuarantineList = field(default_factory=QuarantineList)
    imports: Imports = field(default_factory=Imports)
    received: list[tuple[str, str, Request]] = field(default_factory=list)
    replayed: list[str] = field(default_factory=list)
    outcome: Any = None
    previewed: Any = None
    source_list: Any = ()
    asked_sources: list[Restriction | None] = field(default_factory=list)
    reread: Any = None

    def receive(self, source: str, connection: str, request: Request) -> Any:
        self.received.append((source, connection, request))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome

    def give_back(
        self, id: str, form: str | None, cursor: str | None, within: Restriction | None
    ) -> BadRowsFile:
        self.imports.find(id, within)
        if form == "list":
            return BadRowsFile("list.csv", "where\r\n", "list", None)
        return BadRowsFile("a.csv", f"behind {cursor}\n", "table", None if cursor else "bmV4dA")

    def offer_upload(self, source: str, connection: str, file: str, content_type: str | None) -> UploadForm:
        if source != "csv":
            raise NotFound(f"there is no source {source}")
        key = f"reviews/{source}/{connection}/{file}"
        return UploadForm(url="https://b.example", fields={"key": key}, key=key, max_bytes=5, expires_at=NOW)

    def replay(self, id: str, within: Restriction | None) -> None:
        if self.quarantine.find(id, within) is None:
            raise NotFound(f"there is no entry {id} in the quarantine")
        self.replayed.append(id)

    def preview(self, source: str, connection: str, request: Request) -> Any:
        self.received.append((source, connection, request))
        return self.previewed

    def sources(self, within: Restriction | None) -> Any:
        self.asked_sources.append(within)
        return self.source_list


@dataclass
class FakeTriage:
    previewed: Any = None

    def preview(self, items: Sequence[Any]) -> Any:
        return self.previewed


@dataclass
class FakeOperations:
    api_keys: Keys = field(default_factory=Keys)
    configurations: FakeConfigurations = field(default_factory=FakeConfigurations)
    dead_letters: DeadLetters = field(default_factory=DeadLetters)
    idempotency: InMemoryIdempotency = field(default_factory=lambda: InMemoryIdempotency(lambda: NOW))
    jobs: InMemoryJobs = field(default_factory=lambda: InMemoryJobs(lambda: NOW))
    start_job: Any = None
    plugin_list: Any = ()
    checks: dict[str, str] = field(default_factory=lambda: {"postgres": "ok"})

    def health(self) -> Mapping[str, str]:
        return self.checks

    def plugins(self) -> Any:
        return self.plugin_list


class Places:
    """free: how many readers may wait."""

    free = 1

    def enter(self, until: datetime) -> str | None:
        return "a place" if self.free else None

    def leave(self, place: str) -> None:
        pass


class FakeDelivery:
    """The use-cases of delivery, over the in-memory twins; `clock` says what time it is, and goes on while
    somebody waits."""

    def __init__(self) -> None:
        self.clock, self.queue = FakeClock(NOW), FakeQueue("delivery")
        self.store, self.endpoints = InMemorySubscriptions(), InMemoryEndpoints()
        self.kept, self.log = InMemoryDeliveries(self.clock), InMemoryEventLog()
        self.resend = Resend(deliveries=self.kept, queue=self.queue, now=self.clock)
        self.subscriptions = Subscribe(
            subscriptions=self.store,
            endpoints=self.endpoints,
            log=self.log,
            deliveries=self.kept,
            resend=self.resend,
            check_address=target_of,
            now=self.clock,
        )
        self.sample_events = SampleEvents(log=self.log, now=self.clock)
        self.bus = FakeBus()
        self.post_events = PostEvents(
            event_log=self.log, bus=self.bus, metrics=FakeMetrics(), trace=new_trace, now=self.clock
        )
        self.items, self.places = InMemoryInboxItems(self.clock), Places()
        self.events = Events(log=self.log, now=self.clock)
        self.inbox = KeepInbox(items=self.items, subscriptions=self.store, now=self.clock)
        self.read_inbox = ReadInbox(
            items=self.items,
            log=self.log,
            subscriptions=self.store,
            places=self.places,
            now=self.clock,
            pause=self.pause,
        )
        self.deliveries = FollowDeliveries(
            subscriptions=self.store,
            deliveries=self.kept,
            log=self.log,
            resend=self.resend,
            now=self.clock,
        )
        self.recover = Recover(
            subscriptions=self.store,
            endpoints=self.endpoints,
            find=FindUndelivered(deliveries=self.kept, log=self.log),
            resend=self.resend,
            now=self.clock,
        )

    def pause(self, seconds: float) -> None:
        self.clock.at += timedelta(seconds=seconds)


@dataclass
class FakeUseCases:
    """What bootstrap.use_cases() gives, in memory."""

    settings: Settings = field(default_factory=Settings)
    intake: FakeIntake = field(default_factory=FakeIntake)
    triage: FakeTriage = field(default_factory=FakeTriage)
    tickets: FakeTickets = field(default_factory=FakeTickets)
    delivery: FakeDelivery = field(default_factory=FakeDelivery)
    operations: FakeOperations = field(default_factory=FakeOperations)
    metrics: Numbers = field(default_factory=Numbers)

    def now(self) -> datetime:
        return NOW


class Answered:
    """An answer as a client sees it."""

    def __init__(self, raw: dict[str, Any]) -> None:
        self.status: int = raw["statusCode"]
        self.headers: dict[str, str] = raw["headers"]
        self.text: str = raw["body"]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Client:
    """Sends what API Gateway would. A str goes as text, bytes go in base64, anything else as JSON."""

    def __init__(self, app: App, headers: Mapping[str, str]) -> None:
        self._app = app
        self._headers = dict(headers)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Answered:
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, (str, bytes)):
            body = json.dumps(body)
            given.setdefault("Content-Type", "application/json")
        return Answered(self._app(self.event(method, path, body, {**self._headers, **given}), None))

    @staticmethod
    def event(method: str, path: str, body: str | bytes | None, headers: Mapping[str, str]) -> dict[str, Any]:
        try:
            matched = MATCHER.match_route(path)
            route, captured = matched.route, matched.captured
        except ValueError:
            route, captured = urlsplit(path).path, {}
        names = {part[1:-1] for part in route.split("/") if part.startswith("{")}
        return {
            "path": urlsplit(path).path,
            "requestContext": {"httpMethod": method, "resourcePath": route, "requestId": "r-1"},
            "pathParameters": {name: captured[name] for name in names} or None,
            "multiValueQueryStringParameters": parse_qs(urlsplit(path).query, keep_blank_values=True) or None,
            "headers": dict(headers),
            "body": base64.b64encode(body).decode() if isinstance(body, bytes) else body,
            "isBase64Encoded": isinstance(body, bytes),
        }


MATCHER = RouteMatcher(list(App("paths").routes))
