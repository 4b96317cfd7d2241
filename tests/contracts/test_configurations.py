"""What every Configurations promises."""

from __future__ import annotations

from datetime import datetime

import pytest

from chalicelib.domain.operations.configuration import SHAPES, TriageConfiguration
from chalicelib.errors import NotFound, Stale, Unavailable
from chalicelib.ports.operations import Configurations
from chalicelib.services.postgres.configurations import PostgresConfigurations
from chalicelib.services.postgres.connection import Database
from tests.unit.pipeline.fakes import FakeConfigurations

STRICT, LAX = TriageConfiguration(review_below=0.9), TriageConfiguration(review_below=0.1)


@pytest.fixture(params=["PostgreSQL", "fake"])
def configurations(request: pytest.FixtureRequest) -> Configurations:
    if request.param == "fake":
        return FakeConfigurations()
    return PostgresConfigurations(request.getfixturevalue("database"))


@pytest.mark.parametrize("key", SHAPES)
def test_the_default_is_in_force_where_none_was_set(configurations: Configurations, key: str) -> None:
    found = configurations.find(key)
    assert (found.key, found.version, found.value, found.by, found.at) == (key, 0, SHAPES[key](), None, None)


def test_what_was_set_is_in_force_as_a_new_version(configurations: Configurations, now: datetime) -> None:
    configurations.put("triage", STRICT, "ann", None, now)
    put = configurations.put("triage", LAX, "bob", 1, now)
    assert (put.key, put.version, put.value, put.by, put.at) == ("triage", 2, LAX, "bob", now)
    assert configurations.find("triage") == put
    assert configurations.find("priority").version == 0


def test_a_version_that_is_gone_is_stale_and_changes_nothing(
    configurations: Configurations, now: datetime
) -> None:
    configurations.put("triage", STRICT, "ann", 0, now)
    with pytest.raises(Stale):
        configurations.put("triage", LAX, "bob", 0, now)
    assert configurations.find("triage").value == STRICT


def test_a_key_that_there_is_not_is_not_found(configurations: Configurations, now: datetime) -> None:
    with pytest.raises(NotFound):
        configurations.find("colour")
    with pytest.raises(NotFound):
        configurations.put("colour", STRICT, "ann", None, now)


def test_a_database_that_is_down_is_unavailable(unreachable: Database, now: datetime) -> None:
    configurations = PostgresConfigurations(unreachable)
    with pytest.raises(Unavailable):
        configurations.find("triage")
    with pytest.raises(Unavailable):
        configurations.put("triage", STRICT, "ann", None, now)
