"""The stores that every run begins with."""

from __future__ import annotations

import contextlib
import stat
from pathlib import Path

import pg8000.native
import pytest

from local.processes import StartError
from local.stack import Stack
from local.state import is_root


def connect(stack: Stack) -> contextlib.closing[pg8000.native.Connection]:
    socket_file = str(stack.state.sockets / ".s.PGSQL.5432")
    connection = pg8000.native.Connection(
        "triggeriq", database="triggeriq", unix_sock=socket_file, ssl_context=False
    )
    return contextlib.closing(connection)


def test_every_resource_is_there(stack):
    queues = {
        name.rpartition("triggeriq-local-")[2] for name in stack.client("sqs").list_queues()["QueueUrls"]
    }
    assert queues == {
        *("ingest", "files", "feedback", "delivery", "jobs"),
        *("ingest-dlq", "files-dlq", "feedback-dlq", "delivery-dlq", "jobs-dlq", "async-dlq"),
        "async-uploads",
    }
    buckets = {bucket["Name"] for bucket in stack.client("s3").list_buckets()["Buckets"]}
    assert buckets == {f"triggeriq-local-{name}" for name in ("uploads", "artifacts", "backups", "knowledge")}
    assert "triggeriq-local-claims" in stack.client("dynamodb").list_tables()["TableNames"]
    events = stack.client("events")
    rules = events.list_rules(EventBusName="triggeriq-local")["Rules"]
    assert {rule["Name"] for rule in rules} >= {
        f"triggeriq-local-{name}" for name in ("feedback", "told", "posted")
    }
    assert events.list_archives()["Archives"][0]["RetentionDays"] == 14
    key = stack.client("kms").describe_key(KeyId="alias/triggeriq-local")["KeyMetadata"]
    assert key["KeyState"] == "Enabled"


def test_a_queue_waits_six_time_outs_and_no_less_than_five_minutes(stack):
    sqs = stack.client("sqs")

    def visibility(name: str) -> int:
        queue_url = sqs.get_queue_url(QueueName=f"triggeriq-local-{name}")["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["VisibilityTimeout"])
        return int(attributes["Attributes"]["VisibilityTimeout"])

    assert visibility("feedback") == 1, "300 s, by the scale of these tests"
    assert visibility("files") == 16, "6 x 900 s"


def test_starting_again_changes_nothing(stack, shared_project):
    stack.client("s3").put_object(Bucket="triggeriq-local-artifacts", Key="kept", Body=b"x")
    again = Stack(stack.state.folder, project=shared_project, time_scale=0.003)
    again.start()
    assert again.daemon == stack.daemon
    assert (
        stack.client("s3").get_object(Bucket="triggeriq-local-artifacts", Key="kept")["Body"].read() == b"x"
    )


def test_nobody_else_reaches_the_database(stack):
    sockets = stack.state.sockets
    assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert stat.S_IMODE(stack.state.database.stat().st_mode) == 0o700
    with connect(stack) as connection:
        assert connection.run("show listen_addresses") == [[""]]


def test_the_database_is_postgresql_16_and_knows_letters(stack):
    with connect(stack) as connection:
        [[version, lower]] = connection.run("select current_setting('server_version'), lower('ÄÖÉ')")
    assert version.startswith("16.")
    assert lower == "äöé"


def test_an_outage_lasts_until_it_is_ended(stack):
    stack.stop_postgres()
    with pytest.raises((pg8000.native.InterfaceError, OSError)), connect(stack):
        pass
    stack.start_postgres()
    with connect(stack) as connection:
        assert connection.run("select 1") == [[1]]


def test_two_stacks_know_nothing_of_each_other(stack, shared_project):
    with Stack(project=shared_project) as other:
        assert other.aws_port != stack.aws_port
        other.client("s3").put_object(Bucket="triggeriq-local-backups", Key="x", Body=b"x")
        listed = stack.client("s3").list_objects_v2(Bucket="triggeriq-local-backups")
        assert listed["KeyCount"] == 0
    assert not other.state.folder.exists()
    assert not other.state.sockets.exists()


@pytest.mark.skipif(not is_root(), reason="an ordinary user's PostgreSQL runs as that user")
def test_a_folder_that_nobody_can_reach_is_refused(tmp_path: Path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(StartError, match="choose another data folder with LOCAL_STATE"):
        Stack(closed / "data").start()
