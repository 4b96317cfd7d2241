"""The two users of the database: one owns the schema, the other reads and writes what the app needs."""

# ruff: noqa: S608 — SQL is composed of our own names; values are always parameters
from __future__ import annotations

import json
from typing import NamedTuple

from chalicelib.services.postgres.connection import Session

OWNER, APP = "triggeriq_migrations", "triggeriq_app"

SPARE_CONNECTIONS = 15
"""Connections that the app leaves to others: RDS itself and its superuser (some five), migrations, people."""

RIGHTS = {
    "tickets": "select, insert, update",
    "feedback": "select, insert, update",
    "feedback_versions": "select, insert, delete",
    "early_answers": "select, insert, update, delete",
    "redactions": "select, insert, update",
    "processing_logs": "select, insert, update (data)",
    "outbox": "select, insert, update (data), delete",
    "configurations": "select, insert",
    "touched_days": "insert",
    "migrations": "",
}
"""What the app may do with each table. A table that is not listed here it can't even read. Of the audit trail
it may change only what a row quotes, where words were taken back."""

_MISSING = (
    "select name from unnest(cast(:names as text[])) as name "
    "where not exists (select from pg_roles where rolname = name)"
)

# To make another user the owner of something, one must be able to act as that user. Left out is what belongs
# to an extension, and what follows the owner of its table.
_HAND_OVER = f"""
do $$
declare change text;
begin
    execute format('grant {OWNER} to %I with inherit true, set true', current_user);
    execute format('alter database %I owner to {OWNER}', current_database());
    for change in
        select format('alter table %s owner to {OWNER}', c.oid::regclass) from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
        and c.relowner <> '{OWNER}'::regrole
        and not exists (
            select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
            and (d.deptype = 'e' or (c.relkind = 'S' and d.deptype in ('a', 'i')))
        )
        union all
        select format('alter routine %s owner to {OWNER}', p.oid::regprocedure) from pg_proc p
        where p.pronamespace = 'public'::regnamespace and p.proowner <> '{OWNER}'::regrole
        and not exists (
            select from pg_depend d
            where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e'
        )
    loop
        execute change;
    end loop;
    execute format('revoke {OWNER} from %I', current_user);
end
$$"""


class Master(NamedTuple):
    """The user with which the database server was made."""

    user: str
    password: str

    def __repr__(self) -> str:
        return f"Master({self.user})"


def master_of(secret: str) -> Master:
    """Read a secret of RDS, a JSON object of username and password. Raises ValueError, which quotes nothing.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
    """
    try:
        told = json.loads(secret)
        return Master(str(told["username"]), str(told["password"]))
    except (ValueError, TypeError, KeyError):
        raise ValueError("the master secret is no JSON object with username and password") from None


def make_users(session: Session) -> None:
    """Make both users where they are missing, and make the first the owner of all that is there. It may run
    twice, and on a server that is not RDS: it does what is left to do.

    It is one transaction, with rds_iam at its end: with PostgreSQL 16 whoever makes a user becomes a member
    of it, and RDS may then let the master user in by IAM alone. Nothing here logs in as the master user
    again.
    """
    for (name,) in session.run(_MISSING, names=[OWNER, APP]):
        session.script(f"create role {name} login")
    room = session.run("select current_setting('max_connections')::int - :spare", spare=SPARE_CONNECTIONS)
    session.script(f"alter role {APP} connection limit {max(room[0][0], 5)}")
    session.script(f"alter role {APP} set statement_timeout = '60s'")
    session.script(f"alter role {APP} set idle_in_transaction_session_timeout = '60s'")
    session.script(_HAND_OVER)
    if session.run("select from pg_roles where rolname = 'rds_iam'"):
        session.script(f"grant rds_iam to {OWNER}, {APP}")


def grant_rights(session: Session) -> None:
    """Give the app its rights, and take them from everybody else. Does nothing where the app's user does not
    exist."""
    if session.run(_MISSING, names=[APP]):
        return
    (database,) = session.run("select quote_ident(current_database())")[0]
    session.script(
        f"revoke all on database {database} from public; grant connect on database {database} to {APP};"
        f"revoke all on schema public from public; grant usage on schema public to {APP};"
        f"revoke all on all tables in schema public from {APP}, public;"
        f"revoke all on all routines in schema public from public"
    )
    for (table,) in session.run("select tablename::text from pg_tables where schemaname = 'public'"):
        if rights := RIGHTS.get(table):
            session.script(f"grant {rights} on {table} to {APP}")
