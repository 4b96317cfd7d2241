"""Partners pull: what concerns them lies in an inbox until they have taken it, whoever races them for it and
whoever dies over it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from chalicelib.bootstrap.outside import now
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.delivery.stored_event import StoredEvent
from chalicelib.services.dynamodb.event_log import DynamoEventLog
from chalicelib.services.dynamodb.inbox_items import DynamoInboxItems
from chalicelib.services.s3 import S3Blobs
from chalicelib.settings import Settings
from local.application import Application
from local.catalogue import named
from local.stack import Stack
from sizing.usage import WAIT_CALLS
from tests.functional.aws_events import http_event
from tests.functional.by_hand import Functions
from tests.functional.client import KEY, Answer, Client, eventually

PLACES = Settings().inbox_waiting
INBOX_PAGE = Path(__file__).parents[2] / "docs" / "inbox.md"


class Kept:
    """Events that are put into a stack's log and inbox, as `deliver` does."""

    def __init__(self, stack: Stack, owner: str) -> None:
        dynamodb = stack.client("dynamodb")
        artifacts = S3Blobs(stack.client("s3"), "triggeriq-local-artifacts")
        self.owner = owner
        self._log = DynamoEventLog(dynamodb, named("events"), lambda: artifacts, now)
        self.items = DynamoInboxItems(dynamodb, named("inbox"), now)

    def event(self, id: str, at: datetime) -> StoredEvent:
        event = CloudEvent(id=id, type=f"{self.owner}.made", source="/shop", owner=self.owner, time=at)
        return self._log.put(StoredEvent.of(event, at))

    def item(self, id: str) -> str:
        stored = self.event(id, datetime.now(UTC))
        self.items.put(self.owner, stored)
        return stored.position


class Partner:
    """An owner with keys of his own, and an inbox of the events whose type begins with his name. What others
    make while this runs is none of them."""

    def __init__(self, client: Client, stack: Stack) -> None:
        self._client = client
        self.name = f"p{uuid.uuid4().hex[:10]}"
        self.kept = Kept(stack, self.name)
        self.sends, self.reads = self._key("ingest", "read", "write"), self._key("read")
        assert self.ask("PUT", "/inbox", {"types": [f"{self.name}.*"]}, key=self.sends).status == 200

    def _key(self, *scopes: str) -> str:
        made = self._client.call("POST", "/api-keys", {"scopes": scopes, "owner": self.name})
        assert made.status == 201, made
        return str(made.json["key"])

    def ask(self, method: str, path: str, body: Any = None, key: str = "") -> Answer:
        return self._client.call(method, path, body, X_Api_Key=key or self.reads)

    def posts(self, *ids: str, **data: Any) -> None:
        events = [{"type": f"{self.name}.made", "id": id, "source": "/shop", "data": data} for id in ids]
        answer = self.ask("POST", "/events", events, key=self.sends)
        assert answer.status == 202, answer

    def pulls(self, query: str = "lease=60&wait=20") -> list[dict[str, Any]]:
        """What the inbox gives; with `wait` as often as it takes until that is something."""

        def read() -> list[dict[str, Any]]:
            answer = self.ask("GET", f"/inbox?{query}")
            assert answer.status == 200, answer
            return list(answer.json["items"])

        return eventually(read) if "wait" in query else read()

    def acks(self, item: dict[str, Any], lease: str | None = None) -> int:
        return self.ask("POST", f"/inbox/{item['id']}/ack", {"lease": lease or item["lease"]}).status

    def count(self) -> int:
        return int(self.ask("GET", "/inbox").json["count"])


@pytest.fixture
def partner(client: Client, stack: Stack) -> Partner:
    return Partner(client, stack)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(PLACES + 1) as pool:
        yield pool


def ids(items: list[dict[str, Any]]) -> list[str]:
    return [item["event"]["id"] for item in items]


def test_what_is_posted_is_pulled_and_acked_and_then_gone(partner: Partner) -> None:
    partner.posts("one", total="12.50")
    (item,) = partner.pulls()
    event = item["event"]
    assert (event["id"], event["source"], event["owner"]) == ("one", "/shop", partner.name)
    assert event["data"] == {"total": "12.50"}
    assert partner.pulls("lease=60") == []
    assert [partner.acks(item), partner.acks(item)] == [204, 204]
    assert partner.count() == 0
    partner.posts("one", total="12.50")  # its sender repeats it
    assert partner.pulls("lease=60") == []


def test_what_is_not_acked_comes_back_and_the_old_lease_counts_no_more(partner: Partner) -> None:
    partner.kept.item("one")
    (first,) = partner.pulls("lease=1&wait=20")
    (again,) = partner.pulls("lease=60&wait=20")
    assert (again["id"], first["deliveries"], again["deliveries"]) == (first["id"], 1, 2)
    assert partner.acks(first) == 409
    many = partner.ask("POST", "/inbox/ack", {"ids": [{"id": first["id"], "lease": first["lease"]}]})
    assert many.json == {"acked": 0, "unknown": [], "stale": [first["id"]]}
    assert partner.count() == 1
    assert partner.acks(again) == 204
    assert partner.count() == 0


def test_readers_who_race_get_each_event_once_and_lose_none(
    partner: Partner, threads: ThreadPoolExecutor
) -> None:
    wanted = [f"e{n}" for n in range(24)]
    for id in wanted:
        partner.kept.item(id)

    def drain() -> list[str]:
        taken: list[str] = []
        while items := partner.pulls("lease=60&limit=5"):
            asked = [{"id": item["id"], "lease": item["lease"]} for item in items]
            acked = partner.ask("POST", "/inbox/ack", {"ids": asked}).json
            assert acked == {"acked": len(items), "unknown": [], "stale": []}
            taken += ids(items)
        return taken

    drained = [future.result() for future in [threads.submit(drain) for _ in range(3)]]
    assert sorted(id for taken in drained for id in taken) == sorted(wanted)
    assert partner.count() == 0


def waiting(stack: Stack) -> int:
    rows = stack.client("dynamodb").query(
        TableName=named("inbox"),
        KeyConditionExpression="pk = :waiting",
        ExpressionAttributeValues={":waiting": {"S": "waiting"}},
    )["Items"]
    return sum(row["held_until"]["S"] > now().isoformat() for row in rows)


def test_who_waits_is_woken_and_who_finds_no_place_is_told(
    partner: Partner, stack: Stack, threads: ThreadPoolExecutor
) -> None:
    readers: list[Future[Any]] = [
        threads.submit(partner.pulls, "lease=60&limit=1&wait=20") for _ in range(PLACES)
    ]
    eventually(lambda: waiting(stack) == PLACES)
    eventually(lambda: partner.ask("GET", "/inbox?wait=1").headers.get("x-triggeriq-wait") == "0")
    for n in range(PLACES):
        partner.kept.item(f"e{n}")
    woken = [ids(reader.result()) for reader in readers]
    assert sorted(woken) == [[f"e{n}"] for n in range(PLACES)]
    eventually(lambda: waiting(stack) == 0)


def test_what_is_another_s_is_not_there_and_too_many_are_refused_whole(
    partner: Partner, client: Client, stack: Stack
) -> None:
    theirs = Partner(client, stack)
    theirs.kept.item("one")
    (item,) = theirs.pulls()
    assert partner.acks(item) == 404
    assert partner.ask("POST", "/inbox/ack", {"ids": [item["id"]]}).json["unknown"] == [item["id"]]
    for count in (101, 1_000_000):
        assert theirs.ask("POST", "/inbox/ack", {"ids": [item["id"]] * count}).status == 413
    assert theirs.count() == 1
    assert theirs.acks(item) == 204


def test_what_an_event_held_is_forgotten_wherever_it_is_shown(partner: Partner, stack: Stack) -> None:
    words = "a customer's words " * 20_000  # too long for a row
    partner.posts("long", text=words)
    (item,) = partner.pulls()
    assert item["event"]["data"] == {"text": words}
    s3, bucket = stack.client("s3"), "triggeriq-local-artifacts"
    beside = {key["Key"] for key in s3.list_objects_v2(Bucket=bucket, Prefix="events/").get("Contents", [])}
    assert partner.ask("DELETE", "/events/long/content").status == 403
    assert partner.ask("DELETE", "/events/long/content", key=partner.sends).status == 204
    shown = {"specversion": "1.0", "id": "long", "source": "/shop", "type": f"{partner.name}.made"}
    shown |= {"owner": partner.name, "received_at": item["event"]["received_at"], "forgotten": True}
    assert partner.ask("GET", "/events/long").json == shown
    assert [one["event"] for one in partner.pulls("limit=1")] == [shown]
    left = {key["Key"] for key in s3.list_objects_v2(Bucket=bucket, Prefix="events/").get("Contents", [])}
    assert len(beside - left) == 1


def test_events_are_listed_once_their_index_must_have_them(partner: Partner) -> None:
    earlier = partner.kept.event("earlier", now() - timedelta(minutes=1))
    partner.kept.event("just now", now() + timedelta(seconds=30))
    answer = partner.ask("GET", f"/events?type={partner.name}.*").json
    assert [event["id"] for event in answer["items"]] == ["earlier"]
    assert datetime.fromisoformat(answer["until"]) < now() - timedelta(seconds=9)
    assert partner.ask("GET", f"/events/{earlier.id}").json["id"] == "earlier"
    others = partner.ask("GET", "/events?owner=somebody")
    assert others.status == 403


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", INBOX_PAGE.read_text(encoding="utf-8"), re.M | re.S)


def test_what_the_page_shows_can_be_run(partner: Partner, running: Application) -> None:
    for id in ("one", "two"):
        partner.kept.item(id)
    environment = {**os.environ, "URL": running.url, "API_KEY": partner.sends}
    (reader,) = blocks("python")
    read = subprocess.run(
        [sys.executable, "-c", reader.replace("wait=20", "wait=0")],
        env=environment | {"API_KEY": partner.reads}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert sorted(read.stdout.splitlines()) == [f"{partner.name}.made one", f"{partner.name}.made two"]
    assert partner.count() == 0
    look, ack, put = blocks("sh")
    for command, wanted in (
        (look.replace("wait=20", "wait=0"), "200"),
        (ack, "404"),  # the page's item is nobody's
        (put, "200"),
    ):
        status = ["sh", "-c", command.replace("curl", "curl -s -o /dev/null -w '%{http_code}'")]
        shown = subprocess.run(status, env=environment, capture_output=True, check=True)
        assert shown.stdout.decode() == wanted, command


# ---- kill -9 --------------------------------------------------------------------------------------


@pytest.fixture
def local(functions: Functions, quiet_stack: Stack) -> Iterator[Kept]:
    """The inbox of the developer's key, with one event in it."""
    kept = Kept(quiet_stack, "local")
    for item in kept.items.list("local", 1_000, None).items:  # of stories before
        kept.items.take_off(item, None)
    yield kept
    for item in kept.items.list("local", 1_000, None).items:
        kept.items.take_off(item, None)


def asked(method: str, route: str, body: Any = None, query: Any = None, **place: str) -> dict[str, Any]:
    headers = {"X-Api-Key": KEY, "Content-Type": "application/json"}
    return http_event(method, route, place, headers, json.dumps(body or {}).encode(), query)


READ = {"subscriptions.read", "inbox.list", "event_log.get", "inbox.lease", "inbox.count"}
MADE = {"subscriptions.write_inbox", "subscriptions.count"}
"""Calls that only the first reader of an inbox makes."""
ACK = ["inbox.read", "inbox.remember", "inbox.remove"]


def test_who_dies_with_a_lease_leaves_the_event_for_the_next(functions: Functions, local: Kept) -> None:
    local.item(uuid.uuid4().hex)
    read = asked("GET", "/inbox", query={"lease": "1"})
    functions.calls_until_killed("pull", read, after="inbox.lease")
    again = asked("GET", "/inbox", query={"lease": "60", "wait": "5"})
    answer = functions.invoke("pull", again)
    assert answer["statusCode"] == 200, answer
    (item,) = json.loads(answer["body"])["items"]
    assert item["deliveries"] == 2


@pytest.mark.parametrize("call", ACK[1:])  # to read changes nothing
def test_who_dies_while_he_acks_can_ack_again(functions: Functions, local: Kept, call: str) -> None:
    position = local.item(uuid.uuid4().hex)
    ack = asked("POST", "/inbox/{id}/ack", id=position)
    assert functions.calls_until_killed("pull", ack, after=call)[-1] == call
    left = [item.position for item in local.items.list("local", 100, None).items]
    assert left == ([] if call == "inbox.remove" else [position])
    assert functions.invoke("pull", ack)["statusCode"] == 204
    assert local.items.list("local", 100, None).items == ()
    assert local.items.was_there("local", position)


def test_every_call_of_reading_and_acking_is_known_here(functions: Functions, local: Kept) -> None:
    position = local.item(uuid.uuid4().hex)
    assert set(functions.calls("pull", asked("GET", "/inbox", query={"lease": "60"}))) - MADE == READ
    waited = functions.calls("pull", asked("GET", "/inbox", query={"lease": "60", "wait": "1"}))
    assert set(waited) - MADE - {"subscriptions.read"} == set(WAIT_CALLS), "sizing/usage.py pays for them"
    assert functions.calls("pull", asked("POST", "/inbox/{id}/ack", id=position)) == ACK
