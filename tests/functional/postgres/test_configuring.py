from __future__ import annotations

import logging
from dataclasses import fields
from datetime import datetime

import pytest

from chalicelib.domain.operations.configuration import SHAPES, PriorityConfiguration, TriageConfiguration
from chalicelib.errors import Invalid, NotFound, Stale
from chalicelib.services.postgres.configurations import PostgresConfigurations
from chalicelib.services.postgres.connection import Database
from triggeriq import PriorityRule


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def configurations(database: Database, clock: Clock) -> PostgresConfigurations:
    return PostgresConfigurations(database, clock=clock)


@pytest.mark.parametrize("key", SHAPES)
def test_every_default_survives_being_stored(
    configurations: PostgresConfigurations, now: datetime, key: str
) -> None:
    default = configurations.find(key)
    assert (default.version, default.value) == (0, SHAPES[key]())
    configurations.put(key, default.value, "ann", 0, now)
    fresh = PostgresConfigurations(configurations._database).find(key)
    assert (fresh.version, fresh.value, fresh.by, fresh.at) == (1, SHAPES[key](), "ann", now)


def test_every_version_is_kept(
    database: Database, configurations: PostgresConfigurations, now: datetime
) -> None:
    for n in (1, 2, 3):
        assert (
            configurations.put("triage", TriageConfiguration(review_below=n / 10), "ann", n - 1, now).version
            == n
        )
    assert [row[0] for row in database.run("select version from configurations order by 1")] == [1, 2, 3]
    with pytest.raises(Stale):
        configurations.put("triage", TriageConfiguration(), "bob", 1, now)


def test_a_value_may_come_as_json(configurations: PostgresConfigurations, now: datetime) -> None:
    rules = {"rules": [{"priority": "high", "reason": "angry", "score_at_most": -1, "words": ["ü"]}]}
    configurations.put("priority", rules, "ann", None, now)
    assert configurations.find("priority").value == PriorityConfiguration(
        rules=(PriorityRule(priority="high", reason="angry", score_at_most=-1.0, words=("ü",)),)
    )


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (7, "value must be an object"),
        ({"rules": {}}, "rules must be a list"),
        ({"rules": [{"priority": "dire", "reason": "x"}]}, r"rules\[0\]\.priority must be one of"),
        ({"rules": [{"priority": "high"}]}, r"rules\[0\]"),
        (
            {"rules": [{"priority": "high", "reason": "x", "words": [1]}]},
            r"rules\[0\]\.words\[0\] must be str",
        ),
    ],
)
def test_a_wrong_value_is_invalid_and_says_where(
    configurations: PostgresConfigurations, now: datetime, value: object, place: str
) -> None:
    with pytest.raises(Invalid, match=place):
        configurations.put("priority", value, "ann", None, now)


@pytest.mark.parametrize("stored", ['"much"', "7"])
def test_what_is_stored_and_no_longer_valid_gives_way_to_the_default(
    database: Database, configurations: PostgresConfigurations, caplog: pytest.LogCaptureFixture, stored: str
) -> None:
    value = f'{{"review_below": {stored}}}'
    database.run(
        "insert into configurations values ('triage', 4, cast(:value as jsonb), 'old', now())", value=value
    )
    with caplog.at_level(logging.ERROR):
        found = configurations.find("triage")
    assert (found.version, found.value) == (4, TriageConfiguration())
    (record,) = caplog.records
    assert record.getMessage() == (
        "configuration triage version 4 is not valid at review_below, the default is used"
    )


def test_fields_of_another_release_are_passed_over(
    database: Database, configurations: PostgresConfigurations
) -> None:
    database.run("insert into configurations values ('triage', 1, '{\"from_the_future\": 1}', 'new', now())")
    assert configurations.find("triage").value == TriageConfiguration()
    assert [field.name for field in fields(TriageConfiguration)] != ["from_the_future"]


def test_a_value_set_elsewhere_is_seen_within_ten_seconds(
    database: Database, configurations: PostgresConfigurations, clock: Clock, now: datetime
) -> None:
    configurations.find("triage")
    PostgresConfigurations(database).put("triage", TriageConfiguration(review_below=0.9), "ann", None, now)
    clock.now = 9.9
    assert configurations.find("triage").version == 0
    clock.now = 10.1
    assert configurations.find("triage").version == 1


def test_a_key_that_there_is_not_is_not_found(configurations: PostgresConfigurations, now: datetime) -> None:
    with pytest.raises(NotFound):
        configurations.find("colour")
    with pytest.raises(NotFound):
        configurations.put("colour", {}, "ann", None, now)
