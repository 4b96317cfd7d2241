"""Connections to PostgreSQL: few of them, kept open, with prepared statements. One that may be broken is
thrown away."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, TypeVar

from pg8000.exceptions import DatabaseError
from pg8000.native import TIMESTAMPTZ, UUID_TYPE, Connection, PreparedStatement

from chalicelib.errors import Poison, TriggerIQError, Unavailable
from chalicelib.services.aws import database_token
from chalicelib.services.postgres.address import Address, parse
from chalicelib.services.postgres.authority import region_of
from chalicelib.services.postgres.errors import is_login_refused, is_token_refused, said, trouble

T = TypeVar("T")

STATEMENTS_KEPT = 100
"""Prepared statements of one connection; beyond that, the least recently used one is closed."""
CONFLICT_TRIES = 3


class Session:
    """One connection. `run` prepares a statement once and then needs one round trip."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._prepared: OrderedDict[str, PreparedStatement] = OrderedDict()

    def run(self, sql: str, **parameters: Any) -> list[list[Any]]:
        """Run one statement with `:name` parameters; returns its rows."""
        statement = self._prepared.pop(sql, None)
        if statement is None:
            statement = self.connection.prepare(sql)
            if len(self._prepared) >= STATEMENTS_KEPT:
                self._prepared.popitem(last=False)[1].close()
        self._prepared[sql] = statement
        return statement.run(**parameters) or []

    def ask(self, sql: str, **parameters: Any) -> list[list[Any]]:
        """Run one statement that is planned anew for these values. It takes three round trips, but uses the
        right index for a rare word as well as for a common one."""
        return self.connection.run(sql, **parameters) or []

    def script(self, sql: str) -> list[list[Any]]:
        """Run statements that take no parameters, in one round trip; returns the rows of all."""
        return self.connection.run(sql) or []

    def forget_plans(self) -> None:
        """Close all prepared statements: the schema has changed, and they must be planned again."""
        while self._prepared:
            self._prepared.popitem()[1].close()


class CommitUnknown(Unavailable):
    """The connection broke during the commit: it may have happened."""


class LoginRefused(Unavailable):
    """The server does not let this user in; trying again changes nothing until an operator does."""


class TokenRefused(LoginRefused):
    """RDS knows the user as one that logs in by IAM, but does not take his token. That may pass: RDS also
    answers so while its IAM service is busy, and until a new permission is known everywhere."""


class Database:
    """A small pool of connections, safe to use from several threads.

    url: a text for address.parse, or what that returned. size: the most connections; a thread waits for a
    free one. reconnect_seconds: how long to try again while the server is down, before the caller gets the
    error; 0 where somebody waits for an answer. statement_seconds: a statement is stopped after that.
    """

    def __init__(
        self,
        url: str | Address,
        *,
        size: int = 8,
        reconnect_seconds: float = 0.0,
        connect_seconds: float = 3.0,
        statement_seconds: float = 15.0,
        application: str = "triggeriq",
    ) -> None:
        self._address = parse(url) if isinstance(url, str) else url
        self._reconnect_seconds = reconnect_seconds
        self._connect_seconds = connect_seconds
        self._statement_seconds = statement_seconds
        self._application = application
        self._places = threading.BoundedSemaphore(size)
        self._idle: list[Session] = []
        self._tls: ssl.SSLContext | None = None

    def run(self, sql: str, **parameters: Any) -> list[list[Any]]:
        """One statement in a transaction of its own."""
        return self._again(lambda: self._once(lambda session: session.run(sql, **parameters), explicit=False))

    def ask(self, sql: str, **parameters: Any) -> list[list[Any]]:
        """The same, planned for these values."""
        return self._again(lambda: self._once(lambda session: session.ask(sql, **parameters), explicit=False))

    def transact(self, work: Callable[[Session], T], opening: str = "begin") -> T:
        """Do `work` in one transaction and commit it. After a deadlock, a change of the schema or a lost
        connection all of it is done again, so it must have no other effects.

        opening: the script that begins the transaction; locks may follow `begin` in the same round trip.
        """
        return self._again(lambda: self._once(work, explicit=True, opening=opening))

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A transaction that is committed at the end, or undone by an exception; never tried again."""
        with self._session() as session:
            session.script("begin")
            yield session
            _commit(session)

    def close(self) -> None:
        """Close what is idle. The next use connects anew."""
        while self._idle:
            _discard(self._idle.pop())

    def _again(self, attempt: Callable[[], T]) -> T:
        deadline = time.monotonic() + self._reconnect_seconds
        conflicts, pause = 0, 0.05
        while True:
            had_idle = bool(self._idle)
            try:
                return attempt()
            except CommitUnknown:
                raise
            except Exception as error:
                kind = trouble(error)
                if kind == "conflict" and conflicts < CONFLICT_TRIES - 1:
                    conflicts += 1
                    continue
                if kind != "lost":
                    raise
                if had_idle:  # the server may have restarted while these were idle; a new one may work
                    self.close()
                    continue
                if time.monotonic() + pause > deadline:
                    raise
            time.sleep(pause)
            pause = min(pause * 2, 0.5)

    def _once(self, work: Callable[[Session], T], *, explicit: bool, opening: str = "begin") -> T:
        with self._session() as session:
            if not explicit:
                return work(session)
            session.script(opening)
            result = work(session)
            _commit(session)
            return result

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """A connection, until the block ends. It goes back to the pool only if its state is known."""
        if not self._places.acquire(timeout=self._connect_seconds):
            raise Unavailable("postgres", "all connections are in use")
        try:
            try:
                session = self._idle.pop()
            except IndexError:
                session = self._connect()
            try:
                yield session
            except BaseException as error:
                if _in_step(error) and _recovered(session, error):
                    self._idle.append(session)
                else:
                    _discard(session)
                raise
            self._idle.append(session)
        finally:
            self._places.release()

    def _connect(self) -> Session:
        address = self._address
        password = _token(address) if address.iam else address.password
        opened = address.open(self._connect_seconds, self._statement_seconds + 5)
        try:
            connection = Connection(
                address.user,
                password=password,
                database=address.database,
                host=address.host,
                sock=opened,
                ssl_context=self._context() if address.tls else False,
                application_name=self._application,
                startup_params={
                    "client_encoding": "UTF8",
                    "timezone": "UTC",
                    "statement_timeout": str(int(self._statement_seconds * 1000)),
                    "idle_in_transaction_session_timeout": "60000",
                },
            )
        except BaseException as error:
            opened.close()
            refusal = _refusal(error)
            if refusal is None:
                raise
            if is_login_refused(refusal):
                refused = TokenRefused if address.iam and is_token_refused(refusal) else LoginRefused
                raise refused("postgres", f"{said(refusal)}{_advice(address)}") from refusal
            raise refusal from None
        connection.register_in_adapter(TIMESTAMPTZ, datetime.fromisoformat)
        connection.register_in_adapter(UUID_TYPE, str)
        return Session(connection)

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:  # reading the CAs takes longer than connecting
            self._tls = _verifying(self._address.ca_file)
        return self._tls


def _verifying(ca_file: str | None) -> ssl.SSLContext:
    """Verifies chain, name and time of a server's certificate.

    From Python 3.13 on the default context also refuses certificates that are proper but for their form, such
    as one that leaves out the key identifier of its issuer. RDS's roots would pass that; those that it issues
    by them, for each server, are published nowhere, so that nobody could know before a deployment failed.
    https://docs.python.org/3/library/ssl.html#ssl.create_default_context
    """
    context = ssl.create_default_context(cafile=ca_file)
    context.verify_flags &= ~ssl.VERIFY_X509_STRICT
    return context


def _token(address: Address) -> str:
    return database_token(address.host, address.port, address.user, region_of(address.host))


def _refusal(error: BaseException | None) -> DatabaseError | None:
    """The server's refusal to let us in. pg8000 says goodbye to a server that has hung up, and may raise only
    that this failed; the refusal is then that error's context."""
    while error is not None and not isinstance(error, DatabaseError):
        error = error.__context__
    return error


def _advice(address: Address) -> str:
    if not address.iam:
        return ""
    return (
        f": may the function's role rds-db:connect as {address.user} on this instance, has the function "
        "`migrate` made that user, with the role rds_iam, and are clock and credentials current?"
    )


def as_rows(rows: list[dict[str, Any]]) -> str:
    """Rows as the one text parameter that `json_to_recordset` makes a table of. Raises Poison where a
    value has no form in JSON."""
    try:
        return json.dumps(rows, ensure_ascii=False, separators=(",", ":"), default=_plain)
    except (TypeError, ValueError, RecursionError) as error:
        raise Poison(f"a row can't be written as JSON: {error}") from error


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")


def _commit(session: Session) -> None:
    try:
        session.script("commit")
    except Exception as error:
        if trouble(error) == "lost":
            raise CommitUnknown("postgres", "the connection broke during the commit") from error
        raise


def _in_step(error: BaseException) -> bool:
    """Whether both ends still agree on where they are: the server answered with an error, or the error is
    ours and came between two statements. A cut (SIGALRM, a lost socket) may have come at any point."""
    if isinstance(error, DatabaseError):
        return trouble(error) not in ("lost", "down")
    return isinstance(error, TriggerIQError)


def _recovered(session: Session, error: BaseException) -> bool:
    try:
        session.script("rollback")
        if trouble(error) == "conflict":
            session.forget_plans()
    except Exception:
        return False
    return True


def _discard(session: Session) -> None:
    with suppress(Exception):
        session.connection.close()
