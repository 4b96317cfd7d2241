"""Connections as an admin makes them: what is refused, and that no secret comes out again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.intake.connection import ConnectionView, Secret, StoredConnection
from chalicelib.domain.intake.poll_state import PollState
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import Page
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.pipeline.intake.connect import SECRET_LENGTH, SECRETS_LIMIT, Connect
from chalicelib.ports.operations import Clock
from tests.unit.pipeline.fakes import NOW, FakeClock, FakePolls, FakeSources, now
from triggeriq import Connection, Events, Request, Scheme, Source
from triggeriq.verification import SECRET_NAME_LENGTH

CURRENT, OLD = Secret("current"), Secret("old", NOW + timedelta(days=1))


class Signed(Source):
    name = "signed"

    def schemes(self, connection: Connection) -> tuple[Scheme, ...]:
        return (Scheme(header="x-signature"),)


class Keyed(Source):
    """Its secrets are Base64."""

    name = "keyed"

    def schemes(self, connection: Connection) -> tuple[Scheme, ...]:
        return (Scheme(header="x-signature", key_form="whsec"),)


class Named(Source):
    """Whoever knows the connection's name may send."""

    name = "named"

    def schemes(self, connection: Connection) -> tuple[Scheme, ...]:
        return (Scheme(kind="secret_name"),)


@dataclass(frozen=True)
class FetchingSettings:
    credentials: str = ""


class Fetching(Source):
    name = "fetching"
    settings = FetchingSettings

    def poll(self, cursor: Any, connection: Connection, http: Any, deadline: Any) -> Iterator[Any]:
        return iter(())


class Choosy(FakeSources):
    def parse_settings(self, source: str, settings: Mapping[str, Any]) -> Any:
        if "odd" in settings:
            raise Invalid("there is no such setting", "settings.odd")
        return None


class FakeConnectionStore:
    """missing: names that the list tells, and that are gone when they are asked for."""

    def __init__(self) -> None:
        self.stored: dict[tuple[str, str], StoredConnection] = {}
        self.missing: list[tuple[str, str]] = []

    def get(self, source: str, name: str) -> StoredConnection | None:
        return self.stored.get((source, name))

    def put(self, connection: StoredConnection) -> None:
        self.stored[connection.source, connection.name] = connection

    def delete(self, source: str, name: str) -> bool:
        return self.stored.pop((source, name), None) is not None

    def list(
        self, limit: int, cursor: str | None, owner: str | None, within: Restriction | None
    ) -> Page[tuple[str, str]]:
        return Page((*self.missing, *self.stored)[:limit], "more")


def connecting(
    store: FakeConnectionStore, sources: FakeSources, clock: Clock = now, polls: FakePolls | None = None
) -> Connect:
    return Connect(store=store, sources=sources, polls=polls or FakePolls(), stage="test", now=clock)


@pytest.fixture
def store() -> FakeConnectionStore:
    return FakeConnectionStore()


@pytest.fixture
def connect(store: FakeConnectionStore) -> Connect:
    return connecting(store, Choosy(Signed(), Keyed(), Named(), Fetching()))


def put(
    connect: Connect,
    source: str = "signed",
    name: str = "shop",
    secrets: Sequence[Secret] = (CURRENT,),
    **settings: Any,
) -> ConnectionView:
    return connect.put(source, name, secrets, settings, "marketing")


def test_a_connection_is_kept_as_it_was_given(connect: Connect, store: FakeConnectionStore) -> None:
    put(connect, secrets=(CURRENT, OLD), language="de")
    assert store.stored["signed", "shop"] == StoredConnection(
        source="signed",
        name="shop",
        owner="marketing",
        secrets=(CURRENT, OLD),
        settings={"language": "de"},
        updated_at=NOW,
    )


def test_no_secret_comes_out_again_but_which_is_current_and_until_when(connect: Connect) -> None:
    view = put(connect, secrets=(CURRENT, OLD))
    assert view == connect.get("signed", "shop")
    assert [(secret.current, secret.expires_at) for secret in view.secrets] == [
        (True, None),
        (False, OLD.expires_at),
    ]
    assert len({secret.id for secret in view.secrets}) == 2
    assert "current" not in repr(view).replace("current=", "")


def test_what_is_put_again_replaces_what_stood(connect: Connect, store: FakeConnectionStore) -> None:
    put(connect, secrets=(CURRENT, OLD), language="de")
    put(connect, secrets=(OLD,))
    assert store.stored["signed", "shop"].secrets == (OLD,)
    assert store.stored["signed", "shop"].settings == {}


@pytest.mark.parametrize(
    ("arguments", "field", "message"),
    [
        ({"secrets": [CURRENT] * (SECRETS_LIMIT + 1)}, "secrets", f"at most {SECRETS_LIMIT} secrets"),
        ({"secrets": [CURRENT, Secret("")]}, "secrets[1]", "a secret has 1 to"),
        ({"secrets": [Secret("x" * (SECRET_LENGTH + 1))]}, "secrets[0]", "a secret has 1 to"),
        ({"secrets": [CURRENT, Secret("old", NOW)]}, "secrets[1].expires_at", "it has passed; name a time"),
        ({"secrets": [Secret("old", NOW - timedelta(days=1))]}, "secrets[0].expires_at", "leave this secret"),
        ({"source": "keyed", "secrets": [Secret("no base64")]}, "secrets[0]", "is Base64"),
        ({"source": "named", "name": "x" * (SECRET_NAME_LENGTH - 1)}, "connection", "the name is the secret"),
        ({"odd": True}, "settings.odd", "there is no such setting"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_and_nothing_is_kept(
    connect: Connect, store: FakeConnectionStore, arguments: dict[str, Any], field: str, message: str
) -> None:
    with pytest.raises(Invalid, match=message) as refused:
        put(connect, **arguments)
    assert refused.value.field == field
    assert store.stored == {}


def test_as_much_as_is_allowed_is_taken(connect: Connect, store: FakeConnectionStore) -> None:
    put(connect, secrets=[Secret("x" * SECRET_LENGTH)] * SECRETS_LIMIT)
    put(connect, source="named", name="x" * SECRET_NAME_LENGTH)
    put(connect, name="bare", secrets=())
    assert len(store.stored) == 3


class Proofless(Source):
    """Nobody can prove anything to it."""

    name = "proofless"

    def receive(self, request: Request, connection: Connection) -> Events:
        return Events()


class Broken(Proofless):
    name = "broken"

    def schemes(self, connection: Connection) -> tuple[Scheme, ...]:
        raise KeyError("x")


class Receiving(Signed):
    """As Signed, and takes webhooks. Its scheme refuses the secret that everybody knows."""

    name = "receiving"
    receive = Proofless.receive

    def schemes(self, connection: Connection) -> tuple[Scheme, ...]:
        return (Scheme(header="x-signature", refused_secrets=("public",)),)


class ReceivingNamed(Named):
    name = "receiving_named"
    receive = Proofless.receive


@pytest.mark.parametrize(
    ("source", "secrets", "warning"),
    [
        ("receiving", (CURRENT,), None),
        ("receiving", (OLD,), None),
        ("receiving", (), "it has no secret in force, so every webhook is refused"),
        ("receiving_named", (), None),
        ("signed", (), None),
        ("proofless", (CURRENT,), "its source has no way to verify a webhook"),
    ],
)
def test_a_connection_that_lets_nobody_in_says_so(
    store: FakeConnectionStore, source: str, secrets: Sequence[Secret], warning: str | None
) -> None:
    sources = Choosy(Signed(), Proofless(), Receiving(), ReceivingNamed())
    connect = connecting(store, sources)
    name = "x" * SECRET_NAME_LENGTH
    made = put(connect, source, name, secrets)
    assert (made.warning is None) == (warning is None)
    assert str(made.warning).startswith(str(warning))
    (listed,) = connect.list(1, None, None, None).items
    assert made == connect.get(source, name) == listed


def test_it_says_so_from_the_moment_on_when_its_last_secret_has_expired(store: FakeConnectionStore) -> None:
    clock = FakeClock()
    connect = connecting(store, Choosy(Receiving()), clock)
    assert put(connect, "receiving", secrets=(OLD,)).warning is None
    clock.at = NOW + timedelta(days=1)
    warned = connect.get("receiving", "shop")
    assert warned is not None
    assert str(warned.warning).startswith("it has no secret in force")


def stored(source: str, *secrets: Secret, **settings: Any) -> StoredConnection:
    return StoredConnection(
        source=source, name="shop", owner="o", secrets=secrets, settings=settings, updated_at=NOW
    )


@pytest.mark.parametrize(
    ("connection", "warning"),
    [
        (stored("receiving", Secret("public")), "none of its secrets is of use, .*: this is the provider's"),
        (stored("receiving", CURRENT, odd=True), "there is no such setting"),
        (stored("broken", CURRENT), "the plugin broken/1.* raised KeyError"),
        (stored("gone", CURRENT), "its source is not installed"),
    ],
)
def test_what_a_plugin_no_longer_takes_is_shown_all_the_same(
    store: FakeConnectionStore, connection: StoredConnection, warning: str
) -> None:
    store.put(connection)
    view = connecting(store, Choosy(Receiving(), Broken())).get(connection.source, "shop")
    assert view is not None
    assert re.search(warning, str(view.warning))


def test_a_source_that_there_is_not_has_no_connections(connect: Connect, store: FakeConnectionStore) -> None:
    with pytest.raises(NotFound, match="there is no source nobody; GET /sources"):
        put(connect, source="nobody")
    assert store.stored == {}


def test_one_that_is_gone_while_all_are_listed_is_left_out(
    connect: Connect, store: FakeConnectionStore
) -> None:
    put(connect)
    store.missing = [("signed", "gone")]
    page = connect.list(2, None, None, None)
    assert [view.connection for view in page.items] == ["shop"]
    assert page.next == "more"


def test_a_connection_that_there_is_not(connect: Connect) -> None:
    assert connect.get("signed", "nobody") is None
    with pytest.raises(NotFound, match="signed has no connection nobody"):
        connect.delete("signed", "nobody")


def test_what_is_deleted_is_gone(connect: Connect) -> None:
    put(connect)
    connect.delete("signed", "shop")
    assert connect.get("signed", "shop") is None
    with pytest.raises(NotFound):
        connect.delete("signed", "shop")


ARN = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:triggeriq/test/acme-AbCdEf"


@pytest.mark.parametrize("arn", [ARN.replace("/test/", "/prod/"), "a token", 7])
def test_credentials_of_others_are_refused(store: FakeConnectionStore, arn: Any) -> None:
    connect = connecting(store, Choosy(Fetching()))
    with pytest.raises(Invalid, match="triggeriq/test/") as refusal:
        connect.put("fetching", "shop", (), {"credentials": arn}, "acme")
    assert refusal.value.field == "settings.credentials"
    assert str(arn) not in str(refusal.value)
    assert store.stored == {}


def test_credentials_of_ours_are_kept_by_where_they_lie(store: FakeConnectionStore) -> None:
    connect = connecting(store, Choosy(Fetching(), Signed()))
    view = connect.put("fetching", "shop", (), {"credentials": ARN}, "acme")
    assert view.settings == {"credentials": ARN}
    assert connect.put("signed", "shop", (CURRENT,), {"credentials": "its own matter"}, "acme")


def test_how_polling_goes_is_shown_of_what_is_polled(store: FakeConnectionStore) -> None:
    polls = FakePolls()
    connect = connecting(store, Choosy(Fetching(), Signed()), polls=polls)
    assert connect.put("fetching", "shop", (), {}, "acme").poll is None
    view = connect.put("fetching", "shop", (), {"credentials": ARN}, "acme")
    assert view.poll
    assert (view.poll.last_at, view.poll.next_at, view.poll.requests) == (None, None, 0)
    polls.states["fetching", "shop"] = PollState(
        source="fetching", connection="shop", last_at=NOW, reason="it answered 500", failing_since=NOW
    )
    view = connect.get("fetching", "shop")
    assert view
    assert view.poll
    assert (view.poll.last_at, view.poll.reason) == (NOW, "it answered 500")
    assert connect.put("signed", "shop", (CURRENT,), {}, "acme").poll is None


def test_what_is_polled_can_be_hurried(store: FakeConnectionStore) -> None:
    polls = FakePolls()
    connect = connecting(store, Choosy(Fetching(), Signed()), polls=polls)
    connect.put("fetching", "shop", (), {"credentials": ARN}, "acme")
    connect.put("signed", "shop", (CURRENT,), {}, "acme")
    polls.states["fetching", "shop"] = PollState(
        source="fetching", connection="shop", next_at=NOW + timedelta(hours=1)
    )
    view = connect.hurry("fetching", "shop")
    assert view.poll
    assert view.poll.next_at == NOW
    with pytest.raises(Conflict, match="its provider sends"):
        connect.hurry("signed", "shop")
    connect.put("fetching", "shop", (), {}, "acme")
    with pytest.raises(Conflict, match="credentials is empty"):
        connect.hurry("fetching", "shop")
    with pytest.raises(NotFound):
        connect.hurry("fetching", "gone")
