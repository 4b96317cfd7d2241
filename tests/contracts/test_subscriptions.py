"""What every Subscriptions promises, and what the one on DynamoDB does besides."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.delivery.subscription import (
    Confidential,
    Inbox,
    Subscription,
    Wanted,
    subscription_id,
)
from chalicelib.domain.intake.connection import Secret, secret_views
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.errors import Conflict, Invalid, Poison, Unavailable
from chalicelib.ports.delivery import Subscriptions
from chalicelib.services.dynamodb.subscriptions import BELIEVED, DynamoSubscriptions
from chalicelib.services.kms import KmsSeal
from local.catalogue import PREFIX, named
from tests.contracts.conftest import Client
from tests.functional.faulty_aws import FaultyAws
from tests.in_memory_delivery import InMemorySubscriptions
from tests.unit.pipeline.fakes import NOW, FakeClock

SECRETS = (Secret("whsec_bmV3"), Secret("whsec_b2xk", NOW + timedelta(hours=24)))
CONFIDENTIAL = Confidential(secrets=SECRETS, headers={"Authorization": "Bearer s3cret", "X-Team": "é"})
SCAN, COUNT, KMS = "DynamoDB_20120810.Scan", "DynamoDB_20120810.UpdateItem", "TrentService"


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def process(client: Client, clock: FakeClock) -> Callable[[], DynamoSubscriptions]:
    """Gives the subscriptions as each process has them."""
    seal = KmsSeal(client("kms"), f"alias/{PREFIX}")
    return lambda: DynamoSubscriptions(client("dynamodb"), named("subscriptions"), seal, clock)


@pytest.fixture(params=["DynamoDB", "in memory"])
def subscriptions(request: pytest.FixtureRequest) -> Subscriptions:
    if request.param == "in memory":
        return InMemorySubscriptions()
    process: Callable[[], DynamoSubscriptions] = request.getfixturevalue("process")
    return process()


def subscription(owner: str, name: str = "crm", **more: Any) -> Subscription:
    return Subscription(
        id=subscription_id(owner, name), name=name, owner=owner, url="https://crm.example.com/hook?k=1",
        created_at=NOW, updated_at=NOW, **more,
    )  # fmt: skip


def full(owner: str) -> Subscription:
    return subscription(
        owner, "full", within=Restriction(("zendesk/acme", "csv/*")),
        wanted=Wanted(types=("ticket.*", "order.paid"), filter={"category": ("bug_report", "praise")}),
        format="cloudevents", rate=60, expires_at=NOW + timedelta(days=1, microseconds=1), status="disabled",
        reason="failing",
    )  # fmt: skip


def of(subscriptions: Subscriptions, owner: str) -> list[Subscription]:
    return sorted((one for one in subscriptions.all() if one.owner == owner), key=lambda one: one.name)


def test_what_is_put_is_found(subscriptions: Subscriptions, unique: str) -> None:
    for one in (subscription(unique), full(unique)):
        put = subscriptions.put(one)
        assert put == replace(one, version=1)
        assert subscriptions.find(one.id) == put
    assert subscriptions.find(subscription_id(unique, "other")) is None


def test_all_are_told_of_what_was_just_written(subscriptions: Subscriptions, unique: str) -> None:
    assert of(subscriptions, unique) == []
    first, second = subscriptions.put(subscription(unique)), subscriptions.put(full(unique))
    assert of(subscriptions, unique) == [first, second]
    paused = subscriptions.put(replace(first, status="paused", reason="paused"))
    assert of(subscriptions, unique) == [paused, second]
    subscriptions.delete(second.id)
    assert of(subscriptions, unique) == [paused]


def test_who_read_another_version_writes_nothing(subscriptions: Subscriptions, unique: str) -> None:
    first = subscriptions.put(subscription(unique))
    second = subscriptions.put(replace(first, rate=5))
    assert second.version == 2
    for late in (replace(first, rate=6), replace(first, rate=6, version=0), replace(second, version=3)):
        with pytest.raises(Conflict, match="changed since"):
            subscriptions.put(late)
    assert subscriptions.find(first.id) == second


def test_what_is_gone_is_not_written_again(subscriptions: Subscriptions, unique: str) -> None:
    first = subscriptions.put(subscription(unique), CONFIDENTIAL)
    subscriptions.delete(first.id)
    subscriptions.delete(first.id)
    with pytest.raises(Conflict):
        subscriptions.put(replace(first, rate=5))
    assert subscriptions.find(first.id) is None
    assert subscriptions.put(subscription(unique)).version == 1


def test_what_is_confidential_is_opened_for_who_asks(subscriptions: Subscriptions, unique: str) -> None:
    put = subscriptions.put(subscription(unique), CONFIDENTIAL)
    for found in (put, subscriptions.find(put.id), *of(subscriptions, unique)):
        assert found is not None
        assert (found.headers, found.secrets) == (("Authorization", "X-Team"), secret_views(SECRETS))
        assert "s3cret" not in repr(found)
        assert "whsec_" not in repr(found)
        assert subscriptions.opened(found) == CONFIDENTIAL
    assert subscriptions.opened(subscription(unique)) == Confidential()


def test_what_is_confidential_stays_until_there_is_other(subscriptions: Subscriptions, unique: str) -> None:
    first = subscriptions.put(subscription(unique), CONFIDENTIAL)
    second = subscriptions.put(replace(first, rate=5))
    assert second.secrets == secret_views(SECRETS)
    assert subscriptions.opened(second) == CONFIDENTIAL
    third = subscriptions.put(second, Confidential(secrets=SECRETS[:1]))
    assert (third.headers, third.secrets) == ((), secret_views(SECRETS[:1]))
    assert subscriptions.opened(third) == Confidential(secrets=SECRETS[:1])
    assert subscriptions.find(third.id) == third


def test_inboxes_are_beside_them(subscriptions: Subscriptions, unique: str) -> None:
    box = Inbox(owner=unique, wanted=Wanted(filter={"tag": ("vip",)}), created_at=NOW, updated_at=NOW)
    assert subscriptions.inbox(unique) is None
    subscriptions.put_inbox(box)
    assert subscriptions.inbox(unique) == box
    assert [one for one in subscriptions.inboxes() if one.owner == unique] == [box]
    assert of(subscriptions, unique) == []
    other = replace(box, wanted=Wanted(types=("ticket.*",)), updated_at=NOW + timedelta(hours=1))
    subscriptions.put_inbox(other)
    assert [one for one in subscriptions.inboxes() if one.owner == unique] == [other]


def test_an_inbox_is_made_where_there_is_none(subscriptions: Subscriptions, unique: str) -> None:
    box = Inbox(owner=unique, created_at=NOW, updated_at=NOW)
    subscriptions.make_inbox(box)
    assert subscriptions.inbox(unique) == box
    subscriptions.make_inbox(Inbox(owner=unique, wanted=Wanted(types=("a",)), created_at=NOW, updated_at=NOW))
    assert [one for one in subscriptions.inboxes() if one.owner == unique] == [box]


def test_what_another_process_wrote_is_in_it(process: Callable[[], DynamoSubscriptions], unique: str) -> None:
    here, there = process(), process()
    assert of(here, unique) == []
    put = there.put(subscription(unique), CONFIDENTIAL)
    assert of(here, unique) == [put]
    there.put_inbox(Inbox(owner=unique, created_at=NOW, updated_at=NOW))
    assert unique in {box.owner for box in here.inboxes()}
    there.delete(put.id)
    assert of(here, unique) == []


def test_the_table_is_read_again_only_where_something_changed_or_after_a_minute(
    process: Callable[[], DynamoSubscriptions], aws: FaultyAws, clock: FakeClock, unique: str
) -> None:
    here = process()
    here.put(subscription(unique))
    assert len(of(here, unique)) == 1
    with aws.outage(SCAN):
        clock.at = NOW + BELIEVED
        assert len(of(here, unique)) == 1
        here.inboxes()
        process().put(subscription(unique, "other"))
        with pytest.raises(Unavailable):
            here.all()
    assert len(of(here, unique)) == 2
    with aws.outage(SCAN):
        clock.at += BELIEVED + timedelta(seconds=1)
        with pytest.raises(Unavailable):
            here.all()


def test_nothing_is_opened_but_for_who_sends_and_once_by_what_is_sealed(
    process: Callable[[], DynamoSubscriptions], aws: FaultyAws, unique: str
) -> None:
    here = process()
    put = here.put(subscription(unique), CONFIDENTIAL)
    with aws.outage(KMS):
        (found,) = of(here, unique)
        with pytest.raises(Unavailable):
            here.opened(found)
    assert here.opened(found) == CONFIDENTIAL
    with aws.outage(KMS):
        assert here.opened(here.put(replace(put, rate=5))) == CONFIDENTIAL


def test_what_is_sealed_opens_for_its_own_subscription_alone(
    process: Callable[[], DynamoSubscriptions], client: Client, unique: str
) -> None:
    put = process().put(subscription(unique), CONFIDENTIAL)
    (row,) = [row for row in client("dynamodb").scan(TableName=named("subscriptions"))["Items"]
              if row["id"]["S"] == put.id]  # fmt: skip
    for word in ("s3cret", "whsec_"):
        assert word not in str(row)
    for other in (replace(put, id=subscription_id(unique, "other")), replace(put, owner="other")):
        with pytest.raises(Poison, match="InvalidCiphertextException"):
            process().opened(other)


def test_more_than_can_be_sealed_is_refused(process: Callable[[], DynamoSubscriptions], unique: str) -> None:
    with pytest.raises(Invalid, match=r"4,096 are kept") as refusal:
        process().put(subscription(unique), Confidential(headers={"X-Long": "x" * 4_096}))
    assert refusal.value.field == "headers"
    assert of(process(), unique) == []


def test_a_write_whose_count_is_lost_is_seen_a_minute_later(
    process: Callable[[], DynamoSubscriptions], aws: FaultyAws, clock: FakeClock, unique: str
) -> None:
    here, there = process(), process()
    assert of(here, unique) == []
    with aws.outage(COUNT), pytest.raises(Unavailable):
        there.put(subscription(unique))
    assert of(here, unique) == []
    clock.at += BELIEVED + timedelta(seconds=1)
    assert len(of(here, unique)) == 1


def test_of_many_that_make_it_at_once_one_does(
    process: Callable[[], DynamoSubscriptions], unique: str
) -> None:
    def made(number: int) -> str:
        secret = Secret(f"whsec_{number}")
        try:
            process().put(subscription(unique), Confidential(secrets=(secret,)))
        except Conflict:
            return ""
        return secret.value

    with ThreadPoolExecutor(8) as pool:
        (winner,) = filter(None, pool.map(made, range(8)))
    (kept,) = of(process(), unique)
    assert [one.value for one in process().opened(kept).secrets] == [winner]


class AnswersLost:
    """A client whose SDK repeats each put, as where the answer to the first was lost."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_item(self, **asked: Any) -> Any:
        self._client.put_item(**asked)
        return self._client.put_item(**asked)


def test_a_put_that_is_repeated_is_the_same_put(client: Client, clock: FakeClock, unique: str) -> None:
    seal = KmsSeal(client("kms"), f"alias/{PREFIX}")
    repeating = DynamoSubscriptions(AnswersLost(client("dynamodb")), named("subscriptions"), seal, clock)
    first = repeating.put(full(unique), CONFIDENTIAL)
    assert repeating.put(replace(first, rate=5)).version == 2
    with pytest.raises(Conflict):
        repeating.put(replace(first, rate=6))
