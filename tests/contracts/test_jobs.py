"""What every store of jobs promises: DynamoDB's, on one that runs inside this process, and the twin in
memory."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from chalicelib.domain.operations.job import Job, Step
from chalicelib.domain.page import to_cursor
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.ports.operations import Jobs
from chalicelib.services.dynamodb.jobs import BEGINNING, KEPT, DynamoJobs
from tests.in_memory_jobs import InMemoryJobs

TABLE = json.loads((Path(__file__).parents[2] / "resources.json").read_text())["tables"]["jobs"]
NOW = datetime(2026, 3, 1, 9, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        client = boto3.client("dynamodb", region_name="us-east-1")
        names = {*TABLE["key"], *(name for index in TABLE["indexes"].values() for name in index["key"])}
        client.create_table(
            TableName="jobs",
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in sorted(names)],
            GlobalSecondaryIndexes=[
                {
                    "IndexName": index_name,
                    "KeySchema": [
                        {"AttributeName": name, "KeyType": kind}
                        for name, kind in zip(index["key"], ("HASH", "RANGE"), strict=True)
                    ],
                    "Projection": {"ProjectionType": "ALL"},
                }
                for index_name, index in TABLE["indexes"].items()
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client


@pytest.fixture(params=["DynamoDB", "memory"])
def jobs(request: pytest.FixtureRequest, clock: Clock) -> Jobs:
    if request.param == "memory":
        return InMemoryJobs(clock)
    return DynamoJobs(request.getfixturevalue("client"), "jobs", clock)


@pytest.fixture
def dynamo(client: Any, clock: Clock) -> DynamoJobs:
    return DynamoJobs(client, "jobs", clock)


def job(number: int = 1, **fields: Any) -> Job:
    at = NOW + timedelta(seconds=number)
    return Job(
        **{
            "id": f"{number:024x}",
            "kind": "count",
            "arguments": {"number": number, "name": None},
            "by": "ana (k1)",
            "owner": "ana",
            "connections": ("csv/default",),
            "created_at": at,
            "updated_at": at,
            **fields,
        }
    )


def begun(jobs: Jobs, number: int = 1, holder: str = "me") -> Job:
    jobs.start(job(number))
    found = jobs.begin(job(number).id, holder, NOW + HOUR)
    assert found is not None
    return found


def test_a_job_is_found_as_it_was_started(jobs: Jobs) -> None:
    jobs.start(job())
    assert jobs.find(job().id) == job()
    assert jobs.find(job(2).id) is None


def test_the_same_work_is_not_begun_twice_until_it_is_over(jobs: Jobs) -> None:
    first = begun(jobs)
    second = job(2, arguments=job().arguments)
    with pytest.raises(Conflict, match=first.id):
        jobs.start(second)
    jobs.start(job(3))
    assert jobs.save(first.ended("done", NOW), None)
    jobs.start(second)
    with pytest.raises(Conflict, match=second.id):
        jobs.start(job(4, arguments=job().arguments))


def test_whoever_begins_has_the_job_until_his_time_is_up(jobs: Jobs, clock: Clock) -> None:
    mine = begun(jobs)
    assert (mine.status, mine.started_at) == ("running", NOW)
    assert jobs.begin(mine.id, "another", NOW + HOUR) is None
    again = jobs.begin(mine.id, "me", NOW + HOUR)
    assert again is not None
    assert again.saves > mine.saves
    clock.now = NOW + HOUR + timedelta(seconds=1)
    other = jobs.begin(mine.id, "another", clock.now + HOUR)
    assert other is not None
    assert other.started_at == NOW


def test_a_step_is_kept_with_its_checkpoint_and_progress(jobs: Jobs) -> None:
    mine = begun(jobs)
    step = Step({"after": "ä/1", "left": [1, 2.5]}, done=3, skipped=1, total=9)
    saved = jobs.save(mine.after(step), NOW + HOUR)
    assert saved is not None
    found = jobs.find(mine.id)
    assert found == saved
    assert (found.checkpoint, found.done, found.skipped, found.total) == (step.checkpoint, 3, 1, 9)
    assert jobs.begin(mine.id, "another", NOW + HOUR) is None


def test_a_job_that_was_let_go_is_anybody_s(jobs: Jobs) -> None:
    mine = begun(jobs)
    assert jobs.save(mine.after(Step(1)), None)
    other = jobs.begin(mine.id, "another", NOW + HOUR)
    assert other is not None
    assert other.checkpoint == 1


def test_of_two_that_work_on_it_only_the_later_one_writes(jobs: Jobs) -> None:
    former = begun(jobs)
    later = jobs.begin(former.id, "me", NOW + HOUR)
    assert later is not None
    assert jobs.save(former.after(Step("former")), NOW + HOUR) is None
    assert jobs.save(later.after(Step("later")), NOW + HOUR)
    found = jobs.find(former.id)
    assert found is not None
    assert found.checkpoint == "later"


def test_a_cancelled_job_is_neither_saved_nor_begun(jobs: Jobs, clock: Clock) -> None:
    mine = begun(jobs)
    assert jobs.cancel(mine.id).status == "cancelled"
    clock.now += timedelta(seconds=1)
    assert jobs.save(mine.after(Step(1)), NOW + HOUR) is None
    assert jobs.begin(mine.id, "me", NOW + HOUR) is None
    with pytest.raises(Conflict, match="cancelled"):
        jobs.cancel(mine.id)
    with pytest.raises(NotFound):
        jobs.cancel(job(2).id)


def test_a_job_that_is_over_is_not_begun(jobs: Jobs) -> None:
    mine = begun(jobs)
    ended = jobs.save(mine.ended("failed", NOW, "no such thing"), None)
    assert ended is not None
    assert (ended.status, ended.reason, ended.finished_at) == ("failed", "no such thing", NOW)
    assert jobs.begin(mine.id, "me", NOW + HOUR) is None
    assert jobs.begin(job(2).id, "me", NOW + HOUR) is None


def test_jobs_are_listed_newest_first_in_pages(jobs: Jobs) -> None:
    for number in range(4):
        jobs.start(job(number))
    first = jobs.list(3, None, None)
    second = jobs.list(3, first.next, None)
    assert [one.id for one in (*first.items, *second.items)] == [job(number).id for number in (3, 2, 1, 0)]
    assert second.next is None


def test_one_for_its_owner_s_eyes_is_his_and_the_admins_alone(jobs: Jobs) -> None:
    theirs = job(1, audience="acme", arguments={"subscription": "sub_1"})
    jobs.start(job(0))
    jobs.start(theirs)
    for owner, seen in (("acme", [theirs, job(0)]), (None, [theirs, job(0)]), ("other", [job(0)])):
        assert list(jobs.list(10, None, None, owner).items) == seen
        assert jobs.find(theirs.id, None, owner) == (theirs if theirs in seen else None)
        assert jobs.find(job(0).id, None, owner) == job(0)


def test_forgotten_is_what_nobody_has_in_hand_and_nobody_wrote_for_long(jobs: Jobs, clock: Clock) -> None:
    for number in (1, 2, 3, 4):
        jobs.start(job(number))
    assert jobs.begin(job(1).id, "me", NOW + HOUR)  # in hand
    assert jobs.begin(job(2).id, "me", NOW + timedelta(minutes=1))  # in hand of somebody who died
    assert jobs.cancel(job(3).id)
    assert jobs.forgotten(NOW) == []
    clock.now = NOW + HOUR / 2
    forgotten = jobs.forgotten(NOW + HOUR / 4)
    assert {one.id for one in forgotten} == {job(2).id, job(4).id}
    for one in forgotten:
        jobs.sent(one)
    assert jobs.forgotten(NOW + HOUR / 4) == []


def test_a_job_that_has_expired_is_not_shown_though_it_still_stands(dynamo: DynamoJobs, clock: Clock) -> None:
    dynamo.start(job())
    clock.now = NOW + KEPT + timedelta(seconds=1)
    assert dynamo.find(job().id) is None
    assert dynamo.list(10, None, None).items == ()
    assert dynamo.forgotten(clock.now) == []
    with pytest.raises(NotFound):
        dynamo.cancel(job().id)


def test_a_start_that_died_before_its_job_was_written_bars_the_work_for_a_minute(
    dynamo: DynamoJobs, client: Any, clock: Clock
) -> None:
    dynamo.start(job())
    client.delete_item(TableName="jobs", Key={"id": {"S": job().id}})
    second = job(2, arguments=job().arguments)
    with pytest.raises(Conflict):
        dynamo.start(second)
    clock.now = NOW + BEGINNING + timedelta(seconds=1)
    dynamo.start(second)
    assert dynamo.find(second.id) == second


class SentTwice:
    """Sends a change once more, as the SDK does where no answer comes."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def update_item(self, **request: Any) -> Any:
        self._client.update_item(**request)
        return self._client.update_item(**request)

    def put_item(self, **request: Any) -> Any:
        self._client.put_item(**request)
        return self._client.put_item(**request)


def test_what_was_written_though_its_answer_was_lost_is_not_taken_for_somebody_else_s(
    client: Any, clock: Clock
) -> None:
    jobs = DynamoJobs(SentTwice(client), "jobs", clock)
    mine = begun(jobs)
    saved = jobs.save(mine.after(Step(1, done=1, total=2)), NOW + HOUR)
    assert saved is not None
    assert (saved.done, saved.checkpoint) == (1, 1)
    assert jobs.save(mine.after(Step(2, done=2)), NOW + HOUR) is None
    assert jobs.cancel(mine.id).status == "cancelled"


def test_a_reason_that_is_longer_than_an_item_holds_is_cut(dynamo: DynamoJobs) -> None:
    mine = begun(dynamo)
    failed = dynamo.save(mine.ended("failed", NOW, "x" * 500_000), None)
    assert failed is not None
    assert failed.reason == "x" * 1_000


@pytest.mark.parametrize("position", [("x", "x"), (job().id, "x"), ("x", NOW.isoformat())])
def test_an_invented_cursor_is_refused(dynamo: DynamoJobs, position: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        dynamo.list(10, to_cursor(*position), None)
    assert refusal.value.field == "cursor"


def test_what_a_kind_keeps_is_not_looked_into(jobs: Jobs) -> None:
    jobs.start(replace(job(), arguments={"since": "2026-01-01", "share": 0.5, "all": True}))
    found = jobs.find(job().id)
    assert found is not None
    assert found.arguments == {"since": "2026-01-01", "share": 0.5, "all": True}
