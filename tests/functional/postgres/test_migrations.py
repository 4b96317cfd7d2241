from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from chalicelib import bootstrap
from chalicelib.errors import Unavailable
from chalicelib.handlers import deploy
from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.migrate import Migration, MigrationError, migrate, packaged


def test_all_are_applied_once_and_in_order(empty_url: str) -> None:
    names = [migration.name for migration in packaged()]
    assert names == sorted(names)
    assert names[0].startswith("0001_")
    assert migrate(empty_url) == names
    assert migrate(empty_url) == []


def test_two_runs_at_once_apply_each_once(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        runs = list(pool.map(migrate, [empty_url] * 4))
    assert sorted(name for run in runs for name in run) == [migration.name for migration in packaged()]


def test_a_changed_migration_is_an_error_that_names_it(empty_url: str) -> None:
    migrate(empty_url, [Migration("0001_one.sql", "create table one ()")])
    with pytest.raises(MigrationError, match=r"0001_one\.sql was changed"):
        migrate(empty_url, [Migration("0001_one.sql", "create table two ()")])


def test_a_failing_migration_leaves_nothing_of_itself(empty_url: str) -> None:
    good, bad = (
        Migration("0001_good.sql", "create table good ()"),
        Migration("0002_bad.sql", "create table half (); oops"),
    )
    with pytest.raises(MigrationError, match=r"0002_bad\.sql failed.*syntax error"):
        migrate(empty_url, [good, bad])
    database = Database(empty_url)
    assert database.run("select to_regclass('good')::text, to_regclass('half')::text") == [["good", None]]
    database.close()
    assert migrate(empty_url, [good, Migration("0002_bad.sql", "create table half ()")]) == ["0002_bad.sql"]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("oops", '42601 syntax error at or near "oops"'),
        ("select text::int from words", "22P02"),  # its message would quote the row
        ("alter table words add unique (text)", '23505 could not create unique index "words_text_key"'),
    ],
)
def test_a_deployment_is_told_why_it_stops_and_no_customer_s_word(
    empty_url: str, monkeypatch: pytest.MonkeyPatch, sql: str, said: str
) -> None:
    words = Migration(
        "0001_words.sql", "create table words (text text); insert into words values ('jo'), ('jo')"
    )
    use = SimpleNamespace(metrics=SimpleNamespace(flush=lambda: None))
    monkeypatch.setattr(bootstrap, "use_cases", lambda: use)
    monkeypatch.setattr(bootstrap, "migrate", lambda: migrate(empty_url, [words, Migration("0002.sql", sql)]))
    with pytest.raises(MigrationError) as told:
        deploy.migrate({}, SimpleNamespace(aws_request_id="r-1"))
    assert str(told.value) == f"postgres: 0002.sql failed, and nothing of it is left: {said}"


def test_no_server_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        migrate("postgresql://nobody@/none?host=/nowhere", reconnect_seconds=0)


def test_the_audit_trail_is_append_only(database: Database) -> None:
    database.run(
        "insert into processing_logs (ticket_id, run, stage, at, by, data) "
        "values (gen_random_uuid(), gen_random_uuid(), 'classify', now(), 'core', '{}')"
    )
    for statement in (
        "update processing_logs set by = 'me'",
        "delete from processing_logs",
        "truncate processing_logs",
    ):
        with pytest.raises(Exception, match="append-only"):
            database.run(statement)
    with database.transaction() as session:
        session.script("set local triggeriq.erasing = 'off'")
    assert database.run("select by from processing_logs") == [["core"]]


def test_erasing_a_person_may_rewrite_it(database: Database) -> None:
    database.run(
        "insert into processing_logs (ticket_id, run, stage, at, by, data) "
        "values (gen_random_uuid(), gen_random_uuid(), 'classify', now(), 'core', '{}')"
    )
    with database.transaction() as session:
        session.script("set local triggeriq.erasing = 'on'")
        session.run("delete from processing_logs")
    assert database.run("select count(*) from processing_logs") == [[0]]
