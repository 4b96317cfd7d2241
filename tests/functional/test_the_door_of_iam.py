"""Whether a right too few or too many would be noticed: the door that stands for IAM, asked directly."""

from __future__ import annotations

from typing import Any

import pytest

from local.catalogue import named
from local.stack import Stack
from tests.functional.iam import Iam, Permission, permissions

GIVEN: dict[str, Any] = {"sweep": {"buckets": {"uploads": ["ListBucket"]}, "bus": ["PutEvents"]}}


def test_what_is_not_given_is_refused_and_named(quiet_stack: Stack) -> None:
    iam = Iam(quiet_stack.aws_port, GIVEN)
    try:
        s3 = client(iam, "s3")
        assert s3.list_objects_v2(Bucket=named("uploads"), Prefix="no such folder/")["KeyCount"] == 0
        with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
            s3.put_object(Bucket=named("uploads"), Key="a", Body=b"")
        sqs = client(iam, "sqs")
        with pytest.raises(sqs.exceptions.ClientError, match="AccessDenied"):
            sqs.get_queue_url(QueueName=named("files"))
        assert set(map(str, iam.refused)) == {
            "sweep: PutObject on buckets uploads",
            "sweep: GetQueueUrl on queues files",
        }
        assert iam.granted - iam.used == {Permission("sweep", "bus", "bus", "PutEvents")}
    finally:
        iam.close()


def test_a_missing_object_is_told_only_to_whoever_may_list(quiet_stack: Stack) -> None:
    given = {"files": {"buckets": {"uploads": ["GetObject"]}}}
    for actions, said in ((["GetObject"], "AccessDenied"), (["GetObject", "ListBucket"], "NoSuchKey")):
        given["files"]["buckets"]["uploads"] = actions
        iam = Iam(quiet_stack.aws_port, given)
        try:
            s3 = client(iam, "s3", "files")
            with pytest.raises(s3.exceptions.ClientError, match=said):
                s3.get_object(Bucket=named("uploads"), Key="nothing")
            assert bool(iam.refused) == (said == "AccessDenied")
        finally:
            iam.close()


def test_a_right_on_a_folder_is_one_on_nothing_else(quiet_stack: Stack) -> None:
    given = {"files": {"buckets": {"artifacts/unpacked": ["PutObject"]}}}
    iam = Iam(quiet_stack.aws_port, given)
    try:
        s3 = client(iam, "s3", "files")
        s3.put_object(Bucket=named("artifacts"), Key="unpacked/a/b", Body=b"")
        assert (iam.refused, iam.granted - iam.used) == (set(), set())
        for key in ("unpacked", "raw/unpacked/a", "unpacked-too/a"):
            with pytest.raises(s3.exceptions.ClientError, match="AccessDenied"):
                s3.put_object(Bucket=named("artifacts"), Key=key, Body=b"")
    finally:
        iam.close()


def test_all_kinds_of_permissions_are_read() -> None:
    given = {
        "f": {
            "tables": {"t/index/i": ["Query"]},
            "bus": ["PutEvents"],
            "secrets": ["database-master"],
            "database": "app",
        }
    }
    assert permissions(given) == {
        Permission("f", "tables", "t/index/i", "Query"),
        Permission("f", "bus", "bus", "PutEvents"),
        Permission("f", "secrets", "database-master", "GetSecretValue"),
    }


def client(iam: Iam, service: str, function: str = "sweep") -> Any:
    from botocore.config import Config
    from botocore.session import get_session

    return get_session().create_client(
        service,
        "us-east-1",
        endpoint_url=iam.url,
        aws_access_key_id=function,
        aws_secret_access_key="local",
        config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
    )
