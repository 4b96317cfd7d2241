"""What receive does beside the way that the stories go."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import cast

import pytest

from chalicelib.domain.intake.way_back import ByReceive
from chalicelib.domain.trace import new_trace
from chalicelib.errors import (
    NotUnderstood,
    Poison,
    TriggerIQError,
    Unauthorised,
    Unavailable,
    WrongMethod,
    WrongType,
)
from chalicelib.pipeline.intake.publish import Publish
from chalicelib.pipeline.intake.receive import Accepted, Receive
from tests.unit.pipeline.fakes import (
    FakeBlobs,
    FakeBus,
    FakeConnections,
    FakeMetrics,
    FakeQuarantine,
    FakeReceipts,
    FakeSources,
    now,
)
from triggeriq import Connection, Event, Events, Reply, Request, Scheme, Source, Unreadable, Verified


class Named(Source):
    """Names an event by each line of the body, and lets everybody in."""

    name = "named"

    def verify(self, request: Request, connection: Connection, now: datetime) -> Verified:
        return Verified(scheme="none")

    def receive(self, request: Request, connection: Connection) -> Events:
        return Events(*map(Event, request.body.decode("utf-8", "surrogatepass").split("\n")))


def receiving(error: TriggerIQError | None = None) -> tuple[Receive, FakeBus]:
    bus, receipts = FakeBus(), FakeReceipts(error=error)
    receive = Receive(
        sources=FakeSources(Named()),
        connections=FakeConnections("default"),
        receipts=receipts,
        publish=Publish(receipts=receipts, bus=bus, blobs=FakeBlobs(), now=now),
        quarantine=FakeQuarantine(),
        metrics=FakeMetrics(),
        trace=new_trace,
        now=now,
    )
    return receive, bus


class FilesOnly(Source):
    """Reads files, and has no way to take a webhook."""

    name = "named"
    reads = (".csv",)


class Thanking(Named):
    """Says what its sender is to be shown."""

    def receive(self, request: Request, connection: Connection) -> Events:
        return Events(Event("1"), reply=Reply(body="Thank you."))


def test_a_sender_is_answered_as_the_source_says_once_the_event_is_safe() -> None:
    receive, bus = receiving()
    thanking = replace(receive, sources=FakeSources(Thanking()))
    bus.down = True
    with pytest.raises(Unavailable):
        thanking("named", "default", Request())
    bus.down = False
    assert thanking("named", "default", Request()) == Reply(body="Thank you.")
    assert [event.data["id"] for event in bus.events] == ["1"]


@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
def test_a_source_that_reads_only_files_takes_no_method(method: str) -> None:
    receive = replace(receiving()[0], sources=FakeSources(FilesOnly()))
    request = Request(method=method, body=b"a,b", headers={"content-type": "text/csv"})
    with pytest.raises(WrongMethod, match="named takes no webhooks; upload its feedback as files") as refused:
        receive("named", "default", request)
    assert refused.value.allowed == ()


def test_a_content_type_that_is_refused_is_not_repeated() -> None:
    receive, _ = receiving()
    with pytest.raises(WrongType) as refused:
        receive("named", "default", Request(body=b"x", headers={"content-type": "text/s3cret"}))
    assert str(refused.value) == "named takes application/json; send one of these"


def named(id: str) -> Request:
    return Request(body=id.encode("utf-8", "surrogatepass"))


@pytest.mark.parametrize("error", [Unavailable("dynamodb", "down"), Poison("dynamodb refused the request")])
def test_receipts_that_fail_never_change_the_answer(error: TriggerIQError) -> None:
    receive, bus = receiving(error)
    answer = receive("named", "default", named("event-1"))
    assert isinstance(answer, Accepted)
    assert [(event.id, event.duplicate) for event in answer.events] == [("event-1", False)]
    assert len(bus.events) == 1


class Unnamed(Named):
    """Signs by x-proof, and can name no event."""

    def schemes(self, connection: Connection) -> tuple[Scheme, ...]:
        return (Scheme(header="x-proof", more_headers=("X-Proof-Old",)),)

    def receive(self, request: Request, connection: Connection) -> Events:
        raise Unreadable("no id")


def test_a_genuine_request_that_cannot_be_read_is_kept_once_and_without_what_proves_it() -> None:
    receive, bus = receiving()
    receive = replace(receive, sources=FakeSources(Unnamed()))
    names = ("x-proof", "x-proof-old", "authorization", "cookie", "x-hub-signature", "x-api-token")
    request = Request(
        body=b"{}",
        headers={**dict.fromkeys(names, "secret"), "x-topic": "review\0"},
        query={"Token": "secret", "key": "secret", "API_KEY": "secret", "kind": "a\0"},
    )
    with pytest.raises(NotUnderstood, match="genuine but can't be read: no id") as refused:
        receive("named", "default", request)
    quarantine = cast(FakeQuarantine, receive.quarantine)
    ((kept, (item, raw)),) = quarantine.kept.items()
    assert refused.value.kept == kept
    assert isinstance(item.way_back, ByReceive)
    assert (item.way_back.method, item.way_back.headers, raw) == ("POST", {"x-topic": "review"}, b"{}")
    assert item.way_back.query == {"kind": "a"}
    with pytest.raises(NotUnderstood) as again:
        receive("named", "default", request)
    assert again.value.kept == ""
    assert (len(quarantine.kept), bus.events) == (1, [])


class Signed(Named):
    """Takes a token in x-token."""

    verification = (Scheme(kind="token", header="x-token", prefix="Token "),)
    verify = Source.verify


class WithSecrets(FakeConnections):
    def __init__(self, *secrets: str) -> None:
        super().__init__("shop")
        self._secrets = secrets

    def find(self, source: str, name: str, fresh: bool = False) -> Connection | None:
        return Connection(source=source, name=name, secrets=self._secrets)


@pytest.mark.parametrize(
    ("secrets", "headers", "reason", "detail"),
    [
        (
            ("s",),
            {},
            "missing",
            "the header x-token is missing; x-token should hold Token <the connection's secret>",
        ),
        (
            ("s",),
            {"x-token": "s"},
            "malformed",
            "x-token does not begin with 'Token '; it should hold Token <",
        ),
        (
            ("s",),
            {"x-token": "Token t"},
            "mismatch",
            "x-token has no secret of this connection; it should hold",
        ),
        ((), {"x-token": "Token s"}, "missing", "this connection has no valid secret, so it lets nobody in"),
        ((), {}, "missing", "this connection has no valid secret, so it lets nobody in"),
        ((" ",), {"x-token": "?"}, "missing", "by PUT /connections/named/shop"),
    ],
)
def test_a_sender_who_is_refused_is_told_why(
    secrets: tuple[str, ...], headers: dict[str, str], reason: str, detail: str
) -> None:
    receive, _ = receiving()
    receive = replace(receive, sources=FakeSources(Signed()), connections=WithSecrets(*secrets))
    with pytest.raises(Unauthorised) as refused:
        receive("named", "shop", Request(headers=headers))
    assert refused.value.reason == reason
    assert detail in refused.value.detail


class ByNonce(Named):
    """Signs a nonce and not the body, as Mailgun does; names an event by the body."""

    def verify(self, request: Request, connection: Connection, now: datetime) -> Verified:
        return Verified(scheme="x-nonce", nonce=request.headers["x-nonce"])


def by_nonce(nonce: str, body: str) -> Request:
    return Request(body=body.encode(), headers={"x-nonce": nonce})


def test_a_nonce_lets_in_the_body_that_it_first_came_with_and_no_other() -> None:
    receive, bus = receiving()
    receive = replace(receive, sources=FakeSources(ByNonce()))
    receive("named", "default", by_nonce("n1", "genuine"))
    with pytest.raises(Unauthorised, match="mismatch") as refused:
        receive("named", "default", by_nonce("n1", "forged"))
    assert refused.value.detail.startswith("its signature does not cover the body, and came with another one")
    again = receive("named", "default", by_nonce("n1", "genuine"))
    assert isinstance(again, Accepted)
    assert [(event.id, event.duplicate) for event in again.events] == [("genuine", True)]
    receive("named", "default", by_nonce("n2", "another"))
    assert [event.data["id"] for event in bus.events] == ["genuine", "another"]


def test_a_nonce_that_can_not_be_written_down_lets_nothing_in() -> None:
    receive, bus = receiving(Unavailable("dynamodb", "down"))
    receive = replace(receive, sources=FakeSources(ByNonce()))
    with pytest.raises(Unavailable):
        receive("named", "default", by_nonce("n1", "genuine"))
    assert bus.events == []
