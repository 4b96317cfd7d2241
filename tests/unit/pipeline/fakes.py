"""The outside world of the use-cases, in memory. Those of a shared port are held to its promise, beside the
real ones, in tests/contracts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import md5
from io import BytesIO
from typing import Any, BinaryIO
from urllib.parse import urlencode

from chalicelib.domain.delivery.event import OURSELVES, CloudEvent
from chalicelib.domain.intake.file_import import Import
from chalicelib.domain.intake.poll_state import PollState
from chalicelib.domain.intake.quarantine import Failure, Quarantined
from chalicelib.domain.operations.configuration import SHAPES, Configuration
from chalicelib.domain.operations.record import Record
from chalicelib.domain.operations.restriction import Restriction, may_see
from chalicelib.domain.operations.trouble import Mark
from chalicelib.domain.page import Page
from chalicelib.errors import Busy, Conflict, NotFound, Stale, TriggerIQError, Unavailable, Unconfigured
from chalicelib.ports.intake import Told
from chalicelib.ports.operations import Clock, Message, StoredObject
from chalicelib.ports.web import NoAnswer, WebAnswer
from chalicelib.registry.guarded import GuardedSource
from tests.catalogued import check
from triggeriq import Connection, Source

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)


def now() -> datetime:
    return NOW


def plenty() -> float:
    """Seconds left, when time is no matter."""
    return 600.0


def record(id: str = "m1", body: str = "{}", receives: int = 1, **attributes: str) -> Record:
    return Record(id=id, body=body, receives=receives, handle=f"h-{id}", sent_at=NOW, attributes=attributes)


class FakeClock:
    """Stands at `at` until a test moves it."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class FakeMetrics:
    """counted: (counter, source) → how often. seconds: by source. posted: how many events. deliveries:
    (counter, subscription) → how often. gauges: what each was said to be last."""

    def __init__(self) -> None:
        self.counted: Counter[tuple[str, str]] = Counter()
        self.seconds: dict[str, list[float]] = {}
        self.posted = 0
        self.deliveries: Counter[tuple[str, str]] = Counter()
        self.gauges: dict[str, float] = {}

    def count(self, counter: str, source: str, times: int = 1) -> None:
        if times:
            self.counted[counter, source] += times

    def seconds_to_ticket(self, source: str, seconds: float) -> None:
        self.seconds.setdefault(source, []).append(seconds)

    def count_posted(self, times: int = 1) -> None:
        self.posted += times

    def count_delivery(self, counter: str, subscription: str, times: int = 1) -> None:
        if times:
            self.deliveries[counter, subscription] += times

    def gauge(self, gauge: str, level: float) -> None:
        self.gauges[gauge] = level


class FakeQueue:
    """down: how many of the next sends fail. backlog: how many wait, each time that it is asked; then 0."""

    def __init__(self, name: str = "q") -> None:
        self.name = name
        self.sent: list[Message] = []
        self.shown_again: dict[str, int] = {}
        self.down = 0
        self.backlog: list[int] = []

    def send(self, messages: Sequence[Message]) -> None:
        if self.down:
            self.down -= 1
            raise Unavailable("sqs", "down")
        self.sent += messages

    def waiting(self) -> int:
        return self.backlog.pop(0) if self.backlog else 0

    def show_again_in(self, handle: str, seconds: int) -> None:
        self.shown_again[handle] = seconds


class FakeBus:
    """events: what it took. offered: all that it was asked to take. refused: why it won't take an event, by
    the event's id in its data or its own. down: whether it can't be reached. dummies: whether events are such
    as nobody would tell; else each must be as the catalogue says."""

    def __init__(self, down: bool = False, *, dummies: bool = False) -> None:
        self.events: list[CloudEvent] = []
        self.offered: list[CloudEvent] = []
        self.refused: dict[str, str] = {}
        self.down, self._dummies = down, dummies

    def publish(self, events: Sequence[CloudEvent]) -> Sequence[str | None]:
        for event in events:
            if event.owner == OURSELVES and not self._dummies:
                check(event)
        self.offered += events
        if self.down and events:
            raise Unavailable("bus", "down")
        refusals = [self.refused.get(_name_of(event)) for event in events]
        self.events += [event for event, refusal in zip(events, refusals, strict=True) if refusal is None]
        return refusals


def _name_of(event: CloudEvent) -> str:
    return str(event.data.get("id", event.id)) if isinstance(event.data, Mapping) else event.id


class FakeMarks:
    """Marks (chalicelib.ports). marks: as they stand, with when each was written."""

    KEPT = timedelta(days=90)

    def __init__(self, now: Clock) -> None:
        self.marks: dict[str, tuple[Mark, datetime]] = {}
        self._now = now

    def all(self) -> Mapping[str, Mark]:
        since = self._now() - self.KEPT
        return {name: mark for name, (mark, at) in self.marks.items() if at > since}

    def change(self, name: str, before: Mark | None, after: Mark) -> bool:
        if self.all().get(name) not in (before, after):
            return False
        self.marks[name] = (after, self._now())
        return True

    def remove(self, name: str) -> None:
        self.marks.pop(name, None)


class FakeOutbox:
    """events: those not yet relayed, by id, oldest first."""

    def __init__(self, events: dict[str, CloudEvent] | None = None) -> None:
        self.events = {} if events is None else events

    def pending(self, limit: int, older_than: datetime) -> Sequence[CloudEvent]:
        return [event for event in self.events.values() if event.time < older_than][:limit]

    def relayed(self, event_ids: Sequence[str]) -> None:
        for id in event_ids:
            self.events.pop(id, None)


class FakeReceipts:
    """standing: ids of events that have a receipt, whatever their connection. error: what each call raises.
    asked: how often one was to be written."""

    KEPT = timedelta(hours=72)

    def __init__(self, *standing: str, error: TriggerIQError | None = None, clock: Clock = now) -> None:
        self.error = error
        self.asked = 0
        self._standing, self._clock = set(standing), clock
        self._written: dict[tuple[str, str, str], datetime] = {}
        self._told: dict[tuple[str, str, str], tuple[Told, datetime]] = {}
        self._bound: dict[tuple[str, str, str], tuple[str, datetime]] = {}

    @property
    def written(self) -> set[str]:
        """Ids of all events for which a receipt was written, or stood."""
        return self._standing | {event_id for _, _, event_id in self._written}

    def stands(self, source: str, connection: str, event_ids: Sequence[str]) -> set[str]:
        if self.error:
            raise self.error
        return {id for id in event_ids if id in self._standing or self._holds((source, connection, id))}

    def write(self, source: str, connection: str, event_id: str, received_at: datetime) -> None:
        self.asked += 1
        if self.error:
            raise self.error
        if not self._holds((source, connection, event_id)):
            self._written[source, connection, event_id] = self._clock()

    def last(self, source: str, connection: str, about: str) -> Told | None:
        if self.error:
            raise self.error
        told, at = self._told.get((source, connection, about), (None, self._clock()))
        return told if self._clock() < at + self.KEPT else None

    def remember(self, source: str, connection: str, about: str, told: Told, received_at: datetime) -> None:
        self.asked += 1
        if self.error:
            raise self.error
        self._told[source, connection, about] = (told, self._clock())

    def bind(self, source: str, connection: str, nonce: str, body: str) -> bool:
        if self.error:
            raise self.error
        bound, at = self._bound.get((source, connection, nonce), (body, self._clock()))
        if bound != body and self._clock() <= at + self.KEPT:
            return False
        self._bound[source, connection, nonce] = (body, self._clock())
        return True

    def _holds(self, key: tuple[str, str, str]) -> bool:
        return key in self._written and self._clock() < self._written[key] + self.KEPT


class FakeClaims:
    """As the table. held: by name, the owner, until when, and whether it is done."""

    KEPT = timedelta(hours=72)

    def __init__(self, clock: Clock = now) -> None:
        self.held: dict[str, tuple[str, datetime, bool]] = {}
        self._clock = clock

    def begin(self, name: str, owner: str, until: datetime) -> bool:
        holder, end, done = self.held.get(name, (owner, until, False))
        if self._clock() <= end:
            if done:
                return False
            if holder != owner:
                raise Busy(f"{name} is in another's hands", int((end - self._clock()).total_seconds()) + 1)
        self.held[name] = (owner, until, False)
        return True

    def finish(self, name: str, owner: str) -> None:
        self.held[name] = (owner, self._clock() + self.KEPT, True)

    def release(self, name: str, owner: str) -> None:
        holder, _, done = self.held.get(name, ("", self._clock(), False))
        if holder == owner and not done:
            del self.held[name]


class FakeQuarantine:
    def __init__(self) -> None:
        self.kept: dict[str, tuple[Quarantined, bytes | None]] = {}
        self.failures: list[Failure] = []
        self.down = False

    def keep(self, item: Quarantined, raw: bytes | None = None) -> str:
        if self.down:
            raise Unavailable("dynamodb", "down")
        self.kept[item.fingerprint] = (item, None if item.raw_key else raw)
        return item.fingerprint

    def failed(self, failure: Failure) -> None:
        if self.down:
            raise Unavailable("dynamodb", "down")
        self.failures.append(failure)

    def find(self, id: str, within: Restriction | None = None) -> Quarantined | None:
        item, _ = self.kept.get(id, (None, None))
        return replace(item, id=id) if item and may_see(within, item.connections) else None

    def remove(self, item: Quarantined) -> None:
        del self.kept[item.id]

    @property
    def items(self) -> list[Quarantined]:
        return [item for item, _ in self.kept.values()]


class FakeSources:
    """Some sources, each behind its guard as the registry has them. seconds: for each call of one."""

    def __init__(self, *sources: Source, seconds: float = 60.0) -> None:
        self._sources = {
            source.name: GuardedSource(source, source.name, seconds, lambda plugin, hook, reason: None)
            for source in sources
        }

    def find(self, name: str) -> Source | None:
        return self._sources.get(name)

    def parse_settings(self, source: str, settings: Mapping[str, Any]) -> Any:
        if source not in self._sources:
            raise NotFound(f"there is no source {source}")
        return self._sources[source].parse_settings(settings)


class FakeConnections:
    """Those of `names`, of every source, all with the same secret. unconfigured: names of those whose source
    no longer takes their settings."""

    def __init__(self, *names: str, unconfigured: Sequence[str] = ()) -> None:
        self.names = {*names, *unconfigured}
        self._unconfigured = unconfigured

    def find(self, source: str, name: str, fresh: bool = False) -> Connection | None:
        if name in self._unconfigured:
            raise Unconfigured(f"connection {source}/{name}", "an admin must configure it anew")
        return Connection(source=source, name=name, secrets=("s",)) if name in self.names else None


def etag_of(body: bytes) -> str:
    """S3's mark of an object that was put in one piece."""
    return md5(body, usedforsecurity=False).hexdigest()


class FakeBlobs:
    def __init__(self, objects: Mapping[str, bytes] | None = None) -> None:
        self.objects = dict(objects or {})

    def put(self, key: str, body: bytes, content_type: str = "") -> None:
        self.objects[key] = body

    def get(self, key: str) -> bytes:
        if key not in self.objects:
            raise NotFound(key)
        return self.objects[key]

    def open(self, key: str, etag: str | None = None) -> BinaryIO:
        body = self.get(key)
        if etag not in (None, etag_of(body)):
            raise NotFound(key)
        return BytesIO(body)

    def address(self, key: str, seconds: int, *, disposition: str, content_type: str) -> str:
        asked = urlencode({"for": seconds, "as": content_type, "named": disposition})
        return f"https://blobs.example/{key}?{asked}"

    def delete(self, key: str) -> None:
        self.objects.pop(key, None)

    def pages(self, prefix: str, since: datetime, after: str = "") -> Iterator[list[StoredObject]]:
        found = [key for key in sorted(self.objects) if key.startswith(prefix) and key > after]
        yield [StoredObject(key, etag_of(self.objects[key]), len(self.objects[key]), NOW) for key in found]


class FakeConfigurations:
    """values: what is in force, by key, as a first version; else the default is."""

    def __init__(self, **values: Any) -> None:
        self.held = {
            key: Configuration(key=key, version=int(key in values), value=values.get(key) or shape())
            for key, shape in SHAPES.items()
        }

    def find(self, key: str) -> Configuration:
        if key not in self.held:
            raise NotFound(f"there is no configuration {key}")
        return self.held[key]

    def put(self, key: str, value: Any, by: str, if_version: int | None, now: datetime) -> Configuration:
        version = self.find(key).version
        if if_version not in (None, version):
            raise Stale("it has changed since; read it again")
        self.held[key] = Configuration(key=key, version=version + 1, value=value, by=by, at=now)
        return self.held[key]


class FakeImports:
    """ImportStore in memory; its contract is held in tests/unit/services/dynamodb/test_imports.py."""

    def __init__(self, *imports: Import) -> None:
        self.imports = {one.id: one for one in imports}
        self.down = False

    def register(self, wanted: Import) -> Import:
        if self.down:
            raise Unavailable("dynamodb", "down")
        return self.imports.setdefault(wanted.id, wanted)

    def queued(self, id: str) -> None:
        self.imports[id] = replace(self.imports[id], queued=True)

    def list(self, limit: int, cursor: str | None, within: Restriction | None) -> Page[Import]:
        seen = (one for one in self.imports.values() if may_see(within, one.connections))
        newest = sorted(seen, key=lambda one: one.registered_at, reverse=True)
        return Page(tuple(newest[:limit]))

    def find(self, id: str, within: Restriction | None = None) -> Import | None:
        held = self.imports.get(id)
        return held if held and may_see(within, held.connections) else None

    def checkpoint(self, before: Import, after: Import) -> Import:
        standing = self.imports[before.id]
        if (standing.mark, standing.status) != (before.mark, before.status):
            raise Conflict("changed by somebody else")
        self.imports[before.id] = after
        return after

    def cancel(self, id: str) -> Import:
        held = self.imports.get(id)
        if held is None:
            raise NotFound(f"there is no import {id}")
        if held.over:
            raise Conflict(f"the import is {held.status} already")
        self.imports[id] = replace(held, status="cancelled")
        return self.imports[id]


class FakePolls:
    """As the table. held: by source and connection, who has it in hand until when."""

    def __init__(self, clock: Clock = now) -> None:
        self.states: dict[tuple[str, str], PollState] = {}
        self.held: dict[tuple[str, str], tuple[str, datetime | None]] = {}
        self.saved: list[PollState] = []
        self._clock = clock

    def find(self, source: str, connection: str) -> PollState | None:
        return self.states.get((source, connection))

    def begin(self, source: str, connection: str, holder: str, until: datetime) -> PollState | None:
        key = (source, connection)
        owner, end = self.held.get(key, (holder, None))
        state = self.states.get(key) or PollState(source=source, connection=connection)
        if not state.due(self._clock()) or (end and end >= self._clock() and owner != holder):
            return None
        self.held[key] = (holder, until)
        return self.states.setdefault(key, state)

    def save(self, state: PollState, holder: str, until: datetime | None) -> bool:
        key = (state.source, state.connection)
        if self.held.get(key, ("", None))[0] != holder:
            return False
        self.states[key], self.held[key] = state, (holder, until)
        self.saved.append(state)
        return True

    def hurry(self, source: str, connection: str) -> None:
        state = self.states.get((source, connection)) or PollState(source=source, connection=connection)
        self.states[source, connection] = replace(state, next_at=self._clock())


class FakeWeb:
    """answer: what each request gets, in the order of the requests, or by its URL; an error is raised. asked:
    method, URL and headers of each request."""

    def __init__(
        self, *answers: WebAnswer | NoAnswer, by_url: Callable[[str], WebAnswer | NoAnswer] | None = None
    ) -> None:
        self.asked: list[tuple[str, str, Mapping[str, str]]] = []
        self.seconds: list[float] = []
        self._answers, self._by_url = list(answers), by_url

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        seconds: float,
        limit: int,
    ) -> WebAnswer:
        self.asked.append((method, url, headers))
        self.seconds.append(seconds)
        answer = self._by_url(url) if self._by_url else self._answers.pop(0)
        if isinstance(answer, NoAnswer):
            raise answer
        return answer._replace(body=answer.body[:limit], cut=len(answer.body) > limit)


class FakeStages:
    """answers: for each hook, (plugin, value) or (plugin, failure) pairs as triage gets them."""

    def __init__(self, answers: Mapping[str, Iterable[Any]]) -> None:
        self._answers = answers
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.counted: list[tuple[str, str, str]] = []

    def ask(self, hook: str, **arguments: Any) -> Iterator[Any]:
        self.asked.append((hook, arguments))
        yield from self._answers.get(hook, ())

    def failed(self, by: str, hook: str, reason: str) -> None:
        self.counted.append((by, hook, reason))
