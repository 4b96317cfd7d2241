"""A real PostgreSQL 16 for each run of the tests, emptied before each test."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp

import pytest

from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.migrate import migrate
from chalicelib.services.postgres.tickets import PostgresTickets
from local.postgres import Postgres
from local.state import ROOTS_FOLDER, State, is_root
from tests.functional.postgres.desk import Desk

_names = itertools.count(1)

FORGET = """
set local triggeriq.erasing = 'on';
truncate processing_logs, feedback_versions, feedback, tickets, outbox, configurations, touched_days,
    early_answers, redactions
"""


@contextmanager
def started() -> Iterator[str]:
    """The URL of an empty database, for its superuser; its server ends with the context."""
    if is_root():
        ROOTS_FOLDER.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder = Path(mkdtemp(prefix=f"tests-{os.getpid()}-", dir=ROOTS_FOLDER if is_root() else None))
    state = State(folder)
    postgres = Postgres(state, durable=False)
    try:
        postgres.start()
        yield f"postgresql://triggeriq@/triggeriq?host={state.sockets}"
    finally:
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
        shutil.rmtree(state.sockets, ignore_errors=True)


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    with started() as url:
        yield url


MASTER = "master"
ROLES = (
    "select rolname from pg_roles "
    "where rolname !~ '^pg_' and rolname not in ('triggeriq', 'rds_iam') order by 1 desc"
)


@pytest.fixture(scope="session")
def instance() -> Iterator[str]:
    """A server of its own for tests of users: these are the whole server's, and other tests have none."""
    with started() as url:
        yield url


@pytest.fixture
def own_server(instance: str) -> Iterator[str]:
    """Its URL for the superuser. It is as RDS makes it: the user `master` owns the database `shop`, and is
    no superuser."""
    root = Database(instance)
    root.run("create role rds_iam")
    root.run(f"create role {MASTER} login createrole createdb")
    root.run(f"grant rds_iam to {MASTER} with admin true, inherit false, set false")
    root.run(f"create database shop owner {MASTER}")
    yield instance
    root.run("drop database shop with (force)")
    for (role,) in [*root.run(ROLES), ["rds_iam"]]:
        root.run(f"drop role {role}")
    root.close()


@pytest.fixture(scope="session")
def migrated(server: str) -> str:
    """The URL of a database with the schema."""
    migrate(server)
    return server


@pytest.fixture
def url(migrated: str) -> str:
    """The URL of a migrated database with nothing in it."""
    database = Database(migrated)
    with database.transaction() as session:
        session.script(FORGET)
    database.close()
    return migrated


@pytest.fixture
def empty_url(server: str) -> Iterator[str]:
    """The URL of a database of its own, without a schema."""
    name = f"test_{next(_names)}"
    root = Database(server)
    root.run(f"create database {name} template template0")
    yield server.replace("/triggeriq?", f"/{name}?")
    root.run(f"drop database {name} with (force)")
    root.close()


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


@pytest.fixture
def tickets(database: Database) -> PostgresTickets:
    return PostgresTickets(database)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database)


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 1, 12, tzinfo=UTC)
