from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Inbox, Wanted
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.errors import Unavailable
from chalicelib.pipeline.delivery import read_inbox
from chalicelib.pipeline.delivery.read_inbox import InboxPage, ReadInbox, Reading
from chalicelib.ports.delivery import InboxCount, InboxItem
from tests.in_memory_delivery import InMemoryEventLog, InMemoryInboxItems, InMemorySubscriptions
from tests.unit.pipeline.fakes import FakeClock

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
ENDLESS = float("inf")


class OnePlace:
    def __init__(self) -> None:
        self.taken_until: datetime | None = None
        self.entered = 0
        self.down = False

    def enter(self, until: datetime) -> str | None:
        if self.taken_until:
            return None
        self.taken_until = until
        self.entered += 1
        return "0000"

    def leave(self, place: str) -> None:
        if self.down:
            raise Unavailable("dynamodb", "it is down")
        assert place == "0000"
        self.taken_until = None


class World:
    """An inbox, and time that goes on only while somebody waits."""

    def __init__(self) -> None:
        self.clock = FakeClock(NOW)
        self.items, self.log = InMemoryInboxItems(self.clock), InMemoryEventLog()
        self.subscriptions, self.places = InMemorySubscriptions(), OnePlace()
        self.paused: list[float] = []
        self.meanwhile: dict[int, Any] = {}
        """What happens while somebody waits, by the number of the pause."""
        self.read = ReadInbox(
            items=self.items,
            log=self.log,
            subscriptions=self.subscriptions,
            places=self.places,
            now=self.clock,
            pause=self.pause,
        )

    def pause(self, seconds: float) -> None:
        self.paused.append(seconds)
        self.clock.at += timedelta(seconds=seconds)
        self.meanwhile.get(len(self.paused), lambda: None)()

    def put(self, *names: str, type: str = "ticket.created", **fields: Any) -> None:
        for name in names:
            at = NOW + len(self.log.events) * timedelta(seconds=1)
            event = self.log.put(
                StoredEvent.of(CloudEvent(id=name, type=type, time=at, **fields), received_at=at)
            )
            self.items.put("acme", event)

    def reads(
        self, within: Restriction | None = None, seconds_left: float = ENDLESS, **asked: Any
    ) -> InboxPage:
        return self.read("acme", within, Reading(**asked), seconds_left)


@pytest.fixture
def world() -> World:
    return World()


def names(page: InboxPage) -> list[str]:
    return [entry.event.id for entry in page.entries]


# ---- looking --------------------------------------------------------------------------------------


def test_without_a_lease_it_is_only_shown(world: World) -> None:
    world.put("a", "b")
    for _ in range(2):
        page = world.reads()
        assert names(page) == ["a", "b"]
        assert [(e.item.lease, e.item.leased_until, e.item.deliveries) for e in page.entries] == [
            (None, None, 0)
        ] * 2
    assert page.count == InboxCount(2, NOW, complete=True)
    assert page.next is None


def test_what_another_has_taken_is_shown_and_says_until_when(world: World) -> None:
    world.put("a")
    world.reads(lease=MINUTE)
    (entry,) = world.reads().entries
    assert (entry.item.leased_until, entry.item.deliveries) == (NOW + MINUTE, 1)


def test_it_goes_on_behind_a_cursor(world: World) -> None:
    world.put(*"abcde")
    first = world.reads(limit=2)
    second = world.reads(limit=2, cursor=first.next)
    third = world.reads(limit=2, cursor=second.next)
    assert [names(page) for page in (first, second, third)] == [["a", "b"], ["c", "d"], ["e"]]
    assert third.next is None
    assert third.count.found == 5


def test_more_than_are_read_at_once_come_on_one_page(world: World) -> None:
    wanted = [f"e{n:02}" for n in range(35)]
    world.put(*wanted)
    page = world.reads(limit=34)
    assert names(page) == wanted[:34]
    assert names(world.reads(limit=34, cursor=page.next)) == wanted[34:]


def test_only_the_types_that_are_asked_for(world: World) -> None:
    world.put("a")
    world.put("b", type="order.made", owner="acme")
    page = world.reads(types=("order.*",))
    assert (names(page), page.count.found) == (["b"], 2)


def test_a_restricted_reader_gets_and_counts_its_own(world: World) -> None:
    world.put("a", connections=("csv/acme",))
    world.put("b", connections=("csv/other",))
    page = world.reads(Restriction(("csv/other",)), lease=MINUTE)
    assert (names(page), page.count.found) == (["b"], 1)
    assert names(world.reads(lease=MINUTE)) == ["a"]


def test_what_was_forgotten_is_shown_without_its_content(world: World) -> None:
    world.put("a")
    (event,) = world.log.events.values()
    world.log.forget(event)
    (entry,) = world.reads().entries
    assert entry.event == event.forgotten()


def test_what_is_gone_from_the_log_is_taken_off(world: World) -> None:
    world.put("a", "b")
    gone = next(iter(world.log.events.values()))
    del world.log.events[gone.identity]
    page = world.reads(lease=MINUTE)
    assert (names(page), page.count.found) == (["b"], 1)
    assert world.items.was_there("acme", gone.position)


def test_a_page_ends_before_it_is_too_long_to_answer_with(world: World) -> None:
    world.put("a", "b", "c", data="x" * 1_000_000)
    first = world.reads(lease=MINUTE)
    assert names(first) == ["a", "b"]
    assert names(world.reads(cursor=first.next)) == ["c"]
    assert names(world.reads(lease=MINUTE)) == ["c"], "what was not shown was not taken"
    assert {item.deliveries for item in world.items.items.values()} == {1}


def test_one_that_is_longer_than_a_page_comes_alone(world: World) -> None:
    world.put("a", "b", data="x" * 3_000_000)
    assert names(world.reads()) == ["a"]


# ---- taking ---------------------------------------------------------------------------------------


def test_each_item_is_one_reader_s_until_its_lease_ends(world: World) -> None:
    world.put("a", "b", "c")
    mine = world.reads(limit=2, lease=MINUTE)
    others = world.reads(limit=2, lease=MINUTE)
    assert (names(mine), names(others)) == (["a", "b"], ["c"])
    assert names(world.reads(lease=MINUTE)) == []
    assert {entry.item.leased_until for entry in mine.entries} == {NOW + MINUTE}
    leases = {entry.item.lease for entry in (*mine.entries, *others.entries)}
    assert len(leases) == 2
    assert None not in leases
    world.clock.at += MINUTE
    again = world.reads(lease=MINUTE)
    assert names(again) == ["a", "b", "c"]
    assert [entry.item.deliveries for entry in again.entries] == [2, 2, 2]


class Contested(InMemoryInboxItems):
    """Of each list that it gives, somebody else is quicker to take the first items. times: how often."""

    def __init__(self, world: World, items: int, times: int) -> None:
        super().__init__(world.clock)
        self._quicker, self._times = items, times

    def list(self, *args: Any, **asked: Any) -> Any:
        page = super().list(*args, **asked)
        if asked["free_at"] is not None and self._times:
            self._times -= 1
            for item in page.items[: self._quicker]:
                self.lease(item, "another's", asked["free_at"], asked["free_at"] + MINUTE)
        return page


@pytest.mark.parametrize(("quicker", "times"), [(3, 1), (10, 1), (10, 2)])
def test_what_somebody_else_took_first_is_left_to_him(world: World, quicker: int, times: int) -> None:
    world.items = Contested(world, quicker, times)
    world.read = replace(world.read, items=world.items)
    world.put(*(f"e{n:02}" for n in range(35)))
    page = world.reads(lease=MINUTE)
    assert page.entries
    taken = {item.event[2]: item.lease for item in world.items.items.values() if item.lease}
    assert {taken[name] for name in names(page)}.isdisjoint({"another's"})
    assert list(taken.values()).count("another's") == quicker * times


def test_what_others_have_taken_does_not_hide_what_lies_behind(world: World) -> None:
    world.put(*(f"e{n:02}" for n in range(35)))
    for _ in range(3):
        world.reads(lease=MINUTE)
    assert names(world.reads(lease=MINUTE)) == ["e30", "e31", "e32", "e33", "e34"]


# ---- waiting --------------------------------------------------------------------------------------


def test_who_waits_gets_what_comes_meanwhile(world: World) -> None:
    world.meanwhile[3] = lambda: world.put("a")
    page = world.reads(lease=MINUTE, wait=timedelta(seconds=20))
    assert (names(page), page.refused_to_wait) == (["a"], False)
    assert world.paused == [1.0, 1.0, 1.0]
    assert (world.places.entered, world.places.taken_until) == (1, None)


def test_who_waits_without_a_lease_is_shown_what_comes(world: World) -> None:
    world.meanwhile[1] = lambda: world.put("a")
    page = world.reads(wait=timedelta(seconds=20))
    assert [entry.item.lease for entry in page.entries] == [None]


def test_nobody_waits_longer_than_he_asked_for(world: World) -> None:
    page = world.reads(wait=timedelta(seconds=2.5))
    assert (names(page), page.count.found, page.next) == ([], 0, None)
    assert world.paused == [1.0, 1.0, 0.5]


def test_where_something_is_there_nobody_waits(world: World) -> None:
    world.put("a")
    assert names(world.reads(wait=timedelta(seconds=20))) == ["a"]
    assert (world.paused, world.places.entered) == ([], 0)


@pytest.mark.parametrize(("seconds_left", "waited"), [(29, 20.0), (10, 6.0), (4, 0.0), (0.5, 0.0)])
def test_the_answer_comes_before_the_function_is_out_of_time(
    world: World, seconds_left: float, waited: float
) -> None:
    page = world.reads(wait=timedelta(seconds=20), seconds_left=seconds_left)
    assert not page.refused_to_wait
    assert sum(world.paused) == waited


def test_a_lease_that_ends_while_somebody_waits_is_his(world: World) -> None:
    world.put("a")
    world.reads(lease=timedelta(seconds=3))
    page = world.reads(lease=MINUTE, wait=timedelta(seconds=20))
    assert (names(page), sum(world.paused)) == (["a"], 3.0)


def test_where_too_many_wait_already_it_is_answered_at_once_and_said(world: World) -> None:
    world.places.taken_until = NOW + MINUTE
    page = world.reads(wait=timedelta(seconds=20))
    assert (names(page), page.refused_to_wait, world.paused) == ([], True, [])


def test_a_place_is_left_though_the_search_fails(world: World) -> None:
    class Down(InMemoryInboxItems):
        calls = 0

        def list(self, *args: Any, **asked: Any) -> Any:
            self.calls += 1
            if self.calls > 2:
                raise Unavailable("dynamodb", "it is down")
            return super().list(*args, **asked)

    world.read = replace(world.read, items=Down(world.clock))
    with pytest.raises(Unavailable):
        world.reads(wait=timedelta(seconds=20))
    assert world.places.taken_until is None


def test_what_was_taken_is_given_though_the_place_can_t_be_left(world: World) -> None:
    world.places.down = True
    world.meanwhile[1] = lambda: world.put("a")
    assert names(world.reads(lease=MINUTE, wait=timedelta(seconds=20))) == ["a"]
    assert world.places.taken_until == NOW + timedelta(seconds=20) + read_inbox.FOR_THE_ANSWER


class Long(InMemoryInboxItems):
    """A read of it passes so many rows at most, and takes a second."""

    def __init__(self, world: World, rows: int) -> None:
        super().__init__(world.clock)
        self._rows, self._world = rows, world
        self.cursors: list[str | None] = []

    def list(self, owner: str, limit: int, cursor: str | None, **asked: Any) -> Any:
        self._world.clock.at += timedelta(seconds=1)
        self.cursors.append(cursor)
        all = super().list(owner, self._rows, cursor, types=(), within=None, free_at=None)
        wanted = {item.position for item in super().list(owner, 1_000, None, **asked).items}
        return replace(all, items=tuple(item for item in all.items if item.position in wanted))


def test_a_search_past_much_that_is_not_asked_for_ends_and_can_be_gone_on_with(world: World) -> None:
    world.items = Long(world, rows=10)
    world.read = replace(world.read, items=world.items)
    world.put(*(f"e{n:03}" for n in range(100)))
    world.put("last", type="order.made")
    page = world.reads(types=("order.*",))
    assert names(page) == []
    while page.next is not None and not page.entries:
        page = world.reads(types=("order.*",), cursor=page.next)
    assert names(page) == ["last"]


def test_who_waits_in_a_long_inbox_looks_again_only_at_its_end(world: World) -> None:
    world.items = Long(world, rows=10)
    world.read = replace(world.read, items=world.items)
    world.put(*(f"e{n:02}" for n in range(25)))
    world.meanwhile[2] = lambda: world.put("last", type="order.made")
    assert names(world.reads(types=("order.*",), wait=timedelta(seconds=20))) == ["last"]
    assert len(world.items.cursors) == 3 + 2
    assert world.items.cursors[2] == world.items.cursors[3] == world.items.cursors[4]


# ---- its making -----------------------------------------------------------------------------------


def test_the_first_read_makes_an_inbox_of_all_events(world: World) -> None:
    world.reads()
    assert world.subscriptions.inbox("acme") == Inbox(owner="acme", created_at=NOW, updated_at=NOW)


def test_one_that_was_set_is_left_as_it_is(world: World) -> None:
    wanted = Inbox(owner="acme", wanted=Wanted(types=("order.*",)), created_at=NOW, updated_at=NOW)
    world.subscriptions.put_inbox(wanted)
    world.reads()
    assert world.subscriptions.inbox("acme") == wanted


def test_one_that_is_set_at_the_same_moment_is_left_as_it_is(world: World) -> None:
    wanted = Inbox(owner="acme", wanted=Wanted(types=("order.*",)), created_at=NOW, updated_at=NOW)

    class Quicker(InMemorySubscriptions):
        def inbox(self, owner: str) -> Inbox | None:
            self.put_inbox(wanted)
            return None

    subscriptions = Quicker()
    world.read = replace(world.read, subscriptions=subscriptions)
    world.reads()
    assert subscriptions.boxes == {"acme": wanted}


def test_only_the_first_read_of_a_process_asks_whether_there_is_one(world: World) -> None:
    class Counted(InMemorySubscriptions):
        asked = 0

        def inbox(self, owner: str) -> Inbox | None:
            self.asked += 1
            return super().inbox(owner)

    subscriptions = Counted()
    world.read = replace(world.read, subscriptions=subscriptions)
    world.reads()
    world.reads()
    assert subscriptions.asked == 1


def test_an_item_says_all_that_a_reader_needs(world: World) -> None:
    world.put("a", owner="acme", source="shop", type="order.made")
    (entry,) = world.reads(lease=MINUTE).entries
    assert entry.item == InboxItem(
        "acme", entry.event.position, ("acme", "shop", "a"), "order.made", (), NOW, entry.item.lease,
        NOW + MINUTE, 1,
    )  # fmt: skip
    assert entry.event.members()["source"] == "shop"
