"""Polling: each page is safe before the cursor moves, and whatever a provider does is told and bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.intake.poll_state import PollState
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import Page
from chalicelib.domain.trace import new_trace
from chalicelib.errors import Unavailable, Unconfigured
from chalicelib.pipeline.intake.poll import PAGES_MOST, SHARE_SECONDS, Poll
from chalicelib.pipeline.intake.publish import Publish
from chalicelib.ports.web import WebAnswer
from chalicelib.services.https.client import HttpsClient
from tests.unit.pipeline.fakes import (
    NOW,
    FakeBlobs,
    FakeBus,
    FakeClock,
    FakeMetrics,
    FakePolls,
    FakeReceipts,
    FakeSources,
    FakeWeb,
    plenty,
)
from triggeriq import Connection, Source
from triggeriq.polling import Http, Polled, PollFailed

ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:triggeriq/local/acme-AbCdEf"
FIRST = ("acme", "default")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    app: str = ""
    credentials: str = ARN


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSettings:
    """Of a provider that asks for no credentials."""

    app: str = "1"


class Acme(Source):
    """Asks for page after page, by the number that is its cursor, until one is empty."""

    name = "acme"
    settings = Settings
    poll_seconds = 900

    def poll(
        self, cursor: str | None, connection: Connection, http: Http, deadline: datetime
    ) -> Iterator[Polled]:
        number = int(cursor or 0)
        while body := http.request(
            "GET",
            f"https://acme.example/{number}",
            headers={"Authorization": f"Bearer {connection.credentials}"},
        ).body:
            number += 1
            yield Polled(body=body, cursor=str(number))


class Webhooks(Source):
    name = "webhooks"

    def receive(self, request: Any, connection: Connection) -> Any: ...


class Connections:
    """settings: by source and name. An error is raised."""

    def __init__(self, settings: dict[tuple[str, str], Any]) -> None:
        self.settings = settings

    def find(self, source: str, name: str) -> Connection | None:
        settings = self.settings.get((source, name))
        if isinstance(settings, Exception):
            raise settings
        return Connection(source=source, name=name, settings=settings) if settings else None

    def list(
        self, limit: int, cursor: str | None, owner: str | None, within: Restriction | None
    ) -> Page[tuple[str, str]]:
        names = list(self.settings)
        start = int(cursor or 0)
        return Page(tuple(names[start : start + 1]), str(start + 1) if start + 1 < len(names) else None)


class Credentials:
    def __init__(self) -> None:
        self.texts = {ARN: "token"}
        self.forgotten: list[str] = []

    def read(self, arn: str) -> str:
        if arn not in self.texts:
            raise Unavailable("secretsmanager", "ResourceNotFoundException")
        return self.texts[arn]

    def forget(self, arn: str) -> None:
        self.forgotten.append(arn)


class World:
    """All that polling asks of the outside."""

    def __init__(self, source: Source | None = None) -> None:
        self.clock = FakeClock(NOW)
        self.connections = Connections({FIRST: Settings()})
        self.polls = FakePolls(self.clock)
        self.credentials = Credentials()
        self.web = FakeWeb()
        self.bus = FakeBus()
        self.receipts = FakeReceipts(clock=self.clock)
        self.metrics = FakeMetrics()
        self.sources = FakeSources(source or Acme(), Webhooks())
        self.chance = 0.0

    def poll(self, holder: str = "one", time_left: Callable[[], float] = plenty) -> int:
        return Poll(
            sources=self.sources,
            connections=self.connections,
            polls=self.polls,
            credentials=self.credentials,
            web=self.web,
            publish=Publish(receipts=self.receipts, bus=self.bus, blobs=FakeBlobs(), now=self.clock),
            bus=self.bus,
            metrics=self.metrics,
            trace=new_trace,
            now=self.clock,
            request_seconds=30,
            chance=lambda: self.chance,
        )(holder, time_left)

    def state(self, connection: str = "default") -> PollState:
        state = self.polls.find("acme", connection)
        assert state is not None
        return state

    def later(self, **by: float) -> None:
        self.clock.at += timedelta(**by)

    def answers(self, *said: bytes | int | tuple[int, dict[str, str]]) -> None:
        """What the provider answers, one request after the other: a body, or a status with its headers."""
        self.web = FakeWeb(*map(answer, said))

    @property
    def bodies(self) -> list[Any]:
        return [event.data.get("body") for event in self.bus.events]


def answer(said: Any) -> WebAnswer:
    if isinstance(said, bytes):
        return WebAnswer(200, {}, said)
    status, headers = said if isinstance(said, tuple) else (said, {})
    return WebAnswer(status, headers, b"<html>secret words</html>")


@pytest.fixture
def world() -> World:
    return World()


# ---- what is fetched ----


def test_each_page_is_an_event_and_the_cursor_follows(world: World) -> None:
    world.answers(b"one", b"two", b"")
    assert world.poll() == 1
    assert world.bodies == ["one", "two"]
    assert {event.type for event in world.bus.events} == {"feedback.received"}
    assert all(event.data["connection"] == "default" for event in world.bus.events)
    state = world.state()
    assert (state.cursor, state.requests, state.reason, state.failing_since) == ("2", 3, None, None)
    assert (state.last_at, state.last_new_at, state.next_at) == (NOW, NOW, NOW + timedelta(seconds=900))
    assert world.metrics.counted == {
        ("polls", "acme"): 1,
        ("received", "acme"): 2,
        ("acknowledged", "acme"): 2,
    }


def test_the_next_poll_goes_on_from_the_cursor(world: World) -> None:
    world.answers(b"one", b"")
    world.poll()
    world.later(minutes=15)
    world.answers(b"two", b"")
    assert world.poll() == 1
    assert [url for _, url, _ in world.web.asked] == ["https://acme.example/1", "https://acme.example/2"]
    assert world.bodies == ["one", "two"]


def test_a_page_is_safe_before_the_cursor_moves(world: World) -> None:
    world.answers(b"one", b"two", b"")
    world.bus.refused = {}
    moved: list[tuple[str | None, int]] = []
    save = world.polls.save

    def watched(state: PollState, holder: str, until: datetime | None) -> bool:
        moved.append((state.cursor, len(world.bus.events)))
        return save(state, holder, until)

    world.polls.save = watched  # type: ignore[method-assign]
    world.poll()
    assert moved == [("1", 1), ("2", 2), ("2", 2)]


def test_nothing_new_moves_nothing(world: World) -> None:
    world.answers(b"")
    assert world.poll() == 1
    assert world.bus.events == []
    assert (world.state().cursor, world.state().last_new_at) == (None, None)


def test_only_sources_that_fetch_are_polled_and_only_when_they_are_due(world: World) -> None:
    world.connections.settings = {FIRST: Settings(), ("webhooks", "x"): Settings(), ("gone", "y"): Settings()}
    world.answers(b"")
    assert world.poll() == 1
    world.answers(b"")
    assert world.poll() == 0
    world.later(seconds=899)
    assert world.poll() == 0
    world.later(seconds=1)
    assert world.poll() == 1


def test_polls_are_spread_by_chance(world: World) -> None:
    world.chance = 1.0
    world.answers(b"")
    world.poll()
    assert world.state().next_at == NOW + timedelta(seconds=855)


def test_another_invocation_has_it_in_hand(world: World) -> None:
    world.polls.begin(*FIRST, "two", NOW + timedelta(minutes=5))
    assert world.poll("one") == 0
    assert world.web.asked == []


def test_one_that_was_lost_meanwhile_writes_nothing_more(world: World) -> None:
    def taken(url: str) -> WebAnswer:
        world.polls.held[FIRST] = ("two", None)
        return answer(b"one" if url.endswith("/0") else b"")

    world.web = FakeWeb(by_url=taken)
    world.poll("one")
    assert world.polls.saved == []


def test_other_settings_begin_anew(world: World) -> None:
    world.answers(b"one", b"")
    world.poll()
    world.connections.settings[FIRST] = Settings(app="another")
    world.later(minutes=15)
    world.answers(b"other", b"")
    world.poll()
    assert world.web.asked[0][1] == "https://acme.example/0"


# ---- what is known already ----


def test_a_crash_between_bus_and_cursor_doubles_nothing(world: World) -> None:
    world.answers(b"one", b"")
    world.poll()
    world.polls.states.clear()  # as if the cursor had not been stored
    world.polls.held.clear()
    world.answers(b"one", b"")
    world.poll()
    assert world.bodies == ["one"]
    assert world.metrics.counted["duplicates", "acme"] == 1
    assert world.state().cursor == "1"


class Feed(Source):
    """Has no cursor: it gives the same address each time."""

    name = "acme"
    settings = Settings

    def poll(self, cursor: Any, connection: Connection, http: Http, deadline: datetime) -> Iterator[Polled]:
        yield Polled(body=http.request("GET", "https://acme.example/feed").body, cursor=None)


def test_a_page_that_did_not_change_is_nothing_new_however_long(world: World) -> None:
    world = World(Feed())
    for _ in range(3):
        world.answers(b"same")
        world.poll()
        world.later(days=4)  # longer than a receipt stands
    assert world.bodies == ["same"]
    assert world.state().last_new_at == NOW


def test_a_page_that_changes_back_is_news(world: World) -> None:
    world = World(Feed())
    for said in (b"good", b"bad", b"good"):
        world.answers(said)
        world.poll()
        world.later(minutes=15)
    assert world.bodies == ["good", "bad", "good"]
    assert len({event.id for event in world.bus.events}) == 3


# ---- what goes wrong ----


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (401, "answered 401: it refuses the credentials"),
        (403, "answered 403"),
        (404, "answered 404"),
        (500, "answered 500"),
        (302, "answered 302: a redirection"),
        (429, "answered 429: it is asked too often"),
    ],
)
def test_a_refusal_is_told_and_the_cursor_stays(world: World, said: int, words: str) -> None:
    world.answers(b"one", said)
    world.poll()
    state = world.state()
    assert state.cursor == "1", "what is safe is safe"
    assert words in (state.reason or "")
    assert "secret" not in (state.reason or "")
    assert state.failing_since == NOW
    assert world.metrics.counted["poll_failures", "acme"] == 1


def test_waits_grow_to_an_hour_and_end_with_the_failure(world: World) -> None:
    waits = []
    for _ in range(5):
        world.answers(500)
        world.poll()
        next_at = world.state().next_at
        assert next_at is not None
        waits.append((next_at - world.clock.at).total_seconds())
        world.clock.at = next_at
    assert waits == [900, 1800, 3600, 3600, 3600]
    assert world.state().failing_since == NOW
    world.answers(b"")
    world.poll()
    assert (world.state().failing_since, world.state().reason, world.state().failures) == (None, None, 0)


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        ("120", 120),
        ("7200", 7200),
        ("Sun, 01 Mar 2026 11:00:00 GMT", 7200),
        ("0", 1),
        ("99999999999", 86_400),
        ("soon", 900),
        ("", 900),
    ],
)
def test_retry_after_is_obeyed(world: World, asked: str, seconds: int) -> None:
    world.answers((429, {"retry-after": asked}))
    world.poll()
    assert world.state().next_at == NOW + timedelta(seconds=seconds)


def test_a_source_that_goes_on_asking_after_a_429_is_not_heard(world: World) -> None:
    class Stubborn(Acme):
        def poll(self, cursor: Any, connection: Connection, http: Http, deadline: Any) -> Iterator[Polled]:
            for _ in range(5):
                try:
                    http.request("GET", "https://acme.example/")
                except PollFailed:
                    continue
            yield from super().poll(cursor, connection, http, deadline)

    world = World(Stubborn())
    world.answers((429, {"retry-after": "60"}))
    world.poll()
    assert len(world.web.asked) == 1
    assert world.state().next_at == NOW + timedelta(seconds=60)


@pytest.mark.parametrize("status", [401, 403])
def test_credentials_that_were_refused_are_read_anew(world: World, status: int) -> None:
    world.answers(status)
    world.poll()
    assert world.credentials.forgotten == [ARN]


def test_credentials_reach_the_source_and_nobody_else(world: World) -> None:
    world.answers(b"")
    world.poll()
    assert world.web.asked[0][2] == {"Authorization": "Bearer token"}
    assert "token" not in repr(world.polls.states)


def test_without_credentials_a_connection_is_made_for_something_else(world: World) -> None:
    world.connections.settings[FIRST] = Settings(credentials="")
    assert world.poll() == 0
    state = world.state()
    assert (state.last_at, state.reason, state.next_at) == (None, None, NOW + timedelta(minutes=15))
    assert world.web.asked == []
    assert world.metrics.counted == {}


def test_a_source_that_knows_of_no_credentials_needs_none() -> None:
    class Open(Acme):
        settings = OpenSettings

    world = World(Open())
    world.connections.settings[FIRST] = OpenSettings()
    world.answers(b"one", b"")
    assert world.poll() == 1
    assert world.bodies == ["one"]


def test_credentials_that_no_header_may_hold_are_told_and_not_quoted(world: World) -> None:
    world.credentials.texts[ARN] = "hush\nhush"
    world.web = HttpsClient()  # type: ignore[assignment]
    world.poll()
    assert "the header Authorization has characters that none may have" in (world.state().reason or "")
    assert "hush" not in (world.state().reason or "")


def test_credentials_that_can_not_be_read(world: World) -> None:
    world.connections.settings[FIRST] = Settings(credentials=ARN + "x")
    assert world.poll() == 1
    assert "its credentials can't be read" in (world.state().reason or "")
    assert world.web.asked == []


class Circle(Source):
    """Its provider ignores which page is asked for."""

    name = "acme"
    settings = Settings

    def poll(self, cursor: Any, connection: Connection, http: Http, deadline: datetime) -> Iterator[Polled]:
        for number in range(10**9):
            yield Polled(
                body=http.request("GET", "https://acme.example/").body, cursor=f"{cursor or ''}{number}"
            )


def test_a_page_that_repeats_for_ever_is_told_and_the_cursor_is_where_it_was() -> None:
    world = World(Circle())
    world.web = FakeWeb(by_url=lambda url: answer(b"same"))
    for _ in range(2):
        world.poll()
        assert "leads back" in (world.state().reason or "")
        assert world.state().cursor is None
        world.later(hours=2)
    assert world.bodies == ["same"]
    assert len(world.web.asked) == 4


def test_a_cursor_that_leads_back_is_told() -> None:
    class Round(Source):
        name = "acme"
        settings = Settings

        def poll(self, cursor: Any, connection: Connection, http: Http, deadline: Any) -> Iterator[Polled]:
            for number in range(10**9):
                yield Polled(body=b"%d" % number, cursor=str(number % 3))

    world = World(Round())
    world.poll()
    assert "leads back" in (world.state().reason or "")
    assert world.bodies == ["0", "1", "2"]
    assert world.state().cursor is None


def test_pages_without_end_are_bounded_and_the_next_poll_goes_on(world: World) -> None:
    world.web = FakeWeb(by_url=lambda url: answer(url.encode()))
    world.poll()
    assert len(world.bus.events) == PAGES_MOST
    assert (world.state().cursor, world.state().reason) == (str(PAGES_MOST), None)
    assert world.state().next_at == NOW
    world.poll()
    assert len(world.bus.events) == 2 * PAGES_MOST


def test_pages_without_end_that_move_no_cursor_are_told() -> None:
    class Flood(Source):
        name = "acme"
        settings = Settings

        def poll(self, cursor: Any, connection: Connection, http: Http, deadline: Any) -> Iterator[Polled]:
            for number in range(10**9):
                yield Polled(body=b"%d" % number, cursor=cursor)

    world = World(Flood())
    world.poll()
    assert "none moved the cursor" in (world.state().reason or "")
    assert len(world.bus.events) == PAGES_MOST


@pytest.mark.parametrize(
    ("yielded", "words"),
    [
        (b"bytes", "no Polled"),
        (Polled(body=b"x", cursor="c" * 1_001), "cursor"),
        (Polled(body=b"x" * 4_000_001, cursor=None), "more than 4,000,000 bytes"),
        (Polled(body="text", cursor=None), "no Polled"),  # type: ignore[arg-type]
    ],
)
def test_a_source_that_yields_what_is_no_page(yielded: Any, words: str) -> None:
    class Odd(Source):
        name = "acme"
        settings = Settings

        def poll(self, cursor: Any, connection: Connection, http: Http, deadline: Any) -> Iterator[Polled]:
            yield yielded

    world = World(Odd())
    world.poll()
    assert words in (world.state().reason or "")
    assert world.bus.events == []


def test_a_source_that_raises_is_told_and_does_not_stop_the_others() -> None:
    class Broken(Acme):
        def poll(self, cursor: Any, connection: Connection, http: Http, deadline: Any) -> Iterator[Polled]:
            if connection.name == "default":
                raise KeyError("a customer's words")
            yield Polled(body=b"fine", cursor="1")

    world = World(Broken())
    world.connections.settings = {FIRST: Settings(), ("acme", "next"): Settings()}
    assert world.poll() == 2
    assert world.state().reason == "the plugin acme/1: poll raised KeyError"
    assert world.bodies == ["fine"]


def test_a_connection_that_is_not_configured_does_not_stop_the_others(world: World) -> None:
    world.connections.settings = {
        FIRST: Unconfigured("connection acme/default", "an admin must configure it anew"),
        ("acme", "next"): Settings(),
    }
    world.answers(b"fine", b"")
    assert world.poll() == 2
    assert "configure it anew" in (world.state().reason or "")
    assert world.bodies == ["fine"]


def test_an_outage_of_ours_ends_the_run_and_loses_nothing(world: World) -> None:
    world.connections.settings = {FIRST: Settings(), ("acme", "next"): Settings()}
    world.answers(b"one", b"")
    world.bus.down = True
    with pytest.raises(Unavailable):
        world.poll()
    assert len(world.web.asked) == 1
    assert (world.state().cursor, world.state().reason) == (None, "bus: down")
    world.bus.down = False
    world.later(hours=1)
    world.web = FakeWeb(by_url=lambda url: answer(b"one" if url.endswith("/0") else b""))
    world.poll()
    assert world.bodies == ["one", "one"]


def test_a_defect_of_ours_is_told_without_its_words(world: World) -> None:
    def broken(url: str) -> WebAnswer:
        return answer(b"one" if url.endswith("/0") else b"")

    world.web = FakeWeb(by_url=broken)
    world.receipts.last = lambda *_: 1 / 0  # type: ignore[method-assign,assignment,return-value]
    world.poll()
    assert world.state().reason == "a defect: ZeroDivisionError; the log says where"


# ---- time ----


def test_a_poll_ends_with_its_time_and_goes_on_later(world: World) -> None:
    def slow(url: str) -> WebAnswer:
        world.later(seconds=20)
        return answer(url.encode())

    begun = world.clock.at
    world.web = FakeWeb(by_url=slow)
    world.poll(time_left=lambda: 120 - (world.clock.at - begun).total_seconds())
    state = world.state()
    assert (state.reason, state.cursor, len(world.bodies)) == (None, "5", 5)
    assert state.next_at == world.clock.at


class Punctual(Acme):
    """Begins no page after its deadline."""

    def poll(self, cursor: Any, connection: Connection, http: Http, deadline: datetime) -> Iterator[Polled]:
        for page in super().poll(cursor, connection, http, deadline):
            yield page
            if http.now() >= deadline:
                return


@pytest.mark.parametrize(("new", "again"), [(True, True), (False, False)])
def test_a_source_that_keeps_to_its_deadline_goes_on_at_once_where_it_came_further(
    new: bool, again: bool
) -> None:
    class Once(Punctual):
        def poll(
            self, cursor: Any, connection: Connection, http: Http, deadline: datetime
        ) -> Iterator[Polled]:
            for page in super().poll(cursor, connection, http, deadline):
                yield page if new else Polled(body=page.body, cursor=cursor)

    world = World(Once())

    def slow(url: str) -> WebAnswer:
        world.later(seconds=25)
        return answer(b"page")

    world.web = FakeWeb(by_url=slow)
    begun = world.clock.at
    world.poll(time_left=lambda: 54 - (world.clock.at - begun).total_seconds())
    state = world.state()
    assert (state.reason, state.requests) == (None, 1)
    assert (state.next_at == world.clock.at) == again


def test_no_request_outlives_the_poll(world: World) -> None:
    begun = world.clock.at
    world.answers(b"")
    world.poll(time_left=lambda: 55 - (world.clock.at - begun).total_seconds())
    assert world.web.seconds == [30]
    world.later(minutes=15)
    world.answers(b"", b"")
    begun = world.clock.at
    world.connections.settings[FIRST] = Settings()

    def half(url: str) -> WebAnswer:
        world.later(seconds=15)
        return answer(b"one" if url.endswith("/0") else b"")

    world.web = FakeWeb(by_url=half)
    world.poll(time_left=lambda: 55 - (world.clock.at - begun).total_seconds())
    assert world.web.seconds == [30, 20]


def test_nothing_is_begun_with_too_little_time(world: World) -> None:
    assert world.poll(time_left=lambda: 49) == 0
    assert world.web.asked == []


def test_many_connections_share_the_time_and_take_turns(world: World) -> None:
    """Of ten whose provider is slow, those that were not reached come first the next time."""
    names = [f"c{number}" for number in range(10)]
    world.connections.settings = {("acme", name): Settings() for name in names}
    asked: list[str] = []

    class Slow(Acme):
        def poll(
            self, cursor: Any, connection: Connection, http: Http, deadline: datetime
        ) -> Iterator[Polled]:
            asked.append(connection.name)
            assert deadline - http.now() <= timedelta(seconds=SHARE_SECONDS)
            world.later(seconds=60)
            return iter(())

    world.sources = FakeSources(Slow())
    for _ in range(3):
        begun = world.clock.at
        world.poll(time_left=lambda begun=begun: 300 - (world.clock.at - begun).total_seconds())
    assert asked[:10] == names
    assert len(set(asked)) == 10


def test_one_alone_has_all_the_time(world: World) -> None:
    seen: list[float] = []

    class Watch(Acme):
        def poll(
            self, cursor: Any, connection: Connection, http: Http, deadline: datetime
        ) -> Iterator[Polled]:
            seen.append((deadline - http.now()).total_seconds())
            return iter(())

    world.sources = FakeSources(Watch())
    world.poll(time_left=lambda: 300)
    assert seen == [270]


# ---- silence ----


def test_silence_is_told_once_until_something_comes(world: World) -> None:
    world.polls.states[FIRST] = PollState(
        source="acme", connection="default", last_new_at=NOW, gaps=(3600,) * 5, of=""
    )

    def polled(body: bytes) -> list[Any]:
        world.later(hours=13)
        before = len(world.bus.events)
        world.web = FakeWeb(by_url=lambda url: answer(body if url.endswith("/0") else b""))
        world.poll()
        return [event.type for event in world.bus.events[before:]]

    assert polled(b"") == []
    assert polled(b"") == ["source.silent"]
    told = world.bus.events[-1]
    assert told.data == {
        "source": "acme", "connection": "default", "last_at": NOW.isoformat(), "usual": 3600,
    }  # fmt: skip
    assert told.connections == ("acme/default",)
    assert polled(b"") == []
    assert polled(b"news") == ["feedback.received"]
    assert not world.state().silent


def test_silence_that_could_not_be_told_is_told_the_next_time(world: World) -> None:
    world.polls.states[FIRST] = PollState(
        source="acme", connection="default", last_new_at=NOW - timedelta(days=9), gaps=(60,) * 5
    )
    world.answers(b"")
    world.bus.down = True
    world.poll()
    assert not world.state().silent
    world.bus.down = False
    world.later(hours=1)
    world.answers(b"")
    world.poll()
    assert [event.type for event in world.bus.events] == ["source.silent"]
    first, second = (event.id for event in world.bus.offered)
    assert first == second


def test_what_is_kept_of_a_failing_connection_can_be_shown(world: World) -> None:
    world.answers(500)
    world.poll()
    view = world.state().as_view()
    assert (view.last_at, view.failing_since, view.requests) == (NOW, NOW, 1)
    assert view.reason == "the provider answered 500"
    assert replace(view, requests=1) == view
