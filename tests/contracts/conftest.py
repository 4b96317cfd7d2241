"""The two worlds that a contract is held in: a real AWS over HTTP, and a real PostgreSQL.

In each module a fixture gives the port's implementations, one after the other: the real ones, and every fake
that tests use in their place.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.config import Config
from botocore.session import Session

from chalicelib.services.postgres.connection import Database
from local.catalogue import REGION
from local.stack import Stack
from tests.functional.faulty_aws import FaultyAws
from tests.functional.postgres.conftest import FORGET

Client = Callable[[str], Any]
"""Gives botocore's client of a service."""


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Every queue, table and bucket; nothing runs in it."""
    with Stack() as stack:
        stack.migrate()
        yield stack


@pytest.fixture(scope="session")
def aws(stack: Stack) -> Iterator[FaultyAws]:
    """The way to the AWS, which a test may jam."""
    aws = FaultyAws(stack.aws_port)
    yield aws
    aws.close()


@pytest.fixture(scope="session")
def client(aws: FaultyAws) -> Client:
    session = Session()
    session.set_credentials("local", "local")
    once = Config(proxies={}, retries={"total_max_attempts": 1})
    return cache(lambda service: session.create_client(service, REGION, endpoint_url=aws.url, config=once))


def all_of(sqs: Any, url: str, **asked: Any) -> Iterator[dict[str, Any]]:
    """Every message that a queue holds; it is taken away."""
    while found := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, **asked).get("Messages"):
        for one in found:
            sqs.delete_message(QueueUrl=url, ReceiptHandle=one["ReceiptHandle"])
            yield one


@pytest.fixture
def database(stack: Stack) -> Iterator[Database]:
    """PostgreSQL with nothing in its tables."""
    database = Database(stack.database)
    with database.transaction() as session:
        session.script(FORGET)
    yield database
    database.close()


@pytest.fixture
def unreachable(tmp_path: Path) -> Database:
    """A PostgreSQL that is down."""
    return Database(f"postgresql://triggeriq@/triggeriq?host={tmp_path}")


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def unique() -> str:
    """A name that no other test has."""
    return f"c-{uuid.uuid4().hex}"
