"""Numbered changes of the schema, each applied once, under a lock."""

from __future__ import annotations

import hashlib
import logging
import re
import time
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from typing import NamedTuple

from pg8000.exceptions import DatabaseError

from chalicelib.errors import Unavailable
from chalicelib.services.external import external
from chalicelib.services.postgres.address import Address, parse
from chalicelib.services.postgres.connection import Database, LoginRefused, Session, TokenRefused
from chalicelib.services.postgres.errors import postgres_errors, said, trouble
from chalicelib.services.postgres.users import Master, grant_rights, make_users

log = logging.getLogger(__name__)

LOCK = 0x7219_0001
"""The advisory lock that migrations run under: one at a time in a database."""
_ALONE = f"begin; select pg_advisory_xact_lock({LOCK})"
_NAME = re.compile(r"[0-9]{4}_[a-z0-9_]+\.sql")
_BOOK = """
create table if not exists migrations (
    name text primary key,
    checksum text not null,
    applied_at timestamptz not null default now()
)"""


class Migration(NamedTuple):
    """One change of the schema."""

    name: str
    """`0001_what_it_does.sql`; migrations are applied in the order of their names."""
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()


class MigrationError(Unavailable):
    """The schema can't be brought up to date by itself; the message names the migration and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__("postgres", message)


def packaged() -> list[Migration]:
    """The migrations that this release brings along, in order."""
    folder = files("chalicelib") / "migrations"
    found = (entry for entry in folder.iterdir() if _NAME.fullmatch(entry.name))
    return sorted(Migration(entry.name, entry.read_text("utf-8")) for entry in found)


@external("postgres.migrate", postgres_errors)
def migrate(
    database_url: str,
    migrations: Sequence[Migration] | None = None,
    reconnect_seconds: float = 5.0,
    master: Callable[[], Master] | None = None,
    login_seconds: float = 30.0,
) -> list[str]:
    """Apply what is missing; returns the names of what was applied now, [] if nothing was missing.

    Each migration is a transaction; two runs at once wait for each other. A database that knows migrations
    from a newer release is left alone. master: gives the user who may make the database's users; called only
    where the URL's own user is not let in. login_seconds: how long to try with new tokens while RDS refuses
    them, both before the master is asked and after. Raises MigrationError where one that was applied has been
    changed since, or fails; Unavailable.
    """
    wanted = packaged() if migrations is None else migrations
    address = parse(database_url)
    database = Database(address, size=1, reconnect_seconds=reconnect_seconds, statement_seconds=240.0)
    try:
        try:
            _log_in(database, login_seconds)
        except LoginRefused as refusal:
            if master is None:
                raise
            log.info("the user that owns the schema is not let in: making the users")
            failure = _make_users(address, master)
            try:  # even then: another run may have made them meanwhile, after which the master is not let in
                _log_in(database, login_seconds)
            except LoginRefused:
                if failure is None:
                    raise
                told = postgres_errors(failure) or failure
                raise Unavailable(
                    "postgres", f"{refusal}. Nor can the master user make the database's users: {told}"
                ) from failure
        return _migrated(database, wanted)
    finally:
        database.close()


def _log_in(database: Database, seconds: float) -> None:
    """Log in, and leave the connection in the pool."""
    deadline = time.monotonic() + seconds
    pause = 0.1
    while True:
        try:
            database.run("select 1")
            return
        except TokenRefused:
            if time.monotonic() + pause > deadline:
                raise
        time.sleep(pause)
        pause = min(pause * 2, 5.0)


def _migrated(database: Database, migrations: Sequence[Migration]) -> list[str]:
    applied: list[str] = []
    for migration in migrations:
        try:
            if database.transact(partial(_apply, migration), _ALONE):
                log.info("applied migration %s", migration.name)
                applied.append(migration.name)
        except DatabaseError as error:
            if trouble(error) != "data":
                raise
            raise MigrationError(
                f"{migration.name} failed, and nothing of it is left: {said(error)}"
            ) from error
    database.transact(grant_rights, _ALONE)
    return applied


def _make_users(address: Address, master: Callable[[], Master]) -> Exception | None:
    """Returns why they could not be made; None if they were."""
    try:
        user, password = master()
        database = Database(address._replace(user=user, password=password, iam=False), size=1)
        try:
            database.transact(make_users, _ALONE)
        finally:
            database.close()
    except Exception as error:
        return error
    return None


def _apply(migration: Migration, session: Session) -> bool:
    session.script(_BOOK)
    rows = session.run("select checksum from migrations where name = :name", name=migration.name)
    if rows:
        if rows[0][0] != migration.checksum:
            raise MigrationError(
                f"{migration.name} was changed after it was applied here: put it back as it was, "
                "and make the change in a new migration"
            )
        return False
    session.script(migration.sql)
    session.run(
        "insert into migrations (name, checksum) values (:name, :checksum)",
        name=migration.name,
        checksum=migration.checksum,
    )
    return True
