"""What happens when the server, the connection or the schema goes away under us."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from chalicelib.errors import Unavailable
from chalicelib.services.postgres.connection import Database, Session
from chalicelib.services.postgres.outbox import PostgresOutbox
from chalicelib.services.postgres.tickets import PostgresTickets
from tests.said import said, take_in

KILL_OTHERS = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""


@pytest.fixture
def killer(url: str) -> Iterator[Database]:
    """Another client, that ends everybody else's connections."""
    killer = Database(url)
    yield killer
    killer.close()


def test_a_connection_that_died_in_the_pool_is_replaced(
    tickets: PostgresTickets, killer: Database, now: datetime
) -> None:
    take_in(tickets, [said("r1")], now)
    killer.run(KILL_OTHERS)
    assert take_in(tickets, [said("r2")], now)[0][0].outcome == "created"


def test_a_single_statement_too(database: Database, killer: Database) -> None:
    database.run("select 1")
    killer.run(KILL_OTHERS)
    assert database.run("select 2") == [[2]]


def test_a_connection_killed_within_a_transaction_leaves_nothing_half_done(
    database: Database, killer: Database, now: datetime
) -> None:
    tries = []

    def work(session: Session) -> int:
        session.run("insert into configurations values ('k', :v, '1', 'me', now())", v=len(tries) + 1)
        tries.append(1)
        if len(tries) == 1:
            killer.run(KILL_OTHERS)
        session.run("select 1")
        return len(tries)

    database.run("select 1")  # an idle connection: its loss is worth another try at once
    assert database.transact(work) == 2
    assert database.run("select version from configurations") == [[2]]


def test_a_connection_killed_at_the_commit_is_not_tried_again(database: Database, killer: Database) -> None:
    tries = []

    def work(session: Session) -> None:
        tries.append(1)
        session.run("insert into configurations values ('k', 1, '1', 'me', now())")
        killer.run(KILL_OTHERS)

    with pytest.raises(Unavailable):
        database.transact(work)
    assert len(tries) == 1
    assert database.run("select count(*) from configurations") == [[0]]


def test_a_changed_schema_is_prepared_anew(database: Database) -> None:
    database.run("drop table if exists changing")
    database.run("create table changing (a integer)")
    database.run("insert into changing values (1)")
    assert database.run("select * from changing where a = :a", a=1) == [[1]]
    other = database.run("alter table changing add column b integer default 7")
    assert other == []
    assert database.run("select * from changing where a = :a", a=1) == [[1, 7]]


def test_a_deadlock_is_tried_again(database: Database) -> None:
    database.run("drop table if exists two")
    database.run("create table two (id integer primary key, n integer)")
    database.run("insert into two values (1, 0), (2, 0)")
    both_hold = threading.Barrier(2)

    def crossing(first: int, second: int) -> None:
        tries = []

        def work(session: Session) -> None:
            tries.append(1)
            session.run("update two set n = n + 1 where id = :id", id=first)
            if len(tries) == 1:
                both_hold.wait(10)
            session.run("update two set n = n + 1 where id = :id", id=second)

        database.transact(work)

    threads = [threading.Thread(target=crossing, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert database.run("select n from two order by id") == [[2], [2]]


def test_an_error_of_ours_undoes_and_keeps_the_connection(database: Database) -> None:
    pid = database.run("select pg_backend_pid()")

    def work(session: Session) -> None:
        session.run("insert into configurations values ('k', 1, '1', 'me', now())")
        raise Unavailable("bus", "down")

    with pytest.raises(Unavailable):
        database.transact(work)
    assert database.run("select count(*) from configurations") == [[0]]
    assert database.run("select pg_backend_pid()") == pid


def test_an_interruption_throws_the_connection_away(database: Database) -> None:
    pid = database.run("select pg_backend_pid()")

    def work(session: Session) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        database.transact(work)
    assert database.run("select pg_backend_pid()") != pid


def test_a_statement_that_takes_too_long_is_cut(url: str) -> None:
    database = Database(url, statement_seconds=0.5)
    with pytest.raises(Exception, match="statement timeout"):
        database.run("select pg_sleep(10)")
    assert database.run("select 1") == [[1]]
    database.close()


def test_more_threads_than_connections_wait_their_turn(url: str) -> None:
    database = Database(url, size=2)
    pids: list[int] = []

    def ask() -> None:
        for _ in range(20):
            pids.append(database.run("select pg_backend_pid()")[0][0])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(pids) == 160
    assert len(set(pids)) <= 2
    database.close()


def test_a_server_that_comes_back_in_time_is_waited_for(url: str) -> None:
    """The name of its socket is gone for a moment, as in a restart."""
    folder = url.partition("?host=")[2]
    away = url.replace(folder, folder + "-away")
    database = Database(away, reconnect_seconds=10)
    link = Path(folder + "-away")
    timer = threading.Timer(0.2, link.symlink_to, [folder])
    timer.start()
    try:
        assert database.run("select 1") == [[1]]
    finally:
        timer.join()
        database.close()
        link.unlink()


def test_no_server_is_unavailable_at_once_without_patience(now: datetime) -> None:
    database = Database("postgresql://nobody@/none?host=/nowhere")
    with pytest.raises(Unavailable, match="postgres"):
        PostgresOutbox(database).pending(10, now)


def test_a_missing_schema_is_unavailable_not_poison(empty_url: str, now: datetime) -> None:
    database = Database(empty_url)
    with pytest.raises(Unavailable, match="feedback"):
        take_in(PostgresTickets(database), [said()], now)
    database.close()


def test_something_else_on_the_port_is_unavailable(now: datetime) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer() -> None:
            peer, _ = listener.accept()
            peer.recv(100)
            peer.close()

        thread = threading.Thread(target=answer)
        thread.start()
        database = Database(f"postgresql://a:b@127.0.0.1:{port}/c?sslmode=disable")
        with pytest.raises(Unavailable):
            PostgresOutbox(database).pending(1, now)
        thread.join(5)
