"""A key that is restricted to connections, on every row of the table of routes: nothing of others comes out,
by any verb, and what is asked for by its id is told of as what never was."""

from __future__ import annotations

import base64
import json
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from chalicelib.api.routes import PUBLIC, REFUSED, ROUTES, ROWS
from local.application import Application
from local.stack import Stack
from tests.functional.client import SECRET, Answer
from tests.functional.two_partners import SOURCES, World, world_of

NAMES = {f"{route.method} {route.path}": route for route in ROUTES}


@pytest.fixture(scope="module")
def world(stack: Stack, running: Application) -> World:
    return world_of(stack, running)


# ---- what is asked --------------------------------------------------------------------------------


class Asked(NamedTuple):
    path: str
    body: Any = None
    status: int = 404


def of_tickets(path: str, body: Any = None) -> Callable[[World], list[Asked]]:
    return lambda world: [Asked(path.format(id), body) for id in world.hidden_tickets]


def of_entries(path: str) -> Callable[[World], list[Asked]]:
    return lambda world: [Asked(path.format(id)) for id in world.hidden_entries]


def of_imports(path: str) -> Callable[[World], list[Asked]]:
    return lambda world: [Asked(path.format(world.theirs.file))]


def of_jobs(path: str) -> Callable[[World], list[Asked]]:
    return lambda world: [Asked(path.format(world.theirs.job))]


def of_subscriptions(path: str = "", body: Any = None) -> Callable[[World], list[Asked]]:
    return lambda world: [Asked(f"/subscriptions/{world.theirs.subscription}{path}", body)]


def of_deliveries(path: str = "") -> Callable[[World], list[Asked]]:
    return lambda world: [Asked(f"/deliveries/{world.theirs.delivery}{path}")]


def subscribes(world: World) -> list[Asked]:
    """By a name that one has which it can't see, though it is of the same owner."""
    return [Asked("/subscriptions", {**WANTED, "name": world.theirs.connection}, 409)]


def puts_subscriptions(world: World) -> list[Asked]:
    by_name = Asked(f"/subscriptions/{world.theirs.connection}", WANTED, 409)
    return [*of_subscriptions("", WANTED)(world), by_name]


def of_the_event(path: str) -> Callable[[World], list[Asked]]:
    return lambda world: [Asked(path.format(world.theirs.event))]


def acks(world: World) -> list[Asked]:
    return [Asked(f"/inbox/{world.theirs.item}/ack", {})]


def acks_many(world: World) -> list[Asked]:
    return [Asked("/inbox/ack", {"ids": [world.theirs.item]}, 200)]


def uploads(world: World) -> list[Asked]:
    file = {"connection": world.theirs.connection, "file": "one.csv"}
    return [Asked("/uploads", {"source": source, **file}, 403) for source in SOURCES]


def polls(world: World) -> list[Asked]:
    return [Asked(f"/connections/{source}/{world.theirs.connection}/poll") for source in SOURCES]


def rereads(world: World) -> list[Asked]:
    body = {"since": "2026-01-01"}
    return [Asked(f"/connections/{source}/{world.theirs.connection}/reread", body) for source in SOURCES]


def of_connections(body: Any = None, status: int = 404) -> Callable[[World], list[Asked]]:
    return lambda world: [
        Asked(f"/connections/{source}/{world.theirs.connection}", body, status) for source in SOURCES
    ]


def of_the_plain_path(body: Any = None, status: int = 404) -> Callable[[World], list[Asked]]:
    return lambda world: [Asked("/connections/standard_webhooks", body, status)]


def listed(*paths: str) -> Callable[[World], list[Asked]]:
    return lambda world: [Asked(path.format(theirs=world.theirs.connection), None, 200) for path in paths]


def merges(world: World) -> list[Asked]:
    into_theirs = [
        Asked(f"/tickets/{id}/merge", {"tickets": [world.mine.tickets["csv"]]}) for id in world.hidden_tickets
    ]
    into_mine = [
        Asked(f"/tickets/{world.mine.tickets['csv']}/merge", {"tickets": [id]}) for id in world.hidden_tickets
    ]
    return into_theirs + into_mine


def splits(world: World) -> list[Asked]:
    connection = world.theirs.connection
    said = {"source": "standard_webhooks", "connection": connection, "external_id": f"{connection} for-both"}
    return [Asked(f"/tickets/{id}/split", {"feedback": [said]}) for id in world.hidden_tickets]


def previews(world: World) -> list[Asked]:
    return [
        Asked(f"/sources/{source}/preview", {"body_base64": "", "connection": world.theirs.connection})
        for source in SOURCES
    ]


SECRETS = {"secrets": [SECRET]}
WANTED = {"url": "http://127.0.0.1:9/", "types": ["*"]}
OF_OTHERS: dict[str, Callable[[World], list[Asked]]] = {
    "GET /tickets": listed(
        "/tickets", "/tickets?q={theirs}", "/tickets?q=words", "/tickets?connection={theirs}"
    ),
    "GET /tickets/facets": listed("/tickets/facets", "/tickets/facets?connection={theirs}"),
    "GET /tickets/{id}": of_tickets("/tickets/{}"),
    "PATCH /tickets/{id}": of_tickets("/tickets/{}", {"status": "resolved"}),
    "GET /tickets/{id}/history": of_tickets("/tickets/{}/history"),
    "GET /tickets/{id}/feedback": of_tickets("/tickets/{}/feedback"),
    "GET /tickets/{id}/attachments": of_tickets("/tickets/{}/attachments"),
    "POST /tickets/{id}/merge": merges,
    "POST /tickets/{id}/split": splits,
    "POST /subscriptions": subscribes,
    "GET /subscriptions": listed("/subscriptions", "/subscriptions?owner=mine"),
    "GET /subscriptions/{id}": of_subscriptions(),
    "PUT /subscriptions/{id}": puts_subscriptions,
    "PATCH /subscriptions/{id}": of_subscriptions("", {"rate": 1}),
    "DELETE /subscriptions/{id}": of_subscriptions(),
    "POST /subscriptions/{id}/test": of_subscriptions("/test"),
    "POST /subscriptions/{id}/rotate-secret": of_subscriptions("/rotate-secret"),
    "POST /subscriptions/{id}/pause": of_subscriptions("/pause"),
    "POST /subscriptions/{id}/resume": of_subscriptions("/resume"),
    "POST /events": lambda world: [Asked("/events", {"type": "order.paid", "id": uuid.uuid4().hex}, 202)],
    "GET /subscriptions/{id}/deliveries": of_subscriptions("/deliveries"),
    "POST /subscriptions/{id}/recover": of_subscriptions("/recover", {"since": "2026-01-01"}),
    "GET /deliveries": listed("/deliveries", "/deliveries?status=undelivered"),
    "GET /deliveries/{id}": of_deliveries(),
    "POST /deliveries/{id}/retry": of_deliveries("/retry"),
    "GET /events": listed("/events", "/events?type=ticket.*"),
    "GET /events/{id}": of_the_event("/events/{}"),
    "DELETE /events/{id}/content": of_the_event("/events/{}/content"),
    "GET /inbox": listed("/inbox", "/inbox?limit=100&type=ticket.*"),
    "PUT /inbox": lambda world: [Asked("/inbox", {"types": ["*"]}, 200)],
    "POST /inbox/{id}/ack": acks,
    "POST /inbox/ack": acks_many,
    "GET /event-types/{type}/samples": listed(
        "/event-types/ticket.created/samples", "/event-types/ticket.created/samples?format=cloudevents"
    ),
    "GET /connections": listed("/connections"),
    "GET /connections/{source}": of_the_plain_path(),
    "PUT /connections/{source}": of_the_plain_path(SECRETS, 403),
    "DELETE /connections/{source}": of_the_plain_path(),
    "GET /connections/{source}/{connection}": of_connections(),
    "PUT /connections/{source}/{connection}": of_connections(SECRETS, 403),
    "DELETE /connections/{source}/{connection}": of_connections(),
    "POST /connections/{source}/{connection}/reread": rereads,
    "POST /connections/{source}/{connection}/poll": polls,
    "GET /sources": listed("/sources"),
    "POST /sources/{source}/preview": previews,
    "POST /uploads": uploads,
    "GET /imports": listed("/imports"),
    "GET /imports/{id}": of_imports("/imports/{}"),
    "DELETE /imports/{id}": of_imports("/imports/{}"),
    "GET /imports/{id}/bad-rows": of_imports("/imports/{}/bad-rows"),
    "GET /jobs": listed("/jobs"),
    "GET /jobs/{id}": of_jobs("/jobs/{}"),
    "DELETE /jobs/{id}": of_jobs("/jobs/{}"),
    "GET /quarantine": listed("/quarantine", "/quarantine?source=csv"),
    "GET /quarantine/{id}": of_entries("/quarantine/{}"),
    "POST /quarantine/{id}/replay": of_entries("/quarantine/{}/replay"),
}
"""What is asked of what belongs to others, by route, and the status that it gets."""

REFUSED_BODIES: dict[str, Any] = {
    "PUT /configurations/{key}": {"value": {}},
    "POST /api-keys": {"scopes": ["read"], "owner": "mine"},
}

PUBLIC_ONES: dict[str, Callable[[World], list[Asked]]] = {
    "GET /health": listed("/health"),
    "GET /": lambda world: [Asked("/", status=302)],
    "GET /openapi.json": listed("/openapi.json"),
    "GET /docs": listed("/docs"),
    "OPTIONS /events": lambda world: [Asked("/events", status=200)],
    "GET /event-types": listed("/event-types"),
    "GET /event-types/{type}": listed("/event-types/ticket.created"),
    "POST /webhooks/{source}/{connection}": lambda world: [
        Asked(f"/webhooks/standard_webhooks/{world.theirs.connection}", {"data": {}}, 401)
    ],
    **dict.fromkeys(
        (f"{method} /webhooks/{{source}}" for method in ("POST", "PUT", "HEAD", "GET")),
        lambda world: [Asked("/webhooks/app_store", status=405)],
    ),
    **dict.fromkeys(
        (f"{method} /webhooks/{{source}}/{{connection}}" for method in ("PUT", "HEAD", "GET")),
        lambda world: [Asked(f"/webhooks/standard_webhooks/{world.theirs.connection}", status=405)],
    ),
    "GET /delivery/sources": listed("/delivery/sources"),
    "POST /triage/preview": lambda world: [Asked("/triage/preview", {"items": [{"text": "Hello"}]}, 200)],
}


def test_every_route_says_here_what_is_asked_of_it() -> None:
    """A new row of the table belongs here, with what a restricted key asks of others' things there."""
    of_kind = {
        kind: {name for name, route in NAMES.items() if route.restricted == kind} for kind in (ROWS, PUBLIC)
    }
    assert set(OF_OTHERS) == of_kind[ROWS]
    assert set(PUBLIC_ONES) == of_kind[PUBLIC]


# ---- the walk -------------------------------------------------------------------------------------


def seen_of_others(world: World, asked: Asked, answer: Answer) -> list[str]:
    """What of others an answer holds, in its cursor too, but for what the question said itself."""
    said = f"{asked.path} {json.dumps(asked.body)}"
    if asked.path.startswith(("/events", "/event-types", "/inbox")):
        said += world.both  # of which was told while it was one's own, before theirs was merged into it
    shown = answer.body.decode() + str(dict(answer.headers))
    if answer.status == 200 and answer.body.startswith(b"{") and (cursor := answer.json.get("next")):
        shown += base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
    return [text for text in world.hidden if text in shown and text not in said]


def pages(world: World, path: str) -> Iterator[Answer]:
    """All pages of a list, one item each."""
    cursor = ""
    while True:
        answer = world.ask("GET", f"{path}{'&' if '?' in path else '?'}limit=1{cursor}")
        assert answer.status == 200, answer
        yield answer
        if answer.json["next"] is None:
            return
        cursor = f"&cursor={answer.json['next']}"


@pytest.mark.parametrize("name", [name for name in OF_OTHERS if name.startswith("GET ")])
def test_what_is_asked_for_is_there(world: World, name: str) -> None:
    """For an admin: what nobody finds would prove nothing."""
    for each in OF_OTHERS[name](world):
        if each.path != "/connections/standard_webhooks":  # the plain one, which this world does not have
            assert world.client.call("GET", each.path).status == 200, each


@pytest.mark.parametrize("name", OF_OTHERS)
def test_nothing_of_others_is_seen_or_changed(world: World, name: str) -> None:
    method = NAMES[name].method
    before = world.state_of_theirs()
    asked = OF_OTHERS[name](world)
    assert asked
    for each in asked:
        answer = world.ask(method, each.path, each.body)
        assert answer.status == each.status, (each, answer)
        assert seen_of_others(world, each, answer) == []
    assert world.state_of_theirs() == before


@pytest.mark.parametrize(
    "path",
    ["/tickets", "/tickets?q=words", "/connections", "/imports", "/quarantine", "/quarantine?source=csv"],
)
def test_a_list_holds_all_of_one_s_own_and_nothing_else_page_by_page(world: World, path: str) -> None:
    found: list[Any] = []
    for answer in pages(world, path):
        assert seen_of_others(world, Asked(path), answer) == []
        found += answer.json["items"]
    assert {item["connection"] for item in found} == {world.mine.connection}
    of_one_source = 1 if "source=" in path or path == "/imports" else 3
    assert len(found) == {"/imports": 2, "/quarantine": 2}.get(path, of_one_source)


@pytest.mark.parametrize("query", ["q={theirs}", "connection={theirs}"])
def test_a_search_for_others_finds_nothing(world: World, query: str) -> None:
    answer = world.ask("GET", f"/tickets?{query.format(theirs=world.theirs.connection)}")
    assert answer.json == {"items": [], "next": None}


@pytest.mark.parametrize(
    "name",
    [
        name
        for name in OF_OTHERS
        if "{" in name
        and not name.startswith(
            ("PUT /connections", "PUT /subscriptions", "POST /sources", "GET /event-types")
        )
    ],
)
def test_what_belongs_to_others_is_told_of_as_what_never_was(world: World, name: str) -> None:
    method = NAMES[name].method
    for each in OF_OTHERS[name](world):
        absent = never_was(world, each)
        answers = [world.ask(method, one.path, one.body) for one in (each, absent)]
        told = [
            without(answer.json["detail"], *world.hidden, *NEVER.values(), "standard_webhooks")
            for answer in answers
        ]
        assert answers[0].status == answers[1].status == 404
        assert told[0] == told[1]


NEVER = {
    "ticket": str(uuid.uuid4()),
    "import": uuid.uuid4().hex,
    "entry": f"20240501T120000000000-{uuid.uuid4().hex}",
    "connection": f"never-{uuid.uuid4().hex[:8]}",
    "subscription": f"sub_{uuid.uuid4().hex[:20]}",
    "event": str(uuid.uuid4()),
    "item": f"{uuid.uuid4().hex[:12]}-{uuid.uuid4().hex[:20]}",
}


def never_was(world: World, asked: Asked) -> Asked:
    """The same question of what there never was."""
    text = json.dumps(asked)
    for hidden, absent in (
        *((id, NEVER["ticket"]) for id in world.hidden_tickets),
        *((id, NEVER["entry"]) for id in world.hidden_entries),
        (world.theirs.file, NEVER["import"]),
        (world.theirs.connection, NEVER["connection"]),
        (world.theirs.subscription, NEVER["subscription"]),
        (world.theirs.event, NEVER["event"]),
        (world.theirs.item, NEVER["item"]),
    ):
        text = text.replace(hidden, absent)
    return Asked(*json.loads(text))


def without(text: str, *names: str) -> str:
    for name in names:
        text = text.replace(name, "<name>")
    return text


@pytest.mark.parametrize("name", [name for name, route in NAMES.items() if route.restricted == REFUSED])
def test_what_is_about_more_than_connections_is_refused(world: World, name: str) -> None:
    path = NAMES[name].path.replace("{key}", "triage").replace("{id}", "a" * 12)
    answer = world.ask(NAMES[name].method, path, REFUSED_BODIES.get(name))
    assert answer.status == 403
    assert f"restricted to standard_webhooks/{world.mine.connection}" in answer.json["detail"]
    assert "ask an admin" in answer.json["detail"]
    assert seen_of_others(world, Asked(path), answer) == []


@pytest.mark.parametrize("name", PUBLIC_ONES)
def test_what_is_public_is_the_same_for_every_key(world: World, name: str) -> None:
    for asked in PUBLIC_ONES[name](world):
        ours = world.ask(NAMES[name].method, asked.path, asked.body)
        anybody_s = world.client.call(NAMES[name].method, asked.path, asked.body)
        assert ours.status == anybody_s.status == asked.status
        assert told(ours) == told(anybody_s)
        assert seen_of_others(world, asked, ours) == []


def test_a_subscription_of_one_s_own_is_there(world: World) -> None:
    (listed,) = world.ask("GET", "/subscriptions").json["items"]
    assert listed["id"] == world.mine.subscription
    found = world.ask("GET", f"/subscriptions/{world.mine.connection}").json
    assert found == listed
    everybody_s = [one["id"] for one in world.client.get("/subscriptions", owner="mine")["items"]]
    assert {world.mine.subscription, world.theirs.subscription} <= set(everybody_s)


def test_a_delivery_of_one_s_own_is_there(world: World) -> None:
    (delivery,) = world.ask("GET", "/deliveries").json["items"]
    assert delivery["id"] == world.mine.delivery
    assert world.ask("GET", f"/deliveries/{delivery['id']}").json["event_id"] == delivery["event_id"]


def told(answer: Answer) -> bytes:
    """All but the request's own id."""
    return answer.body.replace(answer.headers.get("x-request-id", "-").encode(), b"")


# ---- one's own ------------------------------------------------------------------------------------


def test_one_s_own_is_there_and_can_be_worked_on(world: World) -> None:
    mine = world.mine
    for id in mine.tickets.values():
        for path in ("", "/history", "/feedback", "/attachments"):
            assert world.ask("GET", f"/tickets/{id}{path}").status == 200
    (file,) = world.ask("GET", f"/tickets/{mine.tickets['inbound_email']}/attachments").json["items"]
    assert (file["name"], file["feedback"]["connection"]) == (f"{mine.connection}.txt", mine.connection)
    assert world.ask("PATCH", f"/tickets/{mine.tickets['csv']}", {"tags": ["seen"]}).status == 200
    for path in (f"/imports/{mine.file}", f"/imports/{mine.file}/bad-rows"):
        assert world.ask("GET", path).status == 200
    for id in mine.entries:
        assert world.ask("GET", f"/quarantine/{id}").status == 200
    for source in SOURCES:
        address = f"/connections/{source}/{mine.connection}"
        assert world.ask("GET", address).status == 200
        preview = {"body_base64": "", "connection": mine.connection}
        assert world.ask("POST", f"/sources/{source}/preview", preview).status == 200
    upload = {"source": "csv", "connection": mine.connection, "file": "two.csv"}
    assert world.ask("POST", "/uploads", upload).status == 201
    assert world.ask("PUT", f"/connections/csv/{mine.connection}", {"settings": {}}).status == 200


def test_its_inbox_holds_and_counts_what_tells_of_its_own(world: World) -> None:
    items = [item for answer in pages(world, "/inbox?type=ticket.created") for item in answer.json["items"]]
    assert {item["event"]["data"]["connection"] for item in items} == {world.mine.connection}
    assert world.mine.item in {item["id"] for item in items}
    counts = [
        world.client.call("GET", "/inbox?limit=1", X_Api_Key=key).json["count"]
        for key in (world.key, world.owner_s)
    ]
    assert len(items) <= counts[0] < counts[1]
    assert world.ask("GET", f"/events/{world.mine.event}").status == 200
    assert world.ask("POST", f"/inbox/{world.mine.item}/ack", {}).status == 204


def test_its_counts_are_those_of_its_own_tickets(world: World) -> None:
    counts = world.client.call("GET", "/tickets/facets", X_Api_Key=world.key).json
    listed = world.client.call("GET", "/tickets", X_Api_Key=world.key).json["items"]
    assert counts["total"] == len(listed) < world.client.get("/tickets/facets")["total"]
    assert counts["facets"]["source"] == dict.fromkeys(SOURCES, 1)


def test_when_a_source_last_gave_feedback_is_counted_from_one_s_own(world: World) -> None:
    seen = {item["name"]: item["last_event_at"] for item in world.ask("GET", "/sources").json["items"]}
    received: dict[str, list[str]] = {}
    for ticket in world.client.tickets(world.mine.connection):
        received.setdefault(ticket["source"], []).append(ticket["received_at"])
    assert {source: at for source, at in seen.items() if at} == {
        source: max(times) for source, times in received.items()
    }


def test_what_could_not_be_read_is_counted_of_one_s_own(world: World) -> None:
    days = {item["name"]: item["last_24_hours"] for item in world.ask("GET", "/sources").json["items"]}
    waiting = Counter(entry["source"] for entry in world.ask("GET", "/quarantine").json["items"])
    read = {"standard_webhooks": 2, "csv": 1, "inbound_email": 1}
    assert days == {
        source: {
            "received": read[source] + waiting[source],
            "errors": waiting[source],
            "error_rate": round(waiting[source] / (read[source] + waiting[source]), 4),
        }
        if source in read
        else None
        for source in days
    }
    assert waiting.total() > 0
    unrestricted = {item["name"]: item["last_24_hours"] for item in world.client.get("/sources")["items"]}
    assert unrestricted["csv"]["received"] >= 2 * days["csv"]["received"]


def test_a_key_for_a_whole_source_sees_every_connection_of_it_and_no_other_source(world: World) -> None:
    asked = {"scopes": ["read"], "owner": "mine", "connections": ["csv/*"]}
    key = world.client.call("POST", "/api-keys", asked).json["key"]
    for side in (world.mine, world.theirs):
        statuses = {
            source: world.client.call("GET", f"/tickets/{id}", X_Api_Key=key).status
            for source, id in side.tickets.items()
        }
        assert statuses == {"csv": 200, "standard_webhooks": 404, "inbound_email": 404}
        assert world.client.call("GET", f"/imports/{side.file}", X_Api_Key=key).status == 200


def test_a_revoked_restriction_opens_nothing(world: World) -> None:
    asked = {"scopes": ["read"], "owner": "mine", "connections": ["csv/*"]}
    made = world.client.call("POST", "/api-keys", asked).json
    assert world.client.call("DELETE", f"/api-keys/{made['id']}").status == 204
    assert world.client.call("GET", "/sources", X_Api_Key=made["key"]).status == 401
