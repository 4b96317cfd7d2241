from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.delivery.event import OURSELVES, CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.operations.access import Caller, Scope
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.errors import Forbidden, NotFound
from chalicelib.pipeline.delivery.events import SETTLED, Events
from tests.in_memory_delivery import InMemoryEventLog
from tests.unit.pipeline.fakes import FakeClock

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


class World:
    def __init__(self) -> None:
        self.log = InMemoryEventLog()
        self.events = Events(log=self.log, now=FakeClock(NOW))

    def put(
        self, id: str, *, ago: timedelta = HOUR, type: str = "ticket.created", **fields: Any
    ) -> StoredEvent:
        event = CloudEvent(id=id, type=type, time=NOW - ago, subject="7", data={"a": 1}, **fields)
        return self.log.put(StoredEvent.of(event, NOW - ago))

    def listed(self, caller: Caller, **asked: Any) -> list[str]:
        return [event.id for event in self.events.list(caller, 50, None, **asked).page.items]


@pytest.fixture
def world() -> World:
    return World()


def caller(owner: str = "acme", *scopes: Scope, within: tuple[str, ...] | None = None) -> Caller:
    return Caller("key", "k1", owner, scopes or ("read",), None if within is None else Restriction(within))


ADMIN = caller("ana", "admin")


def test_one_s_own_and_ours_are_listed_newest_first(world: World) -> None:
    world.put("ours", ago=3 * HOUR)
    world.put("mine", ago=2 * HOUR, owner="acme", source="shop")
    world.put("another's", owner="other", source="shop")
    assert world.listed(caller()) == ["mine", "ours"]
    assert world.listed(caller("other")) == ["another's", "ours"]
    assert world.listed(caller("third")) == ["ours"]


def test_the_list_goes_on_behind_its_cursor(world: World) -> None:
    for n in range(3):
        world.put(f"e{n}", ago=n * HOUR + HOUR)
    first = world.events.list(caller(), 2, None)
    second = world.events.list(caller(), 2, first.page.next)
    assert [event.id for event in (*first.page.items, *second.page.items)] == ["e0", "e1", "e2"]
    assert second.page.next is None


def test_it_ends_ten_seconds_ago_and_says_so(world: World) -> None:
    world.put("just now", ago=SETTLED - timedelta(seconds=1))
    world.put("settled", ago=SETTLED + timedelta(seconds=1))
    for until in (None, NOW, NOW + HOUR):
        listed = world.events.list(caller(), 50, None, until=until)
        assert ([event.id for event in listed.page.items], listed.until) == (["settled"], NOW - SETTLED)
    earlier = world.events.list(caller(), 50, None, until=NOW - HOUR)
    assert (earlier.page.items, earlier.until) == ((), NOW - HOUR)


def test_it_is_listed_by_type_source_and_time(world: World) -> None:
    world.put("a", ago=3 * HOUR, type="ticket.created")
    world.put("b", ago=2 * HOUR, type="order.made", owner="acme", source="shop")
    world.put("c", ago=HOUR, type="order.paid", owner="acme", source="till")
    assert world.listed(caller(), types=("order.*",)) == ["c", "b"]
    assert world.listed(caller(), types=("order.made", "ticket.created")) == ["b", "a"]
    assert world.listed(caller(), sources=("shop", OURSELVES)) == ["b", "a"]
    assert world.listed(caller(), since=NOW - 2 * HOUR) == ["c", "b"]
    assert world.listed(caller(), until=NOW - 2 * HOUR) == ["a"]


def test_what_is_for_one_owner_alone_is_seen_by_him_and_by_admins(world: World) -> None:
    world.put("e", type="endpoint.failing", audience="acme")
    assert world.listed(caller()) == world.listed(ADMIN) == ["e"]
    assert world.listed(caller("other")) == []
    assert world.events.find(caller(), "e").id == "e"
    with pytest.raises(NotFound):
        world.events.find(caller("other"), "e")


def test_an_admin_sees_another_s_and_nobody_else_does(world: World) -> None:
    world.put("e", owner="acme", source="shop")
    assert world.listed(ADMIN) == []
    assert world.listed(ADMIN, owners=("acme", "other")) == ["e"]
    assert world.events.find(ADMIN, "e", owner="acme").source == "shop"
    assert world.listed(caller(), owners=("acme",)) == ["e"]
    assert world.listed(caller("other"), owners=(OURSELVES,)) == []
    with pytest.raises(Forbidden, match="owner"):
        world.listed(caller("other"), owners=("other", "acme"))
    with pytest.raises(Forbidden, match="owner"):
        world.events.find(caller("other"), "e", owner="acme")


def test_a_restricted_caller_sees_what_is_made_of_its_connections(world: World) -> None:
    world.put("a", connections=("csv/acme",))
    world.put("b", connections=("csv/other",))
    world.put("c", owner="acme", source="shop")
    for one in (caller(within=("csv/acme",)), caller("acme", "admin", within=("csv/acme",))):
        assert world.listed(one) == ["a"]
        assert world.events.find(one, "a").id == "a"
        for id in ("b", "c"):
            with pytest.raises(NotFound):
                world.events.find(one, id)


def test_of_one_id_one_s_own_comes_before_ours_and_a_source_tells_them_apart(world: World) -> None:
    world.put("e")
    world.put("e", owner="acme", source="shop")
    world.put("e", owner="acme", source="till")
    assert world.events.find(caller(), "e").source == "shop"
    assert world.events.find(caller(), "e", source="till").source == "till"
    assert world.events.find(caller(), "e", source=OURSELVES).owner == OURSELVES
    assert world.events.find(caller("other"), "e").owner == OURSELVES
    with pytest.raises(NotFound, match="GET /events"):
        world.events.find(caller(), "e", source="nowhere")


def test_what_it_held_is_forgotten_and_that_it_came_stays(world: World) -> None:
    event = world.put("e", owner="acme", source="shop")
    for _ in range(2):
        world.events.forget(caller(), "e")
        assert world.events.find(caller(), "e") == event.forgotten()
        assert world.listed(caller()) == ["e"]


def test_only_an_admin_has_another_s_or_ours_forgotten(world: World) -> None:
    world.put("mine", owner="acme", source="shop")
    ours = world.put("ours")
    with pytest.raises(NotFound):
        world.events.forget(caller("other"), "mine")
    with pytest.raises(Forbidden):
        world.events.forget(caller(), "ours")
    assert world.events.find(caller(), "ours") == ours
    world.events.forget(ADMIN, "ours")
    world.events.forget(ADMIN, "mine", owner="acme")
    assert {event.body for event in world.log.events.values()} == {None}
