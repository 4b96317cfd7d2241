"""Turns errors of PostgreSQL and pg8000 into ours.

Codes: https://www.postgresql.org/docs/16/errcodes-appendix.html
"""

from __future__ import annotations

from ssl import SSLCertVerificationError
from typing import Literal

from pg8000.exceptions import DatabaseError, InterfaceError

from chalicelib.errors import Poison, TriggerIQError, Unavailable

Trouble = Literal["lost", "conflict", "down", "data"]
"""lost: the connection, or the server behind it, is gone; another connection may work. conflict: the
same transaction may well succeed if tried again. down: an operator must mend something first. data:
these values can't be stored, or the statement is wrong."""

_LOST = {"57P01", "57P02", "57P03", "57P05", "53300", "25006"}  # shutdown, start, too many, read-only
_CONFLICT = {"40001", "40P01", "55P03"}  # serialization, deadlock, lock not available
_NOT_READY = {"42P01", "42703", "3D000", "3F000", "42501"}  # no table, column, database, schema, right
_DOWN_CLASSES = {"28", "53", "55", "57", "58", "F0", "XX"}  # login, resources, operator, system, defects
_STALE_PLAN = "cached plan must not change result type"


def trouble(error: BaseException) -> Trouble | None:
    """What kind of trouble an exception of pg8000, or of the socket below it, means; None: not theirs."""
    if isinstance(error, DatabaseError):
        code = _code(error)
        if code in _LOST or code.startswith("08"):
            return "lost"
        if code in _CONFLICT or (code == "0A000" and _STALE_PLAN in said(error)):
            return "conflict"
        if code in _NOT_READY or code[:2] in _DOWN_CLASSES:
            return "down"
        return "data"
    if isinstance(error, InterfaceError | OSError):
        return "lost"
    if isinstance(error, UnicodeError):
        return "data"
    return None


def is_login_refused(error: BaseException) -> bool:
    """Whether the server does not know the user, or does not accept his proof."""
    return isinstance(error, DatabaseError) and _code(error).startswith("28")


def is_token_refused(error: BaseException) -> bool:
    """Whether PAM refused, which RDS asks about users of IAM. A wrong password is 28P01 instead, and so is a
    user who does not exist.

    https://github.com/postgres/postgres/blob/REL_16_STABLE/src/backend/libpq/auth.c (auth_failed)
    """
    return isinstance(error, DatabaseError) and _code(error) == "28000"


def postgres_errors(error: Exception) -> Exception | None:
    """The translation for `external`."""
    if isinstance(error, TriggerIQError):
        return None
    match trouble(error):
        case None:
            return None
        case "data":
            return Poison(f"postgres refused the data: {said(error)}")
        case _:
            return Unavailable("postgres", said(error))


def _code(error: DatabaseError) -> str:
    told = error.args[0] if error.args else ""
    return str(told.get("C", "")) if isinstance(told, dict) else ""


def said(error: BaseException) -> str:
    """Code and message of an error, but never its details: they quote the row, and so a customer. Of class
    22, where a value is wrong, only the code: those messages quote the value."""
    if isinstance(error, SSLCertVerificationError):
        return f"the server's certificate is not accepted: {error.verify_message}"
    told = error.args[0] if error.args else ""
    if isinstance(told, dict):
        code = _code(error)
        return code if code.startswith("22") else f"{code} {told.get('M', '')}".strip()
    return f"{type(error).__name__} {told}" if isinstance(error, InterfaceError) else type(error).__name__
