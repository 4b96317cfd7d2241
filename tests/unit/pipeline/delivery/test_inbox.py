from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.domain.delivery.subscription import Inbox, Wanted
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.errors import Conflict, NotFound, TooLarge
from chalicelib.pipeline.delivery.inbox import ACKS_MOST, Ack, Acked, KeepInbox
from chalicelib.ports.delivery import InboxItem
from tests.in_memory_delivery import InMemoryInboxItems, InMemorySubscriptions
from tests.unit.pipeline.fakes import FakeClock

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NEVER = StoredEvent.of(CloudEvent(id="never", type="a", time=NOW), NOW).position


class World:
    def __init__(self) -> None:
        self.clock = FakeClock(NOW)
        self.items, self.subscriptions = InMemoryInboxItems(self.clock), InMemorySubscriptions()
        self.inbox = KeepInbox(items=self.items, subscriptions=self.subscriptions, now=self.clock)

    def put(self, name: str, owner: str = "acme", connections: tuple[str, ...] = ()) -> InboxItem:
        event = CloudEvent(id=name, type="ticket.created", time=NOW, connections=connections)
        stored = StoredEvent.of(event, NOW)
        self.items.put(owner, stored)
        item = self.items.find(owner, stored.position)
        assert item is not None
        return item

    def leased(self, name: str, lease: str) -> InboxItem:
        taken = self.items.lease(self.put(name), lease, self.clock(), self.clock() + MINUTE)
        assert taken is not None
        return taken

    def lies_there(self, item: InboxItem) -> bool:
        return self.items.find(item.owner, item.position) is not None


@pytest.fixture
def world() -> World:
    return World()


def test_an_ack_takes_it_off_and_may_be_repeated(world: World) -> None:
    item = world.leased("a", "mine")
    for _ in range(2):
        world.inbox.ack("acme", None, Ack(item.position, "mine"))
        assert not world.lies_there(item)


def test_an_ack_needs_no_lease(world: World) -> None:
    item = world.leased("a", "another's")
    world.inbox.ack("acme", None, Ack(item.position))
    assert not world.lies_there(item)


def test_an_old_lease_takes_nothing_off(world: World) -> None:
    item = world.leased("a", "mine")
    world.clock.at += MINUTE
    world.items.lease(item, "another's", world.clock.at, world.clock.at + MINUTE)
    with pytest.raises(Conflict, match="lease"):
        world.inbox.ack("acme", None, Ack(item.position, "mine"))
    assert world.lies_there(item)


@pytest.mark.parametrize("id", [NEVER, "x", "", "0" * 33, f"{NEVER}\n", NEVER.upper().replace("0", "O")])
def test_what_never_was_in_it_is_not_there(world: World, id: str) -> None:
    world.put("a")
    with pytest.raises(NotFound):
        world.inbox.ack("acme", None, Ack(id))


def test_what_lies_in_another_s_inbox_is_not_there(world: World) -> None:
    item = world.put("a", owner="other")
    with pytest.raises(NotFound):
        world.inbox.ack("acme", None, Ack(item.position))
    assert world.lies_there(item)
    world.inbox.ack("other", None, Ack(item.position))
    with pytest.raises(NotFound):
        world.inbox.ack("acme", None, Ack(item.position))


def test_what_a_restricted_reader_may_not_see_is_not_there_for_him(world: World) -> None:
    item = world.put("a", connections=("csv/other",))
    mine = Restriction(("csv/acme",))
    with pytest.raises(NotFound):
        world.inbox.ack("acme", mine, Ack(item.position))
    assert world.lies_there(item)
    world.inbox.ack("acme", None, Ack(item.position))
    with pytest.raises(NotFound):
        world.inbox.ack("acme", mine, Ack(item.position))


def test_many_are_taken_off_each_for_itself(world: World) -> None:
    mine, old, other = (
        world.leased("a", "mine"),
        world.leased("b", "another's"),
        world.put("c", owner="other"),
    )
    before = world.put("d")
    world.inbox.ack("acme", None, Ack(before.position))
    acks = [
        Ack(mine.position, "mine"),
        Ack(mine.position, "mine"),
        Ack(mine.position),
        Ack(old.position, "mine"),
        Ack(other.position),
        Ack(before.position),
        Ack("nothing"),
    ]
    assert world.inbox.ack_all("acme", None, acks) == Acked(
        acked=2, unknown=(other.position, "nothing"), stale=(old.position,)
    )
    assert [world.lies_there(item) for item in (mine, old, other)] == [False, True, True]


def test_more_than_are_taken_at_once_are_refused_before_any_is_taken_off(world: World) -> None:
    item = world.put("a")
    with pytest.raises(TooLarge, match="100"):
        world.inbox.ack_all("acme", None, [Ack(item.position)] * (ACKS_MOST + 1))
    assert world.lies_there(item)
    assert world.inbox.ack_all("acme", None, [Ack(item.position)] * ACKS_MOST).acked == 1


def test_what_is_wanted_holds_from_then_on(world: World) -> None:
    item = world.put("a")
    made = world.inbox.want("acme", Wanted(types=("order.*",)))
    world.clock.at += MINUTE
    changed = world.inbox.want("acme", Wanted(types=("ticket.*",), filter={"tag": ("vip",)}))
    assert made == Inbox(owner="acme", wanted=Wanted(types=("order.*",)), created_at=NOW, updated_at=NOW)
    assert (changed.created_at, changed.updated_at) == (NOW, NOW + MINUTE)
    assert world.subscriptions.inbox("acme") == changed
    assert world.subscriptions.inbox("other") is None
    assert world.lies_there(item)
