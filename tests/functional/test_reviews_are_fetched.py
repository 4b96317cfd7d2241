"""Where a provider sends nothing by itself, its reviews are fetched: each becomes a ticket once, and whatever
the provider does is told and bounded, and loses nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.intake.poll_state import PollState
from chalicelib.services.dynamodb.polls import DynamoPolls
from local import events
from local.catalogue import load_functions, named
from local.stack import Stack
from tests.functional.aws_events import http_event
from tests.functional.by_hand import Functions
from tests.functional.client import KEY
from tests.functional.conftest import AT_ONCE
from tests.functional.installing import SitePackages
from tests.functional.provider import PLUGIN, TOKEN, Provider, Said, on_time, providing
from tests.plugins.providers.stores import STORES, Reviewed

PLACE = "/connections/{source}/{connection}"
REVIEWS = ["It crashes", "It is slow", "I can not log in", "Where is the invoice", "Please add dark mode"]


class Desk:
    """A connection to a provider, and what its owner sees."""

    def __init__(self, functions: Functions, stack: Stack, source: str, connection: str) -> None:
        self.functions, self.stack = functions, stack
        self.place = {"source": source, "connection": connection}
        self.polls = DynamoPolls(stack.client("dynamodb"), named("imports"), lambda: datetime.now(UTC))

    def ask(self, method: str, route: str, body: Any = None, query: Any = None, **place: str) -> Any:
        headers = {"X-Api-Key": KEY, "Content-Type": "application/json"}
        sent = b"" if body is None else json.dumps(body).encode()
        return self.functions.invoke("api", http_event(method, route, place, headers, sent, query))

    def connect(self, settings: Mapping[str, Any]) -> Any:
        return self.ask("PUT", PLACE, {"settings": settings}, **self.place)

    def poll(self) -> None:
        """As its owner asks for it, and the schedule does it."""
        answer = self.ask("POST", f"{PLACE}/poll", **self.place)
        assert answer["statusCode"] == 202, answer
        self.functions.invoke("poll", scheduled())

    def shown(self) -> dict[str, Any]:
        """How polling goes."""
        answer = self.ask("GET", PLACE, **self.place)
        assert TOKEN not in answer["body"]
        poll: dict[str, Any] = json.loads(answer["body"])["poll"]
        return poll

    def cursor(self) -> str | None:
        state = self.polls.find(self.place["source"], self.place["connection"])
        return state.cursor if state else None

    def texts(self) -> list[str]:
        """Of its tickets, once all is quiet."""
        self.functions.run_until_quiet()
        query = {"connection": self.place["connection"], "limit": "100"}
        items = json.loads(self.ask("GET", "/tickets", query=query)["body"])["items"]
        return sorted(ticket["text"] for ticket in items)

    def let_go(self) -> None:
        """As at the deadline of the function that was killed."""
        self.stack.client("dynamodb").update_item(
            TableName=named("imports"),
            Key={"id": {"S": f"poll#reviews/{self.place['connection']}"}},
            UpdateExpression="SET held_until = :past",
            ExpressionAttributeValues={":past": {"S": ""}},
        )


def scheduled() -> dict[str, Any]:
    return events.scheduled_event(load_functions()["poll"])


@pytest.fixture(scope="module")
def fetching(quiet_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Functions]:
    site = SitePackages(tmp_path_factory.mktemp("site-packages"))
    site.install("reviews", PLUGIN)
    settings = {
        **AT_ONCE,
        "PYTHONPATH": str(site.folder),
        "TRIGGERIQ_POLL_REQUEST_SECONDS": "1",
        "TRIGGERIQ_CONNECTION_CACHE_SECONDS": "0",
    }
    functions = Functions(quiet_stack, tmp_path_factory.mktemp("fetching"), settings)
    yield functions
    functions.close()


@pytest.fixture(scope="module")
def secret(quiet_stack: Stack) -> str:
    """The ARN of the provider's token."""
    made = quiet_stack.client("secretsmanager").create_secret(
        Name="triggeriq/local/reviews", SecretString=TOKEN
    )
    return str(made["ARN"])


class Reviews(Desk):
    """One of the plugin's."""

    def __init__(self, functions: Functions, stack: Stack, provider: Provider, connection: str) -> None:
        super().__init__(functions, stack, "reviews", connection)
        self.provider = provider

    def connect_by(self, credentials: str) -> Any:
        return self.connect({"url": self.provider.url, "credentials": credentials})


@pytest.fixture
def desk(fetching: Functions, quiet_stack: Stack, secret: str, connection: str) -> Iterator[Reviews]:
    fetching.run_until_quiet()
    fetching.told()
    with providing() as provider:
        provider.reviews = REVIEWS[:3]
        desk = Reviews(fetching, quiet_stack, provider, connection)
        assert desk.connect_by(secret)["statusCode"] == 200
        yield desk
        desk.ask("DELETE", PLACE, **desk.place)
    fetching.run_until_quiet()
    fetching.told()
    assert fetching.dead() == []


def test_reviews_become_tickets_once(desk: Reviews) -> None:
    assert desk.shown()["last_at"] is None
    desk.functions.invoke("poll", scheduled())
    assert desk.texts() == sorted(REVIEWS[:3])
    shown = desk.shown()
    assert (shown["requests"], shown["reason"], shown["failing_since"]) == (3, None, None)
    assert shown["last_new_at"]
    assert shown["next_at"] > shown["last_at"]
    desk.provider.reviews.append(REVIEWS[3])
    desk.functions.invoke("poll", scheduled())
    assert desk.provider.asked == [0, 2, 3], "it is not due yet"
    desk.poll()
    assert desk.provider.asked == [0, 2, 3, 3, 4]
    assert desk.texts() == sorted(REVIEWS[:4])


def test_a_parameter_of_ssm_will_do_too(desk: Reviews) -> None:
    ssm = desk.stack.client("ssm")
    ssm.put_parameter(Name="/triggeriq/local/reviews", Value=TOKEN, Type="SecureString")
    arn = ssm.get_parameter(Name="/triggeriq/local/reviews")["Parameter"]["ARN"]
    assert desk.connect_by(arn)["statusCode"] == 200
    desk.poll()
    assert desk.texts() == sorted(REVIEWS[:3])


@pytest.mark.parametrize(
    "arn",
    [
        TOKEN,
        "arn:aws:secretsmanager:us-east-1:123456789012:secret:triggeriq/prod/reviews-AbCdEf",
        "arn:aws:ssm:us-east-1:123456789012:parameter/database",
    ],
)
def test_credentials_that_are_not_ours_are_refused(desk: Reviews, arn: str) -> None:
    answer = desk.connect_by(arn)
    problem = json.loads(answer["body"])
    assert (answer["statusCode"], problem["field"]) == (400, "settings.credentials")
    assert arn not in answer["body"]


@pytest.mark.parametrize("kind", STORES, ids=[kind.source for kind in STORES])
def test_a_store_is_fetched_from(
    fetching: Functions, quiet_stack: Stack, kind: type[Reviewed], connection: str
) -> None:
    begin = datetime.now(UTC) - timedelta(hours=1)
    with on_time(kind) as store:
        for number, text in enumerate(REVIEWS[:3], 1):
            store.add(number, begin + timedelta(minutes=number), text)
        desk = Desk(fetching, quiet_stack, store.source, connection)
        settings = dict(store.settings)
        if store.credentials:
            secrets = quiet_stack.client("secretsmanager")
            settings["credentials"] = secrets.create_secret(
                Name=f"triggeriq/local/{store.source}", SecretString=store.credentials
            )["ARN"]
        assert desk.connect(settings)["statusCode"] == 200
        desk.poll()
        assert desk.shown()["reason"] is None
        assert desk.texts() == sorted(REVIEWS[:3])
        store.add(4, begin + timedelta(minutes=4), REVIEWS[3])
        desk.poll()
        assert desk.texts() == sorted(REVIEWS[:4])
        new_at = desk.shown()["last_new_at"]
        desk.poll()
        assert desk.shown()["last_new_at"] == new_at
        assert desk.shown()["reason"] is None
        desk.ask("DELETE", PLACE, **desk.place)
    fetching.told()


def repeated(provider: Provider, after: int) -> Said:
    """It gives its first page whatever it is asked, and a next one."""
    return Said(200, json.dumps({"reviews": [{"id": "r1", "text": REVIEWS[0]}], "next": 99}).encode())


def silent(provider: Provider, after: int) -> Said:
    provider.over.wait(60)
    return Said(200, b"{}")


def behind_the_first(said: Said) -> Any:
    """All goes well with the first page."""
    return lambda provider, after: said if after else provider.page(after)


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (behind_the_first(Said(401, b"secret words")), "answered 401: it refuses the credentials"),
        (behind_the_first(Said(429, b"", {"Retry-After": "7200"})), "answered 429"),
        (behind_the_first(Said(500, b"secret words")), "answered 500"),
        (behind_the_first(Said(302, b"", {"Location": "http://127.0.0.1:1/"})), "answered 302"),
        (behind_the_first(Said(200, b"<html>secret words</html>")), "no JSON"),
        (behind_the_first(Said(200, b"{" + b" " * 4_000_001)), "more than 4,000,000 bytes"),
        (repeated, "leads back to one before it"),
        (silent, "no answer: no whole answer came within 1 s"),
    ],
    ids=["401", "429", "500", "302", "HTML", "long", "repeats", "silent"],
)
def test_whatever_a_provider_does_is_told_and_loses_nothing(desk: Reviews, trouble: Any, words: str) -> None:
    desk.provider.trouble = trouble
    began = datetime.now(UTC)
    desk.poll()
    shown = desk.shown()
    assert words in shown["reason"]
    assert "secret words" not in shown["reason"]
    assert shown["failing_since"]
    assert len(desk.provider.asked) <= 2
    safe = trouble not in (repeated, silent)
    assert desk.cursor() == ("2" if safe else None), "what is safe is safe; else it is where it was"
    if "429" in words:
        assert datetime.fromisoformat(shown["next_at"]) > began + timedelta(seconds=7_190)
    desk.provider.trouble = None
    desk.poll()
    assert desk.texts() == sorted(REVIEWS[:3])
    assert desk.shown()["reason"] is None


@pytest.mark.parametrize(
    "call", ["polls.begin", "secrets.read", "web.send", "bus.publish", "receipts.write", "polls.save"]
)
def test_a_kill_after_the_call_loses_and_doubles_nothing(desk: Reviews, call: str) -> None:
    names = desk.functions.calls_until_killed("poll", scheduled(), after=call)
    assert names[-1] == call
    desk.functions.invoke("poll", scheduled())
    assert len(desk.provider.asked) <= 1, "its deadline has not passed"
    desk.let_go()
    desk.poll()
    assert desk.texts() == sorted(REVIEWS[:3])
    assert desk.shown()["reason"] is None


def test_silence_is_told(desk: Reviews) -> None:
    desk.poll()
    state = desk.polls.find("reviews", desk.place["connection"])
    assert state
    long_ago = datetime.now(UTC) - timedelta(days=3)
    desk.polls.hurry("reviews", desk.place["connection"])
    assert desk.polls.begin("reviews", desk.place["connection"], "test", datetime.now(UTC))
    lonely: PollState = replace(state, last_new_at=long_ago, gaps=(3600,) * 5, next_at=None)
    assert desk.polls.save(lonely, "test", None)
    desk.functions.run_until_quiet()
    desk.functions.told()
    for _ in range(2):
        desk.poll()
    (told,) = desk.functions.told()
    assert told["type"] == "source.silent"
    assert told["data"] == {
        **desk.place, "last_at": long_ago.isoformat(), "usual": 3600,
    }  # fmt: skip
