"""`migrate` on a server that has nothing but its master user: afterwards one user owns the schema, and
the app's may do what the app does, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import NamedTuple

import pytest
from pg8000.exceptions import DatabaseError

from chalicelib.domain.tickets.ticket import Change
from chalicelib.errors import Unavailable
from chalicelib.services.postgres.configurations import PostgresConfigurations
from chalicelib.services.postgres.connection import Database, LoginRefused
from chalicelib.services.postgres.migrate import migrate, packaged
from chalicelib.services.postgres.outbox import PostgresOutbox
from chalicelib.services.postgres.tickets import PostgresTickets
from chalicelib.services.postgres.users import APP, OWNER, RIGHTS, SPARE_CONNECTIONS, Master, master_of
from local.postgres import SETTINGS
from tests.functional.postgres.desk import Desk
from tests.said import Noticing, answered, said, take_in, taken_back

MASTER = Master("master", "sesame")
FORBIDDEN = [
    "create table mine ()",
    "create temporary table mine ()",
    "create schema mine",
    "create function mine() returns int language sql as 'select 1'",
    "alter table tickets add column mine text",
    "drop table tickets",
    "truncate tickets",
    "delete from tickets",
    "delete from feedback",
    "update processing_logs set by = 'me'",
    "delete from processing_logs",
    "update feedback_versions set text = ''",
    "update outbox set type = ''",
    "select * from migrations",
    "insert into migrations (name, checksum) values ('9999_mine.sql', '')",
    "update configurations set by = 'me'",
    f"set role {OWNER}",
    f"alter role {APP} createrole",
]


class Server(NamedTuple):
    """A server like one of RDS: its master user owns the database, and is no superuser."""

    url: str

    def of(self, user: str) -> str:
        return self.url.replace("//triggeriq@", f"//{user}@")

    def database(self, user: str) -> Database:
        return Database(self.of(user), size=1)

    def sql(self, user: str, statement: str) -> list[list[object]]:
        database = self.database(user)
        try:
            return database.run(statement)
        finally:
            database.close()

    def migrate(self) -> list[str]:
        return migrate(self.of(OWNER), master=lambda: MASTER)


@pytest.fixture
def server(own_server: str) -> Server:
    return Server(own_server.replace("/triggeriq?", "/shop?"))


@pytest.fixture
def made(server: Server) -> Server:
    server.migrate()
    return server


@pytest.fixture
def app(made: Server) -> Iterator[Database]:
    database = made.database(APP)
    yield database
    database.close()


def test_users_and_schema_are_made(server: Server) -> None:
    assert server.migrate() == [migration.name for migration in packaged()]
    owners = server.sql(OWNER, "select distinct tableowner::text from pg_tables where schemaname = 'public'")
    assert owners == [[OWNER]]
    assert server.sql(
        OWNER, "select pg_get_userbyid(datdba)::text from pg_database where datname = 'shop'"
    ) == [[OWNER]]


def test_the_second_time_nobody_asks_for_the_master(made: Server) -> None:
    def nobody() -> Master:
        raise AssertionError("the master secret was read")

    assert migrate(made.of(OWNER), master=nobody) == []


def test_both_may_log_in_by_iam_and_the_master_acts_as_neither(made: Server) -> None:
    members = made.sql(
        OWNER,
        "select roleid::regrole::text, member::regrole::text, set_option or inherit_option "
        "from pg_auth_members where member::regrole::text !~ '^pg_'",
    )
    assert [member[:2] for member in members if member[2]] == [["rds_iam", OWNER], ["rds_iam", APP]]


def test_the_master_can_let_himself_in_as_the_owner(made: Server) -> None:
    """By docs/running.md, when a person has to."""
    with pytest.raises(DatabaseError, match="permission denied for database"):
        made.sql(MASTER.user, "select 1")
    elsewhere = made._replace(url=made.url.replace("/shop?", "/postgres?"))
    elsewhere.sql(MASTER.user, f"grant {OWNER} to {MASTER.user} with inherit true")
    assert made.sql(MASTER.user, "select count(*) from tickets") == [[0]]
    elsewhere.sql(MASTER.user, f"revoke {OWNER} from {MASTER.user}")
    with pytest.raises(DatabaseError, match="permission denied for database"):
        made.sql(MASTER.user, "select 1")


def test_a_server_without_rds_iam_is_not_of_rds(server: Server, instance: str) -> None:
    root = Database(instance)
    root.run("alter role rds_iam rename to other")
    try:
        assert server.migrate()
    finally:
        root.run("alter role other rename to rds_iam")
        root.close()


def test_several_at_once_come_to_the_same(server: Server) -> None:
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(lambda _: server.migrate(), range(4)))
    assert sorted(name for run in runs for name in run) == [migration.name for migration in packaged()]
    assert server.migrate() == []


def test_a_run_that_another_overtakes_has_nothing_left_to_do(server: Server) -> None:
    def master() -> Master:
        assert server.migrate()
        return MASTER

    assert migrate(server.of(OWNER), master=master) == []


def test_a_schema_that_the_master_made_is_handed_over(server: Server, now: datetime) -> None:
    migrate(server.of(MASTER.user))
    server.sql(MASTER.user, "create view open_tickets as select id from tickets")
    server.sql(MASTER.user, "create sequence numbers")
    assert server.migrate() == []
    owners = server.sql(
        OWNER,
        "select relname::text, relowner::regrole::text from pg_class "
        f"where relnamespace = 'public'::regnamespace and relowner <> '{OWNER}'::regrole union all "
        "select proname::text, proowner::regrole::text from pg_proc "
        f"where pronamespace = 'public'::regnamespace and proowner <> '{OWNER}'::regrole",
    )
    assert owners == []
    app = server.database(APP)
    take_in(PostgresTickets(app), [said("r1")], now)
    app.close()


def test_without_the_master_secret_it_says_who_was_refused(server: Server) -> None:
    with pytest.raises(LoginRefused, match=OWNER):
        migrate(server.of(OWNER))


def test_a_master_who_is_refused_is_named_and_his_password_is_not(server: Server) -> None:
    with pytest.raises(Unavailable, match="nobody_there") as caught:
        migrate(server.of(OWNER), master=lambda: Master("nobody_there", "sesame"))
    assert "sesame" not in repr(caught.value.__cause__) + str(caught.value)
    assert "sesame" not in repr(MASTER)


def test_the_secret_of_rds_is_read_and_never_quoted() -> None:
    assert master_of('{"username": "master", "password": "sesame", "port": 1}') == MASTER
    for secret in ('{"password": "sesame"}', "sesame", '"sesame"', "[]"):
        with pytest.raises(ValueError, match="username and password") as caught:
            master_of(secret)
        assert "sesame" not in str(caught.value)


def test_the_app_does_all_that_the_app_does(app: Database, now: datetime) -> None:
    tickets, desk = PostgresTickets(app), Desk(app)
    (one, two), events = take_in(tickets, [said("r1", thread="t"), said("r2")], now)
    take_in(tickets, [said("r1", thread="t", text="another word", version=2)], now)
    outbox = PostgresOutbox(app)
    assert outbox.pending(10, datetime.max.replace(tzinfo=now.tzinfo))
    outbox.relayed([event.id for event in events])
    desk.change(one.ticket_id, Change({"status": "pending"}, "me"), None, now)
    desk.merge(one.ticket_id, [two.ticket_id], "me", None, now)
    desk.split(one.ticket_id, [("zendesk", "default", "r2")], "me", None, now)
    take_back = Noticing(tickets, now)
    take_back(answered("t", minutes=1))
    take_back(answered("elsewhere"))
    take_back(taken_back("r1"))
    take_in(tickets, [said("new", thread="elsewhere")], now)
    desk.read.history(one.ticket_id, 10, None)
    desk.read.tickets.check()
    configurations = PostgresConfigurations(app)
    key = configurations.find("priority")
    configurations.put("priority", key.value, "me", 0, now)


def test_the_app_may_do_no_more(app: Database) -> None:
    for statement in FORBIDDEN:
        with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
            app.run(statement)


def test_nobody_else_may_do_anything(made: Server, instance: str) -> None:
    root = Database(instance)
    root.run("create role stranger login")
    root.close()
    with pytest.raises(DatabaseError, match="permission denied for database"):
        made.sql("stranger", "select 1")


def test_the_app_leaves_connections_to_others(made: Server) -> None:
    limit = made.sql(OWNER, f"select rolconnlimit from pg_roles where rolname = '{APP}'")
    assert limit == [[int(SETTINGS["max_connections"]) - SPARE_CONNECTIONS]]


def test_every_table_has_its_rights(made: Server) -> None:
    """A migration that makes a table adds a row to RIGHTS."""
    tables = made.sql(OWNER, "select tablename::text from pg_tables where schemaname = 'public'")
    assert {name for (name,) in tables} == RIGHTS.keys()
