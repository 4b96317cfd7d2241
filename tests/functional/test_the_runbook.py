"""The operators' pages: their commands do what they say, run as they stand there with the real AWS CLI
against the local AWS; those that only AWS can do are at least commands that the CLI knows."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook

from chalicelib.domain.intake.feedback_message import to_json
from local.catalogue import named
from local.stack import Stack
from tests.functional.calls import KNOWN
from tests.functional.client import Client, eventually
from tests.functional.receivers import Receivers
from tests.functional.runbook import PAGE, Block, Shell, blocks
from tests.functional.stores import Stores
from tests.said import said

HERE = blocks(elsewhere=False)
IN_AWS = blocks(elsewhere=True)
TOLD_BY_A_STORY = {
    "The first API key": 4,
    "The first connection": 3,
    "Secrets": 2,
    "Dead letters": 3,
    "Quarantine": 2,
    "Files": 3,
    "Replay from the archive": 1,
    "Restore": 3,
    "Subscribers": 8,
}
"""Chapters, and how many of their blocks the tests below run."""
JUST_RUN = [block for block in HERE if block.chapter not in TOLD_BY_A_STORY]
NOWHERE = {
    "AWS_REGION": "eu-central-1",
    "PREFIX": "triggeriq-dev",
    "ENVIRONMENT": "dev",
    "STATE_BUCKET": "bucket",
    "TO": "2026-11-20T12:00:00Z",
    "UPLOAD": "s3://bucket/reviews/csv/default/may.csv",
}
MADE_UP = r"""
note() { jq -cn '$ARGS.positional' --args -- "$@" >> calls; }
make() { note make "$@"; }
git() { note git "$@"; }
terraform() {
    note terraform "$@"
    case "$*" in *-json*) echo '{"api": "triggeriq-dev-api"}';; *) echo triggeriq-dev;; esac
}
aws() {
    note aws "$@"
    case "$*" in
        *get-function-configuration*) echo '{"Variables": {"AWS_CA_BUNDLE": "/var/task/amazon-roots.pem"}}';;
        *list-versions*) printf '1\t2\t3\t4\t5\t6\t$LATEST\n';;
        *) echo arn:aws:acm:eu-central-1:123456789012:certificate/1;;
    esac
}
"""
"""Programs of an operator, which here only note what they were called with; what they answer is made up."""
CALLED = re.compile(r"(?:^|\$\(|[|;] |\bdo ) *(aws|git|make|terraform) ", re.MULTILINE)

TOOLS = ("bash", "curl", "jq", "openssl")
pytestmark = pytest.mark.skipif(
    any(shutil.which(tool) is None for tool in TOOLS), reason=f"the runbook needs {', '.join(TOOLS)}"
)


def of(chapter: str) -> list[str]:
    return [block.text for block in HERE if block.chapter == chapter]


@pytest.fixture(scope="module")
def shell(running: Any, stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Shell:
    """An operator's shell, on a system that has just been deployed: with no key yet."""
    environment = {name: value for name, value in stack.environment.items() if name.startswith("AWS_")}
    names = {"PREFIX": named("")[:-1], "URL": running.url, "ENVIRONMENT": "local"}
    return Shell(tmp_path_factory.mktemp("shell"), {**environment, **names})


@pytest.fixture(scope="module")
def admin(shell: Shell) -> Shell:
    """The same, with the first key made."""
    for text in of("The first API key")[:2]:
        shell.run(text)
    return shell


@pytest.fixture(scope="module")
def shop(admin: Shell) -> Shell:
    """The same, with the first connection made."""
    admin.run(of("The first connection")[0])
    return admin


def send(shop: Shell, id: str = "first", **variables: str) -> dict[str, Any]:
    """The page's webhook, with that id in its body; the answer."""
    text = of("The first connection")[1].replace('"first"', f'"{id}"')
    return dict(json.loads(shop.run(text, **variables)))


def ticket(client: Client, id: str) -> dict[str, Any]:
    """The ticket of the connection `shop` with that id, once it is there."""
    return eventually(lambda: next((one for one in client.tickets("shop") if one["external_id"] == id), {}))


def test_every_block_is_rehearsed_or_says_that_it_is_not() -> None:
    chapters = {block.chapter: len(of(block.chapter)) for block in HERE}
    assert {name: chapters.get(name) for name in TOLD_BY_A_STORY} == TOLD_BY_A_STORY
    assert len(JUST_RUN) + sum(TOLD_BY_A_STORY.values()) == len(HERE)
    others = re.findall(r"^```(?!sh$)(\w+)$", PAGE, re.MULTILINE)
    assert others == [], "commands stand in blocks of sh, or nobody runs them"


def test_the_first_key_makes_a_real_one_and_is_revoked(admin: Shell, client: Client) -> None:
    _, _, revoke, healthy = of("The first API key")
    first, real = admin["ID"], admin["API_KEY"]
    (kept,) = [
        key
        for key in json.loads(admin.run('curl -sS "$URL/api-keys?limit=100" -H "X-Api-Key: $API_KEY"'))[
            "items"
        ]
        if key["id"] == first
    ]
    assert (kept["owner"], kept["scopes"], kept["created_by"]) == ("operations", ["admin"], "first key")
    assert kept["expires_at"] > kept["created_at"]
    admin.run(revoke)
    again = client.send("GET", "/api-keys", headers={"X-Api-Key": real})
    assert (again.status, first in real) == (200, False)
    revoked = next(key for key in again.json["items"] if key["id"] == first)["revoked_at"]
    assert revoked is not None
    told = json.loads(admin.run(healthy))
    assert set(told["checks"].values()) == {"ok"}


def test_a_key_that_only_resembles_the_first_one_is_refused(admin: Shell, client: Client) -> None:
    forged = admin["API_KEY"][:-1] + ("A" if not admin["API_KEY"].endswith("A") else "B")
    assert client.send("GET", "/api-keys", headers={"X-Api-Key": forged}).json["reason"] == "mismatch"


def test_the_first_signed_webhook_becomes_a_ticket(shop: Shell, client: Client) -> None:
    answer = send(shop)
    assert [event["duplicate"] for event in answer["events"]] == [False]
    assert ticket(client, "first")["text"] == "The app crashes when I log in"
    shown = json.loads(shop.run(of("The first connection")[2]))
    assert "first" in [one["external_id"] for one in shown["items"]]


def test_a_file_is_put_by_a_form_and_its_bad_rows_come_back(shop: Shell, stores: Stores) -> None:
    put, follow, give_back = of("Files")
    shop.run(put)
    found = stores.over("reviews/csv/shop/reviews.csv")
    assert json.loads(shop.run(follow)) == found
    assert (found["status"], found["made"], found["quarantined"]) == ("done", 1, 2)
    header, *rows = shop.run(give_back).removeprefix("\ufeff").splitlines()
    assert header == "_line,_reason,id,text,rating"
    assert [row.split(",")[0] for row in rows] == ["3", "4"]


def test_both_secrets_hold_while_one_is_rotated(shop: Shell, client: Client) -> None:
    rotate, renew_key = of("Secrets")
    old = shop["SECRET"]
    shop.run(rotate)
    assert shop["SECRET"] != old
    for number, secret in enumerate((shop["SECRET"], old)):
        send(shop, f"rotated-{number}", SECRET=secret)
        assert ticket(client, f"rotated-{number}")
    connection = client.get("/connections/standard_webhooks/shop")
    assert [one["expires_at"] is None for one in connection["secrets"]] == [True, False]
    former = shop["API_KEY"]
    shop.run(renew_key)
    statuses = [
        client.send("GET", "/tickets", headers={"X-Api-Key": key}).status for key in (former, shop["API_KEY"])
    ]
    assert statuses == [401, 200]


def test_a_dead_letter_is_seen_and_put_back(admin: Shell, client: Client, stores: Stores) -> None:
    listing, redrive, look = of("Dead letters")
    message = said("dead-letter", "It came back from the dead", connection="dead").message
    stores.send("feedback-dlq", to_json(message))
    assert json.loads(admin.run(listing))["queues"]["feedback"] == 1
    assert json.loads(admin.run(look))["Messages"][0]["Body"] == to_json(message)
    moved = eventually(lambda: json.loads(admin.run(redrive))["moved"]["feedback"])
    assert moved == 1
    eventually(lambda: "dead-letter" in [one["external_id"] for one in client.tickets(message.connection)])
    assert json.loads(admin.run(listing))["queues"]["feedback"] == 0


def test_what_was_quarantined_comes_back_once_it_is_mended(shop: Shell, client: Client) -> None:
    listing, replay = of("Quarantine")
    client.connect("standard_webhooks", "strange")
    refused = client.webhook("strange", "msg_1", {"id": "odd", "what_he_said": "Please mend the door"})
    assert refused.status == 422
    assert refused.json["kept"] in [one["id"] for one in json.loads(shop.run(listing))["items"]]
    client.connect("standard_webhooks", "strange", fields={"text": "what_he_said"})
    shop.run(replay)
    (found,) = client.wait_for_tickets("strange")
    assert found["text"] == "Please mend the door"


def test_a_subscriber_is_moved_paused_and_caught_up(admin: Shell, client: Client) -> None:
    listing, missing, pause, resume, move, rotate, count, recover = of("Subscribers")
    with Receivers() as receivers:
        old, new = receivers.at("/old"), receivers.at("/new")
        wanted = {"name": "rehearsed", "url": old, "types": ["rehearsal.*"]}
        id = client.call("POST", "/subscriptions", wanted).json["id"]
        admin.run(f"export SUBSCRIPTION={id} NEW_ADDRESS={new}")
        assert id in admin.run(listing)
        admin.run(move)
        eventually(lambda: receivers.ids("/new"))
        admin.run(pause)
        event = {"type": "rehearsal.began", "data": {}, "id": f"rehearsal-{id}"}
        assert client.call("POST", "/events", event).status == 202
        held = eventually(lambda: json.loads(admin.run(missing))["items"])
        assert [(one["event_id"], one["status"]) for one in held] == [(event["id"], "held")]
        admin.run(rotate)
        assert json.loads(admin.run(count))["found"] == 1
        admin.run(resume)
        eventually(lambda: event["id"] in receivers.ids("/new"))
        (got,) = (one for one in receivers.got["/new"] if one.id == event["id"])
        Webhook(admin["NEW_SECRET"]).verify(got.body, dict(got.headers))
        eventually(lambda: not json.loads(admin.run(missing))["items"])
        assert json.loads(admin.run(recover))["kind"] == "recover"
        assert receivers.ids("/old") == []
        client.call("DELETE", f"/subscriptions/{id}")


def test_lost_tickets_come_back_from_the_archive(shop: Shell, client: Client, stores: Stores) -> None:
    send(shop, "lost")
    before = ticket(client, "lost")
    stores.wait_until_quiet()
    stores.lose([before["id"]])
    assert "lost" not in [one["external_id"] for one in client.tickets("shop")]
    shop.run("FROM=$(jq -nr 'now - 3600 | todate') TO=$(jq -nr 'now + 60 | todate')")
    assert "COMPLETED" in shop.run(of("Replay from the archive")[0])
    stores.wait_until_quiet()
    assert ticket(client, "lost")["id"] == before["id"]


def test_a_table_s_rows_are_copied_back(shop: Shell, client: Client, stack: Stack) -> None:
    copy, delete, _ = of("Restore")
    dynamodb, table = stack.client("dynamodb"), named("connections")
    client.connect("standard_webhooks", "deleted")
    shape = dynamodb.describe_table(TableName=table)["Table"]
    dynamodb.create_table(
        TableName=f"{table}-restored",
        KeySchema=shape["KeySchema"],
        AttributeDefinitions=shape["AttributeDefinitions"],
        BillingMode="PAY_PER_REQUEST",
    )
    for item in dynamodb.scan(TableName=table)["Items"]:
        dynamodb.put_item(TableName=f"{table}-restored", Item=item)
    assert client.call("DELETE", "/connections/standard_webhooks/deleted").status in (200, 204)
    assert re.fullmatch(r"[1-9]\d* rows\n", shop.run(copy))
    shop.run(delete)
    assert f"{table}-restored" not in dynamodb.list_tables()["TableNames"]
    eventually(lambda: client.call("GET", "/connections/standard_webhooks/deleted").status == 200)
    eventually(
        lambda: client.webhook("deleted", "msg_1", {"id": "1", "text": "Its secret opens"}).status == 202
    )


def test_an_object_s_former_version_comes_back(shop: Shell, stack: Stack) -> None:
    s3 = stack.client("s3")
    s3.create_bucket(Bucket="versions-of-the-runbook")
    s3.put_bucket_versioning(Bucket="versions-of-the-runbook", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"good", b"spoilt"):
        s3.put_object(Bucket="versions-of-the-runbook", Key="dev.tfstate", Body=body)
    shop.run(of("Restore")[2], BUCKET="versions-of-the-runbook", OBJECT="dev.tfstate")
    assert s3.get_object(Bucket="versions-of-the-runbook", Key="dev.tfstate")["Body"].read() == b"good"


@pytest.mark.parametrize("block", JUST_RUN, ids=lambda block: block.id)
def test_a_command_that_only_looks_works(admin: Shell, block: Block) -> None:
    assert admin.run(block.text)


@pytest.mark.parametrize("block", IN_AWS, ids=lambda block: block.id)
def test_a_command_for_aws_is_one_that_there_is(block: Block, tmp_path: Path) -> None:
    """What it and others would answer is made up; that it could be called so is not."""
    for name in ("terraform/bootstrap", "build"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "terraform/bootstrap/terraform.tfstate").touch()
    (tmp_path / "terraform/dev.tfvars").touch()
    (tmp_path / "build/versions-dev.json").write_text('{"api": "4", "new": null}', encoding="utf-8")
    (tmp_path / "calls").touch()
    Shell(tmp_path, NOWHERE, MADE_UP, tmp_path).run(f"set +u\n{block.text}")
    calls = [json.loads(line) for line in (tmp_path / "calls").read_text(encoding="utf-8").splitlines()]
    assert len(calls) >= len(CALLED.findall(block.text)) > 0
    assert [call for call in calls if not KNOWN[call[0]](call[1:], tmp_path)] == []
