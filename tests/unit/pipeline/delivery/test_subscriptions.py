"""Subscribe, over the in-memory twins: what is kept, what comes of a change, and who may see it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from standardwebhooks import Webhook

from chalicelib.domain.delivery.endpoint import Endpoint
from chalicelib.domain.delivery.subscription import Subscription, Terms, subscription_id
from chalicelib.domain.operations.access import Caller
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from chalicelib.pipeline.delivery.resend import Resend
from chalicelib.pipeline.delivery.subscriptions import REMEMBERED, Subscribe
from chalicelib.services.https.target import target_of
from tests.in_memory_delivery import (
    InMemoryDeliveries,
    InMemoryEndpoints,
    InMemoryEventLog,
    InMemorySubscriptions,
)
from tests.unit.pipeline.fakes import NOW, FakeClock, FakeQueue

DAY = timedelta(days=1)
OWN = f"whsec_{'b3du' * 10}"
ACME, OTHER = Caller("key", "k1", "acme", ("read", "write")), Caller("key", "k2", "other", ("read", "write"))
ADMIN = Caller("key", "k3", "boss", ("admin",))
NARROW = ACME._replace(restriction=Restriction(("zendesk/eu",)))
WIDE = ACME._replace(restriction=Restriction(("zendesk/*", "csv/eu")))
TERMS = Terms(
    url="https://crm.example.com/hook?token=t0ken", types=("ticket.*",), headers={"X-Team": "s3cret"}
)


class World:
    """The use-cases, and what they work on."""

    def __init__(self) -> None:
        self.clock, self.queue = FakeClock(), FakeQueue("delivery")
        self.subscriptions, self.endpoints = InMemorySubscriptions(), InMemoryEndpoints()
        self.log, self.deliveries = InMemoryEventLog(), InMemoryDeliveries(self.clock)
        own = frozenset({"api.triggeriq.example"})
        self.subscribe = Subscribe(
            subscriptions=self.subscriptions,
            endpoints=self.endpoints,
            log=self.log,
            deliveries=self.deliveries,
            resend=Resend(deliveries=self.deliveries, queue=self.queue, now=self.clock),
            check_address=partial(target_of, own=own),
            now=self.clock,
        )

    def made(self, name: str = "crm", terms: Terms = TERMS, caller: Caller = ACME) -> Subscription:
        return self.subscribe.make(name, terms, caller).subscription

    def secrets_in_force(self, subscription: Subscription) -> list[str]:
        kept = self.subscriptions.opened(subscription)
        return [one.value for one in kept.secrets if one.in_force(self.clock())]

    def has_failed(self, subscription: Subscription) -> None:
        known = self.endpoints.find(subscription.id)
        self.endpoints.save(
            replace(
                known, failing_since=NOW, failures=9, opened=2, open_until=NOW + DAY, paused_until=NOW + DAY
            )
        )

    def endpoint(self, subscription: Subscription) -> Endpoint:
        return self.endpoints.find(subscription.id)


@pytest.fixture
def world() -> World:
    return World()


# ---- made and put ---------------------------------------------------------------------------------


def test_one_that_is_made_is_its_owner_s_with_a_secret_of_its_own(world: World) -> None:
    made, secret = world.subscribe.make("crm", TERMS, ACME)
    assert (made.id, made.owner, made.within) == (subscription_id("acme", "crm"), "acme", None)
    assert (made.status, made.headers, made.version) == ("active", ("X-Team",), 1)
    assert world.secrets_in_force(made) == [secret]
    other = world.subscribe.make("mail", TERMS, ACME).secret
    assert secret
    assert secret != other
    Webhook(secret)  # takes the secret as its own
    assert len(Webhook(secret)._whsecret) == 32
    assert world.subscribe.find("crm", ACME) == world.subscribe.find(made.id, ACME) == made


def test_without_a_name_one_is_made_up(world: World) -> None:
    names = {world.subscribe.make(None, TERMS, ACME).subscription.name for _ in range(3)}
    assert len(names) == 3


def test_a_name_that_is_taken_is_refused_by_making_and_changed_by_putting(world: World) -> None:
    made = world.made()
    with pytest.raises(Conflict, match="PUT /subscriptions/crm"):
        world.made()
    put = world.subscribe.put("crm", replace(TERMS, rate=5), ACME)
    assert put.secret == ""
    assert (put.subscription.id, put.subscription.rate, put.subscription.version) == (made.id, 5, 2)


def test_another_s_name_is_no_name_of_mine(world: World) -> None:
    mine, theirs = world.made(), world.made(caller=OTHER)
    assert mine.id != theirs.id
    assert world.subscribe.find("crm", OTHER) == theirs


def test_what_is_put_the_same_again_is_not_written(world: World) -> None:
    first = world.subscribe.put("crm", TERMS, ACME)
    world.clock.at += DAY
    again = world.subscribe.put("crm", TERMS, ACME)
    assert first.secret
    assert (again.secret, again.subscription) == ("", first.subscription)
    assert world.subscribe.put(first.subscription.id, TERMS, ACME).subscription == first.subscription


def test_one_s_own_secret_is_taken_and_another_one_rotates_it(world: World) -> None:
    made, secret = world.subscribe.put("crm", replace(TERMS, secret=OWN), ACME)
    assert secret == OWN
    assert world.subscribe.put("crm", replace(TERMS, secret=OWN), ACME).subscription == made
    changed = world.subscribe.put("crm", replace(TERMS, secret=OWN[:-4] + "abcd"), ACME).subscription
    assert world.secrets_in_force(changed) == [OWN[:-4] + "abcd", OWN]


def test_what_is_put_replaces_all_but_what_is_not_its_owner_s_to_say(world: World) -> None:
    paused = world.subscribe.pause(world.made().id, ACME)
    world.clock.at += DAY
    terms = Terms(url="https://other.example.com/", types=("*",))
    put = world.subscribe.put("crm", terms, ACME).subscription
    assert (put.url, put.wanted.types, put.headers) == (terms.url, ("*",), ())
    assert (put.status, put.created_at, put.secrets) == ("paused", paused.created_at, paused.secrets)
    assert put.updated_at == world.clock.at


def test_of_many_that_put_the_same_at_once_one_makes_it(world: World) -> None:
    """Each instance of a receiver may put its subscription when it starts."""
    puts: list[Any] = []

    class Crowded(InMemorySubscriptions):
        def put(self, subscription: Any, confidential: Any = None) -> Any:
            if not puts:
                puts.append(None)
                puts.append(other.put("crm", TERMS, ACME))
            return super().put(subscription, confidential)

    crowded = Crowded()
    here, other = (replace(world.subscribe, subscriptions=crowded) for _ in range(2))
    late = here.put("crm", TERMS, ACME)
    assert puts[1].secret
    assert late.secret == ""
    assert late.subscription == puts[1].subscription


def test_an_id_that_is_none_is_not_made(world: World) -> None:
    nobody_s = subscription_id("acme", "never")
    with pytest.raises(NotFound):
        world.subscribe.put(nobody_s, TERMS, ACME)
    with pytest.raises(Invalid) as refusal:
        world.subscribe.make(nobody_s, TERMS, ACME)
    assert refusal.value.field == "name"


def test_an_owner_has_so_many_and_what_has_expired_is_none(world: World) -> None:
    world.subscribe = replace(world.subscribe, most=2)
    world.made("a", replace(TERMS, expires_at=NOW + DAY))
    world.made("b")
    with pytest.raises(Conflict, match="DELETE one"):
        world.made("c")
    world.made("c", caller=OTHER)
    world.clock.at = NOW + DAY
    world.made("c")
    assert world.subscribe.find("a", ACME)
    world.subscribe.delete("b", ACME)
    world.clock.at = NOW + DAY + REMEMBERED
    world.made("d")
    with pytest.raises(NotFound):
        world.subscribe.find("a", ACME)


# ---- addresses ------------------------------------------------------------------------------------

ADDRESSES = {
    "http": "http://crm.example.com/",
    "another scheme": "ftp://crm.example.com/",
    "no scheme": "crm.example.com/hook",
    "IPv4": "https://192.0.2.1/",
    "IPv4 as a number": "https://3221225985/",
    "IPv4 in octal": "https://0300.0000.0002.0001/",
    "IPv4 in hexadecimal": "https://0xC0.0x00.0x02.0x01/",
    "IPv4 cut short": "https://127.1/",
    "IPv6": "https://[2001:db8::1]/",
    "IPv6 that is IPv4": "https://[::ffff:192.0.2.1]/",
    "no dot": "https://intranet/",
    "localhost": "https://localhost/",
    "a user": "https://user@crm.example.com/",
    "a user and a password": "https://user:pass@crm.example.com/",
    "a name before an @": "https://crm.example.com@evil.example/",
    "port 22": "https://crm.example.com:22/",
    "port 80": "https://crm.example.com:80/",
    "a port that is none": "https://crm.example.com:99999/",
    "3,000 characters": "https://crm.example.com/" + "a" * 2_976,
    "our own": "https://api.triggeriq.example/events",
    "our own in upper case": "https://API.TriggerIQ.Example/events",
    "our own with the root's dot": "https://api.triggeriq.example./events",
    "our own on another port": "https://api.triggeriq.example:8443/events",
    "within": "https://db.prod.internal/",
    "within, in upper case": "https://db.prod.INTERNAL./",
    "mDNS": "https://printer.local/",
    "a fragment": "https://crm.example.com/#there",
    "a confusable letter": "https://аpi.triggeriq.example/",
    "full-width letters": "https://ａｐｉ.triggeriq.example/",
    "full-width digits": "https://１２７.0.0.1/",
    "full-width dots": "https://127．0．0．1/",
    "an ideographic full stop": "https://api。triggeriq。example/",
    "a letter of no width": "https://api\u200b.triggeriq.example/",
    "a soft hyphen": "https://api\u00ad.triggeriq.example/",
    "a letter that turns the direction": "https://crm.example.com/\u202egnp",
    "percent-encoded": "https://api%2Etriggeriq.example/",
    "a percent-encoded @": "https://crm.example.com%40evil.example/",
    "a backslash": "https://crm.example.com\\@evil.example/",
    "backslashes for slashes": "https:\\\\crm.example.com\\",
    "one slash": "https:/crm.example.com/",
    "a tab": "https://crm.exam\tple.com/",
    "a line break": "https://crm.example.com/\r\nX-Evil: 1",
    "a space before": " https://crm.example.com/",
    "a space behind": "https://crm.example.com/ ",
    "a NUL": "https://crm.example.com\x00.evil.example/",
    "nothing": "",
    "a name that is too long": "https://" + "a." * 127 + "com/",
    "a label that is too long": "https://" + "a" * 64 + ".example.com/",
}


@pytest.mark.parametrize("url", ADDRESSES.values(), ids=ADDRESSES.keys())
def test_an_address_that_is_never_asked_is_refused_with_the_field_and_why(world: World, url: str) -> None:
    for attempt in (
        lambda: world.made(terms=replace(TERMS, url=url)),
        lambda: world.subscribe.put("crm", replace(TERMS, url=url), ACME),
    ):
        with pytest.raises(Invalid, match="its address") as refusal:
            attempt()
        assert refusal.value.field == "url"
        assert "pass" not in str(refusal.value)
    assert world.subscriptions.all() == []
    stood = world.made()
    with pytest.raises(Invalid):
        world.subscribe.change("crm", {"url": url}, ACME)
    assert world.subscriptions.all() == [stood]


@pytest.mark.parametrize(
    "url",
    [
        "https://crm.example.com", "https://crm.example.com:8443/hook?a=b&token=t", "HTTPS://CRM.example.com/",
        "https://xn--bcher-kva.example/", "https://crm.example.com./", "https://_hook.example.com/a%20b",
    ],
)  # fmt: skip
def test_an_address_of_the_web_is_taken_as_it_is(world: World, url: str) -> None:
    assert world.made(terms=replace(TERMS, url=url)).url == url


def test_an_end_that_has_passed_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="has passed") as refusal:
        world.made(terms=replace(TERMS, expires_at=NOW))
    assert refusal.value.field == "expires_at"


# ---- changed --------------------------------------------------------------------------------------


def test_a_change_leaves_what_it_does_not_name(world: World) -> None:
    made, secret = world.subscribe.make("crm", replace(TERMS, expires_at=NOW + DAY, rate=9), ACME)
    world.clock.at += 2 * DAY
    changed = world.subscribe.change(made.id, {"format": "slack", "rate": None}, ACME)
    assert changed == replace(made, format="slack", rate=None, version=2, updated_at=world.clock.at)
    kept = world.subscriptions.opened(changed)
    assert (kept.headers, [one.value for one in kept.secrets]) == (TERMS.headers, [secret])
    assert world.subscribe.change(made.id, {"format": "slack"}, ACME).version == 2
    headers = world.subscribe.change(made.id, {"headers": {}}, ACME)
    assert (headers.headers, world.secrets_in_force(headers)) == ((), [secret])


def test_who_names_another_version_changes_nothing(world: World) -> None:
    made = world.made()
    for attempt in (
        lambda: world.subscribe.put("crm", TERMS, ACME, if_version=7),
        lambda: world.subscribe.change("crm", {"rate": 1}, ACME, if_version=7),
        lambda: world.subscribe.delete("crm", ACME, if_version=7),
    ):
        with pytest.raises(Stale):
            attempt()
    assert world.subscribe.find("crm", ACME) == made
    assert world.subscribe.change("crm", {"rate": 1}, ACME, if_version=1).rate == 1
    world.subscribe.delete("crm", ACME, if_version=2)


def test_another_address_begins_anew(world: World) -> None:
    made = world.made()
    world.has_failed(made)
    world.subscribe.change("crm", {"rate": 5}, ACME)
    assert world.endpoint(made).failing_since
    world.subscribe.change("crm", {"url": "https://new.example.com/"}, ACME)
    assert (world.endpoint(made).failing_since, world.endpoint(made).open_until) == (None, None)
    world.has_failed(made)
    world.subscribe.delete("crm", ACME)
    assert world.subscribe.failing_since(world.made()) is None


def test_one_that_is_deleted_is_gone(world: World) -> None:
    made = world.made()
    world.subscribe.delete("crm", ACME)
    for attempt in (
        world.subscribe.find,
        world.subscribe.delete,
        world.subscribe.test,
        world.subscribe.rotate,
    ):
        with pytest.raises(NotFound, match="GET /subscriptions"):
            attempt(made.id, ACME)


# ---- secrets --------------------------------------------------------------------------------------


def test_a_former_secret_is_in_force_for_another_day(world: World) -> None:
    made, first = world.subscribe.make("crm", TERMS, ACME)
    second = world.subscribe.rotate("crm", ACME)
    rotated = world.subscribe.find("crm", ACME)
    assert world.secrets_in_force(rotated) == [second, first]
    assert [(one.current, one.expires_at) for one in rotated.secrets] == [(True, None), (False, NOW + DAY)]
    assert rotated.headers == made.headers
    world.clock.at = NOW + DAY
    assert world.secrets_in_force(rotated) == [second]


def test_two_secrets_are_in_force_at_most(world: World) -> None:
    world.made()
    *_, second, third = [world.subscribe.rotate("crm", ACME) for _ in range(3)]
    assert world.secrets_in_force(world.subscribe.find("crm", ACME)) == [third, second]


# ---- paused and resumed ---------------------------------------------------------------------------


def test_pausing_and_resuming_are_the_same_done_twice(world: World) -> None:
    world.made()
    paused = [world.subscribe.pause("crm", ACME) for _ in range(2)]
    assert paused[0] == paused[1]
    assert (paused[0].status, paused[0].reason) == ("paused", "paused")
    resumed = [world.subscribe.resume("crm", ACME) for _ in range(2)]
    assert resumed[0] == resumed[1]
    assert (resumed[0].status, resumed[0].reason) == ("active", None)


@pytest.mark.parametrize(("status", "reason"), [("disabled", "failing"), ("paused", "gone")])
def test_what_we_stopped_stays_so_for_who_pauses_it_and_goes_on_for_who_resumes(
    world: World, status: Any, reason: str
) -> None:
    made = world.made()
    stopped = world.subscriptions.put(replace(made, status=status, reason=reason))
    world.has_failed(made)
    assert world.subscribe.pause("crm", ACME) == stopped
    assert world.subscribe.resume("crm", ACME).status == "active"
    endpoint = world.endpoint(made)
    assert (endpoint.failing_since, endpoint.paused_until, endpoint.opened) == (None, None, 0)


def test_one_that_has_expired_is_not_resumed_before_it_has_another_end(world: World) -> None:
    world.made(terms=replace(TERMS, expires_at=NOW + DAY))
    world.clock.at = NOW + DAY
    for attempt in (world.subscribe.resume, world.subscribe.test):
        with pytest.raises(Conflict, match="expires_at"):
            attempt("crm", ACME)
    world.subscribe.change("crm", {"expires_at": NOW + 2 * DAY}, ACME)
    assert world.subscribe.resume("crm", ACME).in_force(world.clock())


# ---- tried ----------------------------------------------------------------------------------------


def test_a_test_goes_to_this_subscription_alone_whatever_it_wants(world: World) -> None:
    made = world.made(terms=replace(TERMS, types=("order.paid",), filter={"tag": ("vip",)}))
    world.made("other", replace(TERMS, types=("*",)))
    delivery = world.subscribe.test("crm", ACME)
    assert world.deliveries.find(made.id, delivery.position) == delivery
    assert (delivery.status, delivery.type, delivery.attempt) == ("pending", "subscription.test", 0)
    assert len(world.deliveries.rows) == 1
    (event,) = world.log.events.values()
    assert (event.audience, event.subject, event.position) == ("acme", made.id, delivery.position)
    (message,) = world.queue.sent
    assert message.group == made.id
    assert json.loads(message.body) == {
        "v": 1, "subscription": made.id, "position": delivery.position, "attempt": 0,
    }  # fmt: skip
    assert world.subscribe.test("crm", ACME).id != delivery.id


def test_a_test_that_loses_its_job_is_found_by_the_sweep(world: World) -> None:
    world.made()
    world.queue.down = 1
    with pytest.raises(Exception, match="down"):
        world.subscribe.test("crm", ACME)
    (due,) = world.deliveries.due(NOW + timedelta(minutes=1), 10)
    assert due.status == "pending"


def test_what_is_not_sent_to_is_not_tried(world: World) -> None:
    world.made()
    world.subscribe.pause("crm", ACME)
    with pytest.raises(Conflict, match="resume first"):
        world.subscribe.test("crm", ACME)
    assert (world.deliveries.rows, world.queue.sent) == ({}, [])


# ---- who may see what -----------------------------------------------------------------------------

Ask = Callable[[World, str, Caller], Any]
ASKED: dict[str, Ask] = {
    "find": lambda world, one, who: world.subscribe.find(one, who),
    "put": lambda world, one, who: world.subscribe.put(one, TERMS, who),
    "change": lambda world, one, who: world.subscribe.change(one, {"rate": 1}, who),
    "delete": lambda world, one, who: world.subscribe.delete(one, who),
    "rotate": lambda world, one, who: world.subscribe.rotate(one, who),
    "pause": lambda world, one, who: world.subscribe.pause(one, who),
    "resume": lambda world, one, who: world.subscribe.resume(one, who),
    "test": lambda world, one, who: world.subscribe.test(one, who),
}


@pytest.mark.parametrize("ask", ASKED.values(), ids=ASKED.keys())
def test_what_is_another_s_does_not_exist_but_for_an_admin(world: World, ask: Ask) -> None:
    made = world.made()
    narrow_admin = ADMIN._replace(restriction=Restriction(("zendesk/eu",)))
    for caller in (OTHER, NARROW, narrow_admin):
        with pytest.raises(NotFound) as refusal:
            ask(world, made.id, caller)
        never = subscription_id("acme", "never")
        with pytest.raises(NotFound) as absent:
            ask(world, never, caller)
        assert str(refusal.value).replace(made.id, never) == str(absent.value)
    assert world.subscribe.find(made.id, ACME) == made
    ask(world, made.id, ADMIN)


def test_one_of_a_restricted_key_tells_of_its_connections_alone(world: World) -> None:
    made = world.made(caller=NARROW)
    assert made.within == NARROW.restriction
    for caller in (NARROW, WIDE, ACME, ADMIN):
        assert world.subscribe.find(made.id, caller) == made
    wider = world.subscribe.put(made.id, replace(TERMS, rate=5), ACME).subscription
    assert wider.within == NARROW.restriction, "who changes it does not widen it"
    with pytest.raises(NotFound):
        world.subscribe.find(made.id, NARROW._replace(restriction=Restriction(("csv/eu",))))
    with pytest.raises(NotFound):
        world.subscribe.find(world.made("wide", caller=WIDE).id, NARROW)


def test_a_name_that_a_restricted_key_may_not_see_is_taken_nevertheless(world: World) -> None:
    made = world.made()
    for attempt in (
        lambda: world.subscribe.put("crm", TERMS, NARROW),
        lambda: world.subscribe.make("crm", TERMS, NARROW),
    ):
        with pytest.raises(Conflict, match=r"this key does not see.*choose another name"):
            attempt()
    assert world.subscribe.find("crm", ACME) == made


def test_whether_there_is_another_s_id_is_not_told(world: World) -> None:
    there = world.made().id
    faults = []
    for id in (there, "sub_" + "0" * 20):
        with pytest.raises(Invalid) as refused:
            world.subscribe.make(id, TERMS, OTHER)
        faults.append(str(refused.value).replace(id, "…"))
    assert len(set(faults)) == 1


def test_a_list_holds_what_its_caller_may_see_page_by_page(world: World) -> None:
    for name in ("b", "a"):
        world.made(name)
    world.made("c", caller=NARROW)
    world.made("a", caller=OTHER)

    def names(caller: Caller, owner: str | None = None) -> list[str]:
        found, cursor = [], None
        while True:
            page = world.subscribe.list(1, cursor, caller, owner)
            found += [f"{one.owner}/{one.name}" for one in page.items]
            cursor = page.next
            if cursor is None:
                return found

    assert names(ACME) == names(ACME, "acme") == ["acme/a", "acme/b", "acme/c"]
    assert names(NARROW) == ["acme/c"]
    assert names(OTHER) == ["other/a"]
    assert names(ADMIN) == ["acme/a", "acme/b", "acme/c", "other/a"]
    assert names(ADMIN, "other") == ["other/a"]
    with pytest.raises(Forbidden, match="leave owner out"):
        names(ACME, "other")
    with pytest.raises(Invalid):
        world.subscribe.list(1, "bm9uZQ", ACME, None)


def test_what_is_held_is_found(world: World) -> None:
    made = world.made()
    assert not world.subscribe.holds(made, NOW - DAY)
    delivery = world.subscribe.test("crm", ACME)
    world.deliveries.change(delivery, replace(delivery, status="held", due_at=None))
    assert world.subscribe.holds(made, NOW - DAY)
    assert not world.subscribe.holds(made, NOW + DAY)
