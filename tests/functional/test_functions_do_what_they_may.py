"""permissions.json against what the code does: every function is led through all that it ever asks of AWS,
with those rights and the database's own users. What it may not is refused, as AWS refuses it, and named;
what it may and never asks for is named too.
"""

from __future__ import annotations

import gzip
import json
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chalicelib.api.routes import ROUTES
from chalicelib.bootstrap.jobs import KINDS
from chalicelib.bootstrap.outside import now
from chalicelib.services.dynamodb.event_log import DynamoEventLog
from chalicelib.services.dynamodb.inbox_items import DynamoInboxItems
from chalicelib.services.dynamodb.items import from_item, to_item
from chalicelib.services.postgres.users import OWNER
from chalicelib.services.s3 import S3Blobs
from local.catalogue import named
from local.receiver import Receiver
from local.stack import Stack
from tests.functional import s3_forms
from tests.functional.by_hand import ON_THE_WAY
from tests.functional.client import SECRET
from tests.functional.conftest import AT_ONCE, TIME_SCALE
from tests.functional.installing import SitePackages
from tests.functional.permitted import SOURCE, Account
from tests.functional.receivers import Receivers, Says

BRITTLE = """
    from dataclasses import dataclass
    from datetime import UTC, datetime

    from triggeriq import AttachedFile, Event, Events, Feedback, Redacted, Released, Scheme, Source, hookimpl
    from triggeriq.polling import Polled

    @dataclass(frozen=True)
    class Settings:
        credentials: str = ""

    class Brittle(Source):
        name = "brittle"
        settings = Settings
        verification = (Scheme(kind="token", header="x-token"),)
        reads = (".txt",)

        def receive(self, request, connection):
            if b"receive" in request.body:
                raise RuntimeError("oh")
            return Events(Event(request.body.decode()))

        def transform(self, received, connection):
            if received.id == "transform":
                raise RuntimeError("oh")
            at = datetime(2026, 3, 1, tzinfo=UTC)
            yield Released(name="acme/shop", version=received.id, at=at)
            yield Redacted(external_id="a", at=at)
            files = (AttachedFile(name="a", content=b"a"),)
            yield Feedback(external_id="a", text="It crashes", version=1, attachments=files)

        def read(self, stream, hint, resume, connection):
            raise RuntimeError("oh")

        def poll(self, cursor, connection, http, deadline):
            if connection.name == "failing":
                raise RuntimeError("oh")
            yield Polled(body=b"x" * 250_000, cursor="1")

    @hookimpl
    def register_sources(register):
        register(Brittle)

    @hookimpl
    def classify(feedback):
        if "brittle" in feedback.text:
            raise RuntimeError("oh")
"""
POISON = "a text that this PostgreSQL refuses"
LONG = "x" * 250_000
ROW = b"id,text\n1,It crashes\n"
PACKED = gzip.compress(b"id,text\n1,It crashes\n2," + random.Random(7).randbytes(1_500_000).hex().encode(), 1)
"""So large that it is unpacked to parts."""
ROWS = b"id,text\n" + b"".join(b"%d,It crashes\n" % number for number in range(101))
"""More than are read between two checkpoints."""


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    site = SitePackages(tmp_path_factory.mktemp("site"))
    site.install("brittle", BRITTLE)
    with Stack(time_scale=TIME_SCALE) as stack:
        account = Account(stack, tmp_path_factory.mktemp("account"), {})
        secret = account.secret()
        settings = {
            **AT_ONCE,
            "PYTHONPATH": str(site.folder),
            "TRIGGERIQ_CONNECTION_CACHE_SECONDS": "0",
            "TRIGGERIQ_RECONNECT_SECONDS": "0",
            "TRIGGERIQ_DATABASE_MASTER_SECRET": secret,
        }
        account.close()
        account = Account(stack, tmp_path_factory.mktemp("permitted"), settings)
        yield account
        account.close()


def test_every_function_may_do_what_it_does_and_nothing_else(account: Account) -> None:
    iam, failure = account.iam, ""
    for story in STORIES:
        try:
            story(account)
        except Exception as error:  # a refusal shows in odd ways; it is named below
            failure = f"{story.__name__}: {type(error).__name__} {error}"
        if failure or iam.refused:
            break
    assert sorted(map(str, iam.refused)) == [], failure
    assert failure == ""
    # A new route asks for what nobody has thought of, until a story goes there.
    routes = {(route.method, route.path) for route in ROUTES if not route.path.startswith("/webhooks")}
    assert routes - account.asked == set()
    jobs = account.stack.client("dynamodb").scan(TableName=named("jobs"))["Items"]
    done = {job["kind"]["S"] for job in jobs if job.get("status") == {"S": "done"}}
    assert set(KINDS) - done == set(), "have a story do such a job"
    assert sorted(map(str, iam.granted - iam.used)) == []
    users = account.sql(
        "select distinct application_name::text, usename::text from pg_stat_activity "
        "where application_name = any(array['receive', 'api', 'ingest', 'uploads', 'files', 'process', "
        "'relay', 'sweep', 'poll', 'jobs'])"
    )
    with_database = {name for name, given in account.granted.items() if given.get("database") == "app"}
    assert {tuple(row) for row in users} == {(name, "triggeriq_app") for name in with_database}


# ---- the stories, in an order in which each finds what it needs ------------------------------------


def a_deploy_makes_users_and_schema(account: Account) -> None:
    assert account.invoke("migrate", {})["applied"]
    assert account.invoke("migrate", {}) == {"applied": []}
    assert account.sql("select distinct tableowner::text from pg_tables where schemaname = 'public'") == [
        [OWNER]
    ]


def an_admin_makes_connections_and_keys(account: Account) -> None:
    account.connect(SOURCE)
    account.connect("brittle")
    account.connect("csv")
    account.connect(SOURCE, "gone")
    place = {"source": SOURCE, "connection": "gone"}
    assert account.call("GET", "/connections")["items"]
    assert account.call("GET", "/connections/{source}/{connection}", **place)["http"] == 200
    assert account.call("DELETE", "/connections/{source}/{connection}", **place)["http"] == 204
    assert account.call("GET", "/connections/{source}", source=SOURCE)["http"] == 200
    account.call("PUT", "/connections/{source}", {"secrets": [], "settings": {}}, source="csv")
    account.call("DELETE", "/connections/{source}", source="csv")
    account.connect("csv")
    made = account.call("POST", "/api-keys", {"owner": "partner", "scopes": ["read"]})
    assert account.call("GET", "/tickets", api_key=made["key"])["items"] == []
    assert account.call("GET", "/api-keys")["items"]
    assert account.call("DELETE", "/api-keys/{id}", id=made["id"])["http"] == 204


def a_webhook_becomes_a_ticket(account: Account) -> None:
    account.say("short", text="a brittle plugin")
    account.say("short", text="a brittle plugin")
    account.say("long", LONG)
    account.drain()
    assert len(account.tickets()) == 2


def requests_that_can_not_be_read(account: Account) -> None:
    assert account.webhook("odd", b"[1]")["statusCode"] == 422
    assert account.webhook("odd", b"receive", "brittle")["statusCode"] == 422
    assert account.webhook("odd", b"transform", "brittle")["statusCode"] == 202
    account.drain("ingest")


def what_is_told_besides_words(account: Account) -> None:
    assert account.webhook("told", b"told", "brittle")["statusCode"] == 202
    account.drain("ingest", "process")
    attachments = {"Bucket": named("artifacts"), "Prefix": "attachments/brittle/"}
    assert account.stack.client("s3").list_objects_v2(**attachments)["KeyCount"] == 0


def a_body_that_is_lost(account: Account) -> None:
    account.say("lost", LONG + "y")
    s3 = account.stack.client("s3")
    for stored in s3.list_objects_v2(Bucket=named("artifacts"), Prefix="webhooks/")["Contents"]:
        s3.delete_object(Bucket=named("artifacts"), Key=stored["Key"])
    account.drain("ingest")


def events_that_are_parked_or_wait_for_another(account: Account) -> None:
    mended = {"verification": "api_key", "header": "X-Token"}
    account.connect("generic_json", "spoilt", **mended)
    parked = account.webhook("parked", b'{"text": "It crashes"}', "generic_json", "spoilt")
    assert parked["statusCode"] == 202, parked
    spoil(account, "generic_json", "spoilt")
    account.step("ingest")
    account.connect("generic_json", "spoilt", **mended)
    account.say("held")
    account.stack.client("dynamodb").put_item(
        TableName=named("claims"),
        Item={
            "pk": {"S": f"{SOURCE}#default#held"},
            "owner": {"S": "another"},
            "done": {"BOOL": False},
            "expires_at": {"N": str(int(time.time()) + 2)},
        },
    )
    account.step("ingest")
    account.send("ingest", "not JSON")
    account.step("ingest")
    wait_until_quiet(account)


def uploads_of_every_kind(account: Account) -> None:
    account.upload("reviews/csv/default/good.csv", ROWS)
    account.drain("uploads", "files")
    account.forget("feedback")
    account.upload("reviews/csv/default/bad.csv", b"id,text\n1,\n2,It crashes\n")
    account.upload("reviews/csv/default/refused.exe", b"MZ")
    account.upload("reviews/brittle/default/odd.txt", b"one")
    wait_until_quiet(account)
    account.upload("reviews/csv/default/large.csv.gz", PACKED)
    wait_until_quiet(account)
    account.upload("reviews/csv/default/lost.csv", ROW)
    account.step("uploads")
    account.stack.client("s3").delete_object(Bucket=named("uploads"), Key="reviews/csv/default/lost.csv")
    account.step("files")


def files_that_are_put_by_a_form(account: Account) -> None:
    mail = b"From: ada@example.com\r\nMessage-ID: <2@example.com>\r\n\r\nIt crashes\r\n"
    for source, file, body in (("csv", "form.csv", ROW), ("inbound_email", "form", mail)):
        form = account.call("POST", "/uploads", {"source": source, "file": file})
        assert s3_forms.post(form["url"], form["fields"], body).status == 204
        wait_until_quiet(account)
        (found,) = (one for one in account.call("GET", "/imports")["items"] if one["key"] == form["key"])
        assert (found["status"], found["made"]) == ("done", 1)


def a_packed_file_whose_parts_are_lost(account: Account) -> None:
    key = "reviews/csv/default/parts.csv.gz"
    account.upload(key, PACKED)
    account.step("uploads")
    (held,) = (one for one in account.call("GET", "/imports")["items"] if one["key"] == key)
    parts = {"name": {"S": "parts.csv"}, "parts": {"L": [{"N": "9"}]}, "damage": {"S": ""}}
    account.stack.client("dynamodb").update_item(
        TableName=named("imports"),
        Key={"id": {"S": held["id"]}},
        UpdateExpression="SET #status = :running, unpacked = :parts",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":running": {"S": "running"}, ":parts": {"M": parts}},
    )
    wait_until_quiet(account)
    assert account.call("GET", "/imports/{id}", id=held["id"])["status"] == "done"


def files_that_are_parked_or_tried_again(account: Account) -> None:
    account.upload("reviews/csv/default/parked.csv", ROW)
    account.step("uploads")
    spoil(account, "csv", "default")
    account.step("files")
    account.connect("csv")
    account.send("files", json.dumps({"v": 1, "import": ""}))  # a key that DynamoDB refuses
    account.step("files")
    account.send("files", "not JSON")
    wait_until_quiet(account)


def people_follow_files(account: Account) -> None:
    imports = account.call("GET", "/imports")["items"]
    good = next(one for one in imports if one["key"].endswith("good.csv"))
    assert account.call("GET", "/imports/{id}", id=good["id"])["http"] == 200
    assert account.call("GET", "/imports/{id}/bad-rows", id=good["id"])["http"] == 200
    account.upload("reviews/csv/default/cancelled.csv", ROW)
    account.step("uploads")
    running = next(
        one for one in account.call("GET", "/imports")["items"] if one["key"].endswith("cancelled.csv")
    )
    assert account.call("DELETE", "/imports/{id}", id=running["id"])["http"] == 200


def partners_post_events(account: Account) -> None:
    key = account.call("POST", "/api-keys", {"owner": "partner", "scopes": ["ingest"]})["key"]

    def post(id: str, data: str = "", **headers: str) -> int:
        event = {"type": "order.paid", "id": id, "data": data}
        return int(account.call("POST", "/events", event, api_key=key, headers=headers)["http"])

    assert account.call("OPTIONS", "/events")["http"] == 200
    assert [post("short"), post("short"), post("long", LONG), post("long", LONG + "other words")] == [202] * 4
    assert [post("again", **{"Idempotency-Key": '"1"'}) for _ in range(2)] == [202] * 2
    for id in ("short", "long"):  # as if they never got on the bus
        account.stack.client("dynamodb").update_item(
            TableName=named("events"),
            Key={"pk": {"S": f"event#partner#{id}"}},
            UpdateExpression="SET untold_shard = :shard, untold_since = :since",
            ExpressionAttributeValues={":shard": {"S": "0"}, ":since": {"S": "2026-01-01T00:00:00+00:00"}},
        )
    account.schedule("sweep")
    account.forget("delivery")


def partners_pull_events(account: Account) -> None:
    asked = {"owner": "partner", "scopes": ["read", "write"]}
    key = account.call("POST", "/api-keys", asked)["key"]

    def ask(method: str, route: str, value: Any = None, **more: str) -> dict[str, Any]:
        return account.call(method, route, value, api_key=key, **more)

    assert ask("PUT", "/inbox", {"types": ["order.*"]})["http"] == 200
    assert ask("GET", "/inbox", query="wait=1")["items"] == []
    dynamodb, s3 = account.stack.client("dynamodb"), account.stack.client("s3")
    artifacts = S3Blobs(s3, named("artifacts"))
    log = DynamoEventLog(dynamodb, named("events"), lambda: artifacts, now)
    for id in ("short", "long"):
        event = log.find("partner", id)
        assert event is not None
        DynamoInboxItems(dynamodb, named("inbox"), now).put("partner", event)
    first, second = ask("GET", "/inbox", query="lease=60")["items"]
    assert ask("POST", "/inbox/{id}/ack", {"lease": first["lease"]}, id=first["id"])["http"] == 204
    assert ask("POST", "/inbox/ack", {"ids": [second["id"]]})["acked"] == 1
    assert ask("GET", "/events", query="type=order.*")["http"] == 200
    assert ask("GET", "/events/{id}", id="long")["data"] == LONG
    (body,) = s3.list_objects_v2(Bucket=artifacts.bucket, Prefix="events/")["Contents"]
    artifacts.delete(body["Key"])
    assert ask("GET", "/events/{id}", id="long")["forgotten"]
    assert ask("DELETE", "/events/{id}/content", id="long")["http"] == 204


def subscribers_are_sent_events(account: Account) -> None:
    asked = {"owner": "partner", "scopes": ["read", "write", "ingest"]}
    key = account.call("POST", "/api-keys", asked)["key"]
    with Receivers() as receivers:
        ids = {}
        for name, says in (("well", Says()), ("failing", Says(500)), ("gone", Says(410))):
            wanted = {"url": receivers.at(f"/{name}", says), "types": ["order.*"], "name": name}
            ids[name] = account.call("POST", "/subscriptions", wanted, api_key=key)["id"]
        for id, data in (("sent", "it"), ("sent-long", LONG), ("lost-long", LONG + "lost")):
            event = {"type": "order.paid", "id": id, "data": data}
            assert account.call("POST", "/events", event, api_key=key)["http"] == 202
        artifacts = S3Blobs(account.stack.client("s3"), named("artifacts"))
        while account.step("deliver"):  # the events, then their jobs
            for row in deliveries(account, ids["well"]):
                if row["event_id"] == "lost-long":
                    lose_body(account, artifacts, "lost-long")
        assert "sent-long" in receivers.ids("/well")
        assert len(receivers.ids("/gone")) == 1
        account.send("delivery", "not JSON")
        account.step("deliver")
        spoiled = {"TableName": named("subscriptions"), "Item": {"id": {"S": "sub_spoiled"}}}
        dynamodb = account.stack.client("dynamodb")
        dynamodb.put_item(**spoiled)
        count = {"TableName": named("subscriptions"), "Key": {"id": {"S": "#changes"}}}
        changed = {"UpdateExpression": "ADD changes :one", "ExpressionAttributeValues": {":one": {"N": "1"}}}
        dynamodb.update_item(**count, **changed)
        again = {"type": "order.paid", "id": "again-and-again"}
        assert account.call("POST", "/events", again, api_key=key)["http"] == 202
        account.step("deliver")
        dynamodb.delete_item(TableName=named("subscriptions"), Key=spoiled["Item"])
        dynamodb.update_item(**count, **changed)
        account.step("deliver")
        first, second, *_ = deliveries(account, ids["failing"])
        put_off(account, first, status="pending", attempt=1)
        put_off(account, second, status="sending", attempt=8)
        account.schedule("deliver_due")
        account.drain("deliver")
    for id in ids.values():
        assert account.call("DELETE", "/subscriptions/{id}", id=id, api_key=key)["http"] == 204


def deliveries(account: Account, subscription: str) -> list[dict[str, Any]]:
    found = account.stack.client("dynamodb").query(
        TableName=named("deliveries"),
        KeyConditionExpression="pk = :id",
        ExpressionAttributeValues={":id": {"S": subscription}},
    )
    return [from_item(item) for item in found["Items"]]


def put_off(account: Account, row: dict[str, Any], **state: Any) -> None:
    """The delivery stands so, and is long due."""
    values = {**row, **state, "due_shard": "0", "due_at": "2026-01-01T00:00:00+00:00"}
    account.stack.client("dynamodb").put_item(TableName=named("deliveries"), Item=to_item(values))


def lose_body(account: Account, artifacts: S3Blobs, id: str) -> None:
    """What a long event held is gone from where it lay beside the log."""
    key = {"pk": {"S": f"event#partner#{id}"}}
    row = account.stack.client("dynamodb").get_item(TableName=named("events"), Key=key)["Item"]
    artifacts.delete(row["beside"]["S"])


def uploads_that_nobody_told_of(account: Account) -> None:
    account.upload("reviews/csv/default/missed.csv", ROW)
    account.upload("reviews/csv/default/missed.exe", b"MZ")
    account.forget("async-uploads")
    account.schedule("sweep")
    wait_until_quiet(account)
    keys = {one["key"]: one["status"] for one in account.call("GET", "/imports", query="limit=100")["items"]}
    assert keys["reviews/csv/default/missed.csv"] == "done"
    assert keys["reviews/csv/default/missed.exe"] == "refused"


def feedback_that_fails(account: Account) -> None:
    account.send("feedback", "not JSON")
    account.step("process")
    account.sql(
        "create function refuse() returns trigger language plpgsql as "
        f"$$ begin if new.text = '{POISON}' then raise 'no room for this'; end if; return new; end $$"
    )
    account.sql("create trigger refuse before insert on feedback for each row execute function refuse()")
    account.say("poison", text=POISON)
    account.drain("ingest")
    account.step("process")
    account.sql("drop trigger refuse on feedback")
    account.sql("drop function refuse")
    account.say("away")
    account.drain("ingest")
    broken = account.without_database("process")
    event = broken.next_batch("process")
    assert event
    broken.finish("process", event)
    wait_until_quiet(account)


def what_was_left_in_the_outbox(account: Account) -> None:
    account.sql(
        "insert into outbox (id, type, subject, time, data) values "
        "(gen_random_uuid(), 'ticket.created', 'ticket', now() - interval '1 hour', '{}'), "
        "(gen_random_uuid(), 'ticket.created', 'ticket', now() - interval '1 hour', "
        "json_build_object('text', repeat('x', 300000)))"
    )
    account.schedule("relay")
    assert account.sql("select count(*) from outbox") == [[0]]


def connections_are_polled(account: Account) -> None:
    secrets, ssm = account.stack.client("secretsmanager"), account.stack.client("ssm")
    ssm.put_parameter(Name="/triggeriq/local/brittle", Value="token", Type="SecureString")
    lies = {
        "by-secret": secrets.create_secret(Name="triggeriq/local/brittle", SecretString="token")["ARN"],
        "by-parameter": ssm.get_parameter(Name="/triggeriq/local/brittle")["Parameter"]["ARN"],
    }
    lies["failing"] = lies["by-secret"]
    for connection, arn in lies.items():
        account.connect("brittle", connection, credentials=arn)
    account.schedule("poll")
    for connection, reason in {
        **dict.fromkeys(lies),
        "failing": "the plugin brittle/1: poll raised",
    }.items():
        place = {"source": "brittle", "connection": connection}
        poll = account.call("GET", "/connections/{source}/{connection}", **place)["poll"]
        assert poll["last_at"], connection
        assert (poll["reason"] or "").startswith(reason or ""), poll
        assert account.call("POST", "/connections/{source}/{connection}/poll", **place)["http"] == 202
    wait_until_quiet(account)


def people_work_on_tickets(account: Account) -> None:
    lead, other = [ticket for ticket in account.tickets() if ticket["source"] == SOURCE][:2]
    one = {"id": lead["id"]}
    assert account.call("GET", "/tickets/{id}", **one)["http"] == 200
    assert account.call("GET", "/tickets/facets")["total"] > 1
    assert account.call("PATCH", "/tickets/{id}", {"assignee": "jo"}, **one)["http"] == 200
    assert account.call("GET", "/tickets/{id}/history", **one)["items"]
    assert account.call("GET", "/tickets/{id}/feedback", **one)["items"]
    assert account.call("GET", "/tickets/{id}/attachments", **one)["http"] == 200
    merged = account.call("POST", "/tickets/{id}/merge", {"tickets": [other["id"]]}, **one)
    assert merged["http"] == 200, merged
    part = {"source": SOURCE, "connection": other["connection"], "external_id": other["external_id"]}
    assert account.call("POST", "/tickets/{id}/split", {"feedback": [part]}, **one)["http"] == 201


def people_look_and_configure(account: Account) -> None:
    for path in ("/sources", "/plugins", "/configurations", "/docs", "/openapi.json", "/health"):
        assert account.call("GET", path)["http"] == 200, path
    assert account.call("GET", "/")["http"] == 302
    health = account.call("GET", "/health", query="deep=1")
    assert health["checks"] == dict.fromkeys(health["checks"], "ok")
    priority = account.call("GET", "/configurations/{key}", key="priority")
    value = {"value": priority["value"]}
    assert account.call("PUT", "/configurations/{key}", value, key="priority")["http"] == 200
    preview = {"method": "POST", "headers": {}, "body_base64": "e30="}
    assert account.call("POST", "/sources/{source}/preview", preview, source="brittle")["http"] == 200
    assert account.call("POST", "/triage/preview", {"items": [{"text": "brittle"}]})["http"] == 200


def subscribers_look_at_what_is_told(account: Account) -> None:
    type = "ticket.created"
    assert account.call("GET", "/event-types")["items"]
    assert account.call("GET", "/event-types/{type}", type=type)["type"] == type
    assert account.call("GET", "/event-types/{type}/samples", type=type)


def people_subscribe(account: Account) -> None:
    wanted = {"url": "http://127.0.0.1:9/", "types": ["nothing.ever"], "headers": {"X-Token": SECRET}}
    made = account.call("POST", "/subscriptions", wanted)
    assert made["http"] == 201, made
    crm = {"id": "crm"}
    for status, more in ((201, {}), (200, {}), (200, {"url": "http://127.0.0.1:10/"})):
        assert account.call("PUT", "/subscriptions/{id}", {**wanted, **more}, **crm)["http"] == status
    assert account.call("PATCH", "/subscriptions/{id}", {"rate": 5}, **crm)["http"] == 200
    assert account.call("GET", "/subscriptions/{id}", **crm)["rate"] == 5
    assert len(account.call("GET", "/subscriptions")["items"]) == 2
    assert account.call("POST", "/subscriptions/{id}/rotate-secret", **crm)["http"] == 200
    assert account.call("POST", "/subscriptions/{id}/test", **crm)["http"] == 202
    assert account.call("POST", "/subscriptions/{id}/pause", **crm)["http"] == 200
    assert account.call("POST", "/subscriptions/{id}/resume", **crm)["http"] == 200
    assert account.call("DELETE", "/subscriptions/{id}", id=made["id"])["http"] == 204
    assert account.call("DELETE", "/subscriptions/{id}", **crm)["http"] == 204


def people_follow_deliveries(account: Account) -> None:
    def arrived(id: str) -> None:
        shown = account.call("GET", "/deliveries/{id}", id=id)
        assert shown["status"] == "delivered", shown

    send_what_is_due(account)  # what was told by then was never tried
    with Receiver(lambda received: None) as receiver:
        wanted = {"url": receiver.url, "types": ["ticket.updated"]}
        crm = {"id": account.call("PUT", "/subscriptions/{id}", wanted, id="followed")["id"]}
        id = account.call("POST", "/subscriptions/{id}/test", **crm)["delivery"]
        send_what_is_due(account)
        arrived(id)
        assert account.call("POST", "/deliveries/{id}/retry", id=id)["http"] == 202
        account.call("POST", "/subscriptions/{id}/pause", **crm)
        send_what_is_due(account)
        for route, place in (("/deliveries", {}), ("/subscriptions/{id}/deliveries", crm)):
            items = account.call("GET", route, query="status=undelivered", **place)["items"]
            assert [(one["id"], one["status"]) for one in items] == [(id, "held")]
            assert items[0] in account.call("GET", route, **place)["items"]
        account.call("POST", "/subscriptions/{id}/resume", **crm)
        send_what_is_due(account)
        arrived(id)
        since = {"since": f"{datetime.now(UTC) - timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"}
        recovered = account.call("POST", "/subscriptions/{id}/recover", since, **crm)
        assert recovered["found"] > 0, recovered
        send_what_is_due(account)
        assert account.call("GET", "/jobs/{id}", id=recovered["id"])["done"] == recovered["found"]
        assert account.call("GET", "/delivery/sources")["items"] == []
        assert account.call("DELETE", "/subscriptions/{id}", **crm)["http"] == 204


def what_was_kept_is_read_again(account: Account) -> None:
    account.send("jobs", "not JSON")
    account.send("jobs", json.dumps({"v": 1, "job": "long gone"}))
    account.upload("reviews/csv/default/again.csv", ROW)
    account.say("again", LONG)
    wait_until_quiet(account)
    for source in (SOURCE, "csv", "brittle"):
        id = reread(account, source, "default", "2026-01-01")
        wait_until_quiet(account)
        job = account.call("GET", "/jobs/{id}", id=id)
        assert (job["status"], job["done"] > 0) == ("done", True), job


def jobs_that_are_parked_lost_or_fail(account: Account) -> None:
    spoil(account, "generic_json", "spoilt")
    parked = reread(account, "generic_json", "spoilt", "2026-01-01")
    account.step("jobs")
    account.connect("generic_json", "spoilt", verification="api_key", header="X-Token")
    wait_until_quiet(account)
    assert account.call("GET", "/jobs/{id}", id=parked)["status"] == "done"
    lost = reread(account, SOURCE, "default", "2026-01-02")
    account.forget("jobs")
    account.stack.client("dynamodb").update_item(
        TableName=named("jobs"),
        Key={"id": {"S": lost}},
        UpdateExpression="SET updated_at = :at, #checkpoint = :odd",
        ExpressionAttributeNames={"#checkpoint": "checkpoint"},
        ExpressionAttributeValues={":at": {"S": "2026-01-01T00:00:00+00:00"}, ":odd": {"S": "7"}},
    )
    account.schedule("sweep")
    wait_until_quiet(account)
    assert account.call("GET", "/jobs/{id}", id=lost)["status"] == "failed"
    cancelled = reread(account, SOURCE, "default", "2026-01-03")
    assert account.call("DELETE", "/jobs/{id}", id=cancelled)["http"] == 200
    assert len(account.call("GET", "/jobs")["items"]) > 1
    wait_until_quiet(account)


def the_quarantine_is_put_back(account: Account) -> None:
    account.connect(SOURCE, fields={"text": "said"})
    assert (
        account.webhook("late", json.dumps({"data": {"id": 1, "words": LONG}}).encode())["statusCode"] == 422
    )
    account.connect(SOURCE, fields={"text": "words"})
    items = account.call("GET", "/quarantine", query="limit=100")["items"]
    statuses = set()
    for item in items:
        assert account.call("GET", "/quarantine/{id}", id=item["id"])["http"] == 200
        statuses.add(account.call("POST", "/quarantine/{id}/replay", id=item["id"])["http"])
    assert statuses == {202, 409}
    account.connect(SOURCE)
    wait_until_quiet(account)


def dead_letters_are_put_back(account: Account) -> None:
    for queue in ("ingest", "files", "feedback", "delivery", "jobs"):
        account.send(f"{queue}-dlq", "not JSON")
    for key in ("reviews/csv/default/letter.csv", "reviews/csv/default/letter.exe"):
        bucket = {"name": named("uploads")}
        stored = {"key": key, "eTag": "0", "size": 3}
        record = {
            "eventName": "ObjectCreated:Put",
            "eventTime": "2026-03-01T12:00:00.000Z",
            "s3": {"bucket": bucket, "object": stored},
        }
        account.send("async-dlq", json.dumps({"requestPayload": {"Records": [record]}}))
    letters = account.call("GET", "/dlq")["queues"]
    assert all(letters.values()), letters
    account.schedule("sweep")
    moved = account.call("POST", "/dlq/redrive", {})["moved"]
    assert moved["async"] == 2
    assert all(moved.values()), moved
    wait_until_quiet(account)
    account.schedule("sweep")


STORIES = (
    a_deploy_makes_users_and_schema,
    an_admin_makes_connections_and_keys,
    a_webhook_becomes_a_ticket,
    requests_that_can_not_be_read,
    what_is_told_besides_words,
    a_body_that_is_lost,
    events_that_are_parked_or_wait_for_another,
    uploads_of_every_kind,
    files_that_are_put_by_a_form,
    a_packed_file_whose_parts_are_lost,
    files_that_are_parked_or_tried_again,
    people_follow_files,
    partners_post_events,
    partners_pull_events,
    subscribers_are_sent_events,
    uploads_that_nobody_told_of,
    feedback_that_fails,
    what_was_left_in_the_outbox,
    connections_are_polled,
    people_work_on_tickets,
    people_look_and_configure,
    subscribers_look_at_what_is_told,
    people_subscribe,
    people_follow_deliveries,
    what_was_kept_is_read_again,
    jobs_that_are_parked_lost_or_fail,
    the_quarantine_is_put_back,
    dead_letters_are_put_back,
)


def reread(account: Account, source: str, connection: str, since: str) -> str:
    """The id of the job that it begins."""
    route, place = "/connections/{source}/{connection}/reread", {"source": source, "connection": connection}
    started = account.call("POST", route, {"since": since}, **place)
    assert started["http"] == 202, started
    return str(started["id"])


def spoil(account: Account, source: str, connection: str) -> None:
    """The connection's settings are none that the source takes: an admin must mend them."""
    account.stack.client("dynamodb").update_item(
        TableName=named("connections"),
        Key={"source": {"S": source}, "name": {"S": connection}},
        UpdateExpression="SET settings = :odd",
        ExpressionAttributeValues={":odd": {"S": '{"no such setting": 1}'}},
    )


def send_what_is_due(account: Account) -> None:
    """Of what lies on the queue `delivery` some may wait for minutes."""
    wait_until_quiet(account)
    account.drain("deliver")


def wait_until_quiet(account: Account, *also: str) -> None:
    until = time.monotonic() + 60
    while any(waiting := account.stack.waiting(*ON_THE_WAY, *also).values()):
        assert not account.iam.refused
        assert time.monotonic() < until, waiting
        account.drain()
        time.sleep(0.1)  # what is left is hidden or delayed
