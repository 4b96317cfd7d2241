"""What every Connections promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.intake.connection import Secret, StoredConnection
from chalicelib.errors import Invalid, Unavailable, Unconfigured
from chalicelib.ports.intake import Connections
from chalicelib.services.dynamodb.connections import DynamoConnections
from chalicelib.services.kms import KmsSeal
from local.catalogue import PREFIX, named
from tests.contracts.conftest import Client
from tests.functional.faulty_aws import FaultyAws
from tests.unit.pipeline.fakes import NOW, FakeClock, FakeConnections, now
from tests.unit.triggeriq.providers import PROVIDERS, secret_of, unsigned
from triggeriq import Connection, NotVerified, Scheme
from triggeriq.signing import signed
from triggeriq.verification import verify

SOURCE = "zendesk"


def as_stored(source: str, settings: Mapping[str, Any]) -> Any:
    """The settings of a source that takes none but these."""
    if settings:
        raise Invalid("there is no such setting", "settings.old")
    return None


@pytest.fixture
def real(client: Client) -> Callable[[], DynamoConnections]:
    """Gives the connections as each process has them."""
    seal = KmsSeal(client("kms"), f"alias/{PREFIX}")
    return lambda: DynamoConnections(client("dynamodb"), named("connections"), seal, as_stored, now)


def stored(name: str, **settings: Any) -> StoredConnection:
    """Its second secret has had its time."""
    secrets = (Secret("s"), Secret("old", NOW - timedelta(seconds=1)))
    return StoredConnection(
        source=SOURCE, name=name, owner="", secrets=secrets, settings=settings, updated_at=NOW
    )


@pytest.fixture(params=["DynamoDB", "fake"])
def connections(
    request: pytest.FixtureRequest, real: Callable[[], DynamoConnections], unique: str
) -> Connections:
    """With the connection `unique`, and `unique`-old, whose settings its source takes no more."""
    if request.param == "fake":
        return FakeConnections(unique, unconfigured=[f"{unique}-old"])
    elsewhere = real()
    elsewhere.put(stored(unique))
    elsewhere.put(stored(f"{unique}-old", old=True))
    return real()


def test_a_connection_is_found_with_its_secrets_in_force(connections: Connections, unique: str) -> None:
    assert connections.find(SOURCE, unique) == Connection(source=SOURCE, name=unique, secrets=("s",))


def test_a_connection_that_there_is_not_is_none(connections: Connections, unique: str) -> None:
    assert connections.find(SOURCE, f"{unique}-2") is None
    assert connections.find(SOURCE, f"{unique}-2", fresh=True) is None


def test_a_fresh_look_finds_what_was_made_elsewhere_since(
    connections: Connections, real: Callable[[], DynamoConnections], unique: str
) -> None:
    name = f"{unique}-2"
    assert connections.find(SOURCE, name) is None
    if isinstance(connections, FakeConnections):
        connections.names.add(name)
    else:
        real().put(stored(name))
    found = connections.find(SOURCE, name, fresh=True)
    assert found == Connection(source=SOURCE, name=name, secrets=("s",))


def test_a_connection_whose_source_takes_its_settings_no_more_is_unconfigured(
    connections: Connections, unique: str
) -> None:
    for fresh in (False, True):
        with pytest.raises(Unconfigured, match="configure it anew"):
            connections.find(SOURCE, f"{unique}-old", fresh)


@pytest.mark.parametrize("row", PROVIDERS.values(), ids=PROVIDERS)
def test_a_previous_secret_is_refused_at_its_expiry_though_the_connection_is_in_the_cache(
    client: Client, aws: FaultyAws, unique: str, row: Scheme
) -> None:
    clock = FakeClock()
    seal = KmsSeal(client("kms"), f"alias/{PREFIX}")
    connections = DynamoConnections(
        client("dynamodb"), named("connections"), seal, as_stored, clock, seconds=3_600
    )
    expiry, old, new = NOW + timedelta(minutes=1), secret_of(row), secret_of(row)[:-4] + "abcd"
    secrets = (Secret(new), Secret(old, expiry))
    connections.put(replace(stored(unique), secrets=secrets))

    def proven_by(secret: str) -> int | str:
        request = signed(row, secret, unsigned(row), clock.at)
        connection = connections.find(SOURCE, unique)
        assert connection is not None
        try:
            return verify((row,), request, connection, clock.at).secret
        except NotVerified as refusal:
            return refusal.reason

    assert (proven_by(new), proven_by(old)) == (0, 1)
    with aws.outage("DynamoDB"):  # from here on only the cache answers
        clock.at = expiry - timedelta(microseconds=1)
        assert (proven_by(new), proven_by(old)) == (0, 1)
        clock.at = expiry
        assert (proven_by(new), proven_by(old)) == (0, "mismatch")


@pytest.mark.parametrize("service", ["DynamoDB", "TrentService"])
def test_a_service_that_is_down_is_unavailable(
    real: Callable[[], DynamoConnections], aws: FaultyAws, unique: str, service: str
) -> None:
    """TrentService is what KMS calls itself."""
    real().put(stored(unique))
    with aws.outage(service), pytest.raises(Unavailable) as unavailable:
        real().find(SOURCE, unique)
    assert not isinstance(unavailable.value, Unconfigured)
