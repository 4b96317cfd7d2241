"""The zip that goes to Lambda, unpacked into a folder that can't be written, with nothing else on the path
and only Lambda's environment: every function in it takes AWS's own event and does its work."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.catalogue import named
from local.invocation import NotImportable
from local.stack import Stack
from local.state import is_root
from tests.functional.aging import Aging
from tests.functional.aws_events import http_event, schedule, sqs_batch
from tests.functional.client import KEY
from tests.functional.conftest import QUICK, TIME_SCALE
from tests.functional.packaged import (
    CONNECTION,
    NOT_ABOVE_MODES,
    SOURCE,
    Packaged,
    World,
    webhook,
)
from tests.functional.provider import on_time
from tests.functional.receivers import Receivers
from tests.plugins.providers.stores import AppStoreConnect

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="AWS's runtime client has wheels for Linux only; CI runs this there"
)

POISON = "a text that this PostgreSQL refuses"
ROWS = b"id,text,rating\n1,The app crashes whenever I open it,1\n2,Lovely,5\n"
ROOT = "1-5759e988-bd862e3fe1be46a994272793"
TRACE = f"Root={ROOT};Parent=53995c3f42cd8ad8;Sampled=1"


@pytest.fixture(scope="module")
def world(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with Stack(time_scale=TIME_SCALE) as stack:
        packaged = Packaged(package, tmp_path_factory.mktemp("task"), stack.app_environment({}) | QUICK)
        yield World(stack, packaged, TRACE)
        packaged.close()


def test_every_function_does_its_work(world: World, package: Path) -> None:
    for story in STORIES:
        story(world)
    exported = json.loads(package.with_name("chalice.tf.json").read_text())["resource"]["aws_lambda_function"]
    assert {function["handler"] for function in exported.values()} == {
        world.packaged.functions[name].handler for name in world.packaged.invoked
    }
    assert world.packaged.invoked == set(world.packaged.functions)  # a new function needs its story here
    assert world.packaged.written() == set()


def a_deploy_makes_the_schema(world: World) -> None:
    migrations = sorted(path.stem for path in (world.packaged.folder / "chalicelib/migrations").glob("*.sql"))
    assert [name.removesuffix(".sql") for name in world.invoke("migrate", {})["applied"]] == migrations
    assert world.invoke("migrate", {}) == {"applied": []}


def an_admin_makes_a_connection(world: World) -> None:
    world.connect()
    assert world.api("GET", "/health", query={"deep": "true"})["status"] == "ok"


def a_webhook_is_received(world: World) -> None:
    texts = "The app crashes whenever I open it", POISON, "It would be nice to have a dark mode"
    for id, text in zip(("one", "two", "three"), texts, strict=True):
        answer = world.invoke("receive", webhook(id, text))
        assert (answer["statusCode"], json.loads(answer["body"])["events"][0]["duplicate"]) == (202, False)


def its_events_are_ingested_but_for_one_that_is_in_other_hands(world: World) -> None:
    claimed, *free = world.take("ingest")
    assert len(free) == 2
    assert ROOT.replace("-", "")[1:] in claimed["Body"]  # the trace of the request, in W3C's form
    name = f"{SOURCE}#default#{json.loads(claimed['Body'])['detail']['data']['id']}"
    world.stack.client("dynamodb").put_item(TableName=named("claims"), Item=_claim(name, time.time() + 60))
    result = world.invoke("ingest", sqs_batch("ingest", claimed, *free))
    assert result == {"batchItemFailures": [{"itemIdentifier": claimed["MessageId"]}]}
    world.stack.client("dynamodb").put_item(TableName=named("claims"), Item=_claim(name, time.time() - 60))
    assert world.invoke("ingest", sqs_batch("ingest", claimed)) == {"batchItemFailures": []}


def _claim(name: str, until: float) -> dict[str, Any]:
    return {
        "pk": {"S": name},
        "owner": {"S": "another invocation"},
        "done": {"BOOL": False},
        "expires_at": {"N": str(int(until))},
    }


def a_batch_is_processed_but_for_the_poisonous_record(world: World) -> None:
    world.sql(
        "create function refuse() returns trigger language plpgsql as "
        f"$$ begin if new.text = '{POISON}' then raise 'no room for this'; end if; return new; end $$"
    )
    world.sql("create trigger refuse before insert on feedback for each row execute function refuse()")
    messages = world.take("feedback")
    (poison,) = (message["MessageId"] for message in messages if POISON in message["Body"])
    result = world.invoke("process", sqs_batch("feedback", *messages))
    assert result == {"batchItemFailures": [{"itemIdentifier": poison}]}
    tickets = world.api("GET", "/tickets", query={"source": SOURCE})["items"]
    assert sorted(ticket["category"]["label"] for ticket in tickets) == ["bug_report", "feature_request"]
    assert world.told() == ["ticket.created", "ticket.created"]


def a_file_is_registered_and_read(world: World) -> None:
    world.invoke("uploads", world.upload("reviews/csv/default/some reviews.csv", ROWS))
    assert world.told() == ["file.received"]
    (job,) = world.take("files")
    assert world.invoke("files", sqs_batch("files", job)) == {"batchItemFailures": []}
    assert len(world.take("feedback")) == 2
    world.told()


def an_upload_that_nobody_told_of_is_found(world: World) -> None:
    world.upload("reviews/csv/default/missed.csv", ROWS)
    door = Aging(world.stack.aws_port)
    world.packaged.set(AWS_ENDPOINT_URL=door.url)
    try:
        fifth_minute = {**schedule(world.packaged.functions["sweep"]), "time": "2026-03-01T12:05:00Z"}
        assert world.invoke("sweep", fifth_minute) == {
            "resumed": 0,
            "registered": 1,
            "told": 0,
            "troubles": 0,
        }
    finally:
        world.packaged.set(AWS_ENDPOINT_URL=f"http://127.0.0.1:{world.stack.aws_port}")
        door.close()
    assert len(world.take("files")) == 1
    assert world.told() == ["file.received"]


def what_was_kept_is_read_again(world: World) -> None:
    route = "/connections/{source}/{connection}/reread"
    headers = {"x-api-key": KEY, "content-type": "application/json"}
    event = http_event("POST", route, CONNECTION, headers, b'{"since": "2026-01-01"}')
    id = json.loads(world.invoke("api", event)["body"])["id"]
    (message,) = world.take("jobs")
    assert world.invoke("jobs", sqs_batch("jobs", message)) == {"batchItemFailures": []}
    assert world.api("GET", "/jobs/{id}", id=id)["status"] == "done"
    assert len(world.take("feedback")) > 0


def reviews_are_fetched_by_a_signed_token(world: World) -> None:
    place = {"source": "app_store", "connection": "default"}
    ssm = world.stack.client("ssm")
    with on_time(AppStoreConnect) as store:
        store.add(1, datetime.now(UTC))
        ssm.put_parameter(Name="/triggeriq/local/app", Value=store.credentials, Type="SecureString")
        arn = ssm.get_parameter(Name="/triggeriq/local/app")["Parameter"]["ARN"]
        settings = {**store.settings, "credentials": arn}
        route = "/connections/{source}/{connection}"
        world.api("PUT", route, {"settings": settings}, **place)
        assert world.invoke("poll", schedule(world.packaged.functions["poll"])) == {"polled": 1}
        assert world.api("GET", route, **place)["poll"]["reason"] is None
    assert len(world.take("ingest")) == 1


def what_was_left_in_the_outbox_is_told(world: World) -> None:
    world.sql(
        "insert into outbox (id, type, subject, time, data) values "
        "(gen_random_uuid(), 'ticket.updated', 'ticket', now() - interval '1 hour', '{}')"
    )
    assert world.invoke("relay", schedule(world.packaged.functions["relay"])) == {
        "relayed": 1,
        "indexed": 0,
    }
    assert world.told() == ["ticket.updated"]


def an_event_is_posted_delivered_and_pulled(world: World) -> None:
    headers = {"x-api-key": KEY, "content-type": "application/json"}

    def ask(function: str, method: str, route: str, value: Any) -> Any:
        answer = world.invoke(function, http_event(method, route, None, headers, json.dumps(value).encode()))
        assert answer["statusCode"] in (200, 201, 202), answer
        return json.loads(answer["body"])

    with Receivers() as receivers:
        wanted = {"types": ["order.paid"]}
        ask("pull", "PUT", "/inbox", wanted)
        ask("api", "POST", "/subscriptions", {"url": receivers.at("/package"), **wanted})
        ask("receive", "POST", "/events", {"id": "order-1", "type": "order.paid", "data": {"total": 1}})
        for _ in ("the event", "its job"):
            (message,) = world.take("delivery")
            assert world.invoke("deliver", sqs_batch("delivery", message)) == {"batchItemFailures": []}
        assert receivers.ids("/package") == ["order-1"]
    assert world.invoke("deliver_due", schedule(world.packaged.functions["deliver_due"])) == {"due": 0}
    (item,) = ask("pull", "GET", "/inbox", None)["items"]
    assert item["event"]["id"] == "order-1"


STORIES = (
    a_deploy_makes_the_schema,
    an_admin_makes_a_connection,
    a_webhook_is_received,
    its_events_are_ingested_but_for_one_that_is_in_other_hands,
    a_batch_is_processed_but_for_the_poisonous_record,
    a_file_is_registered_and_read,
    an_upload_that_nobody_told_of_is_found,
    what_was_kept_is_read_again,
    reviews_are_fetched_by_a_signed_token,
    what_was_left_in_the_outbox_is_told,
    an_event_is_posted_delivered_and_pulled,
)


def test_health_needs_no_setting_and_no_network(world: World) -> None:
    with world.packaged.runtime("api", settings={}) as runtime:
        answer = runtime.invoke(http_event("GET", "/health"))
        opened = [str(file.readlink()) for file in Path(f"/proc/{runtime.pid}/fd").iterdir()]
        networks = [
            Path(f"/proc/{runtime.pid}/net/{name}").read_text() for name in ("tcp", "tcp6", "udp", "udp6")
        ]
    assert (answer["statusCode"], json.loads(answer["body"])["status"]) == (200, "ok")
    inodes = {name.removeprefix("socket:[").rstrip("]") for name in opened}
    assert len(inodes & set(" ".join(networks).split())) == 1  # the connection to the Runtime API


@pytest.mark.parametrize("function", ["api", "receive", "process"])
def test_a_wrong_setting_stops_the_start_with_a_message(world: World, function: str) -> None:
    wrong = {"TRIGGERIQ_FUNCTION": function, "TRIGGERIQ_PLUGIN_SECONDS": "soon"}
    runtime = world.packaged.runtime(function, wrong)
    with pytest.raises(NotImportable, match=r"TRIGGERIQ_PLUGIN_SECONDS is 'soon'; it must be seconds"):
        runtime.start()
    runtime.stop()


def test_the_folder_can_not_be_written(world: World) -> None:
    """So that the stories above would have failed if a function had tried."""
    held = NOT_ABOVE_MODES if is_root() else ()
    touched = subprocess.run(
        [*held, "touch", world.packaged.folder / "new"], capture_output=True, check=False
    )
    assert b"Permission denied" in touched.stderr
    assert world.packaged.written() == set()
