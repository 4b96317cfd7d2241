"""Who is asking and what it may see: API keys, callers, and their restriction to connections."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

from chalicelib.domain.operations.restriction import Restriction, connection_id, may_see
from chalicelib.errors import Forbidden, Unauthorised

Scope = Literal["ingest", "read", "write", "admin"]
SCOPES: tuple[Scope, ...] = ("ingest", "read", "write", "admin")

LOCAL_STAGE, LOCAL_KEY = "local", "local-dev-key"
"""The key that a developer's own machine accepts; on any other stage there is no such key."""

_FORM = re.compile(r"tiq_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key as it is kept: never the key itself."""

    id: str
    digest: str
    """sha256 (hex) of the whole key."""
    owner: str
    """Whom its events and connections belong to."""
    scopes: tuple[Scope, ...]
    connections: tuple[str, ...] | None = None
    """The patterns that it is restricted to; None: it is not restricted."""
    created_at: datetime
    created_by: str
    expires_at: datetime | None = None
    """None: never."""
    revoked_at: datetime | None = None


CallerKind = Literal["key", "session", "token", "role"]


class Caller(NamedTuple):
    """Who is asking, however that was proven."""

    kind: CallerKind
    """How it was proven: by an API key, a session, an OIDC token or an AWS role or user."""
    subject: str
    """Who it is, as that proof names it: of a key its id, of an AWS role the ARN of its session."""
    owner: str
    """Whom its events and connections belong to."""
    scopes: tuple[Scope, ...]
    restriction: Restriction | None = None
    """None: it may see things of every connection."""

    def may(self, scope: Scope) -> bool:
        """Whether the caller holds the scope; `admin` holds every other."""
        return scope in self.scopes or "admin" in self.scopes

    def require(self, scope: Scope) -> None:
        """Raises Forbidden, naming the scope that is wanting."""
        if not self.may(scope):
            raise Forbidden(f"the {self._proof} lacks the scope {scope}; {self._ask('with that scope')}")

    def require_owner(self, owner: str) -> None:
        """Raises Forbidden unless the thing is the caller's own, or the caller is an admin."""
        if owner != self.owner and not self.may("admin"):
            raise Forbidden("it belongs to another owner; ask an admin")

    def require_unrestricted(self) -> None:
        """Raises Forbidden, saying what to do, where the caller is restricted to connections."""
        if self.restriction is not None:
            raise Forbidden(
                f"the {self._proof} is restricted to {self.restriction}, and this is about more than those; "
                + self._ask("without `connections`")
            )

    def may_see(self, source: str, connection: str) -> bool:
        """Whether it may see things of that connection."""
        return may_see(self.restriction, [connection_id(source, connection)])

    @property
    def name(self) -> str:
        """The caller in audit trails."""
        return f"{self.owner} ({self.subject})"

    @property
    def _proof(self) -> str:
        return "AWS identity" if self.kind == "role" else "key"

    def _ask(self, how: str) -> str:
        """What a caller can do who may not."""
        if self.kind == "role":
            return f"ask whoever deploys to name it {how} in `iam_callers`"
        return f"ask an admin for a key {how}"


LOCAL_CALLER = Caller("key", "local", "local", SCOPES)


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
    restriction = None if kept.connections is None else Restriction(kept.connections)
    return Caller("key", kept.id, kept.owner, kept.scopes, restriction)
