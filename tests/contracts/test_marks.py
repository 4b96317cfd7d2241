"""What every Marks promises."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chalicelib.domain.operations.trouble import Mark
from chalicelib.errors import Unavailable
from chalicelib.ports.troubles import Marks
from chalicelib.services.dynamodb.marks import DynamoMarks
from local.catalogue import named
from tests.contracts.conftest import Client
from tests.functional.faulty_aws import FaultyAws
from tests.unit.pipeline.fakes import NOW, FakeClock, FakeMarks

NOTICED = Mark(NOW)
TOLD = Mark(NOW, told=True)
LATER = Mark(NOW + timedelta(hours=1))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["DynamoDB", "fake"])
def marks(request: pytest.FixtureRequest, clock: FakeClock) -> Marks:
    if request.param == "fake":
        return FakeMarks(clock)
    client: Client = request.getfixturevalue("client")
    return DynamoMarks(client("dynamodb"), named("quarantine"), clock)


def test_what_is_marked_is_known_by_its_name(marks: Marks, unique: str) -> None:
    assert marks.change(unique, None, NOTICED) is True
    assert marks.change(f"{unique} 2", None, TOLD) is True
    assert (marks.all()[unique], marks.all()[f"{unique} 2"]) == (NOTICED, TOLD)


def test_of_two_who_mark_at_once_one_does(marks: Marks, unique: str) -> None:
    assert marks.change(unique, None, NOTICED) is True
    assert marks.change(unique, None, LATER) is False
    assert marks.change(unique, NOTICED, TOLD) is True
    assert marks.change(unique, NOTICED, LATER) is False
    assert marks.all()[unique] == TOLD


def test_the_same_again_is_done(marks: Marks, unique: str) -> None:
    """As it comes where the first answer was lost."""
    assert [marks.change(unique, None, NOTICED) for _ in range(2)] == [True, True]
    assert [marks.change(unique, NOTICED, TOLD) for _ in range(2)] == [True, True]


def test_what_is_removed_is_marked_anew(marks: Marks, unique: str) -> None:
    marks.remove(unique)
    marks.change(unique, None, TOLD)
    marks.remove(unique)
    assert unique not in marks.all()
    assert marks.change(unique, None, LATER) is True


def test_a_mark_is_kept_for_90_days(marks: Marks, clock: FakeClock, unique: str) -> None:
    marks.change(unique, None, TOLD)
    clock.at = NOW + timedelta(days=89)
    assert unique in marks.all()
    clock.at = NOW + timedelta(days=90)
    assert unique not in marks.all()
    assert marks.change(unique, None, LATER) is True


def test_a_table_that_is_down_is_unavailable(client: Client, aws: FaultyAws, unique: str) -> None:
    marks = DynamoMarks(client("dynamodb"), named("quarantine"), FakeClock())
    with aws.outage("DynamoDB"):
        with pytest.raises(Unavailable):
            marks.all()
        with pytest.raises(Unavailable):
            marks.change(unique, None, NOTICED)
        with pytest.raises(Unavailable):
            marks.remove(unique)
