"""Who may do what: API keys, their scopes, and whom a key stands for."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from chalicelib.errors import Forbidden, Unauthorised

Scope = Literal["ingest", "read", "write", "admin"]
SCOPES: tuple[Scope, ...] = ("ingest", "read", "write", "admin")

LOCAL_STAGE, LOCAL_KEY = "local", "local-dev-key"
"""The key that a developer's own machine accepts; on any other stage there is no such key."""

_FORM = re.compile(r"tiq_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is kept: never the key itself. digest: sha256 (hex) of the whole key.

    owner: whom its events and connections belong to. expires_at: None: never.
    """

    id: str
    digest: str
    owner: str
    scopes: tuple[Scope, ...]
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


class Restriction(NamedTuple):
    """The connections that a restricted caller may see things of."""

    patterns: tuple[str, ...]
    """Each "source/connection", or "source/*" for all of a source."""

    def covers(self, connections: Iterable[str]) -> bool:
        """Whether all of these, each "source/connection", are the caller's. Of none, nothing is known:
        refused."""
        named = tuple(connections)
        return bool(named) and all(
            one in self.patterns or f"{one.partition('/')[0]}/*" in self.patterns for one in named
        )


class Caller(NamedTuple):
    """Who is asking."""

    owner: str
    scopes: tuple[Scope, ...]
    key_id: str
    restriction: Restriction | None = None
    """None: it may see things of every connection."""

    def may(self, scope: Scope) -> bool:
        """Whether the caller holds the scope; `admin` holds every other."""
        return scope in self.scopes or "admin" in self.scopes

    def require(self, scope: Scope) -> None:
        """Raises Forbidden, naming the scope that is wanting."""
        if not self.may(scope):
            raise Forbidden(f"the key lacks the scope {scope}; ask an admin for a key that has it")

    def require_owner(self, owner: str) -> None:
        """Raises Forbidden unless the thing is the caller's own, or the caller is an admin."""
        if owner != self.owner and not self.may("admin"):
            raise Forbidden("it belongs to another owner; ask an admin")

    @property
    def name(self) -> str:
        """The caller in audit trails."""
        return f"{self.owner} ({self.key_id})"


LOCAL_CALLER = Caller("local", SCOPES, "local")


def new_key() -> tuple[str, str, str]:
    """A fresh (id, key, digest); the key is random beyond guessing and is kept nowhere."""
    key_id = base64.b32encode(secrets.token_bytes(8)).decode().lower()[:12]
    key = f"tiq_{key_id}_{secrets.token_urlsafe(32)}"
    return key_id, key, digest_of(key)


def id_of(key: str) -> str:
    """The id in a key. Raises Unauthorised for what has not the form tiq_<id>_<secret>."""
    form = _FORM.fullmatch(key)
    if form is None:
        raise Unauthorised("malformed")
    return form[1]


def digest_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def caller_of(key: str, kept: ApiKey | None, now: datetime) -> Caller:
    """Whom `key` stands for. kept: what is known under its id. Raises Unauthorised.

    Only who has the right secret learns that the key has expired.
    """
    if kept is None or not hmac.compare_digest(kept.digest, digest_of(key)) or kept.revoked_at is not None:
        raise Unauthorised("mismatch")
    if kept.expires_at is not None and kept.expires_at <= now:
        raise Unauthorised("stale")
    return Caller(kept.owner, kept.scopes, kept.id)
