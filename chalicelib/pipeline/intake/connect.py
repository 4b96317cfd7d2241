"""Connect: an admin configures an instance of a source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chalicelib.domain.intake.connection import ConnectionView, PollView, Secret, StoredConnection
from chalicelib.domain.intake.credentials import SETTING, is_polled, place_of
from chalicelib.domain.intake.poll_state import PollState
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.domain.page import Page
from chalicelib.errors import Conflict, Invalid, NotFound, PluginFailed
from chalicelib.pipeline.intake.refusal import why_none_can_be_proven
from chalicelib.ports.intake import Polls, Sources
from chalicelib.ports.operations import Clock
from triggeriq import Connection
from triggeriq.verification import SECRET_NAME_LENGTH

SECRETS_LIMIT = 5
SECRET_LENGTH = 1_000


class ConnectionStore(Protocol):
    def get(self, source: str, name: str) -> StoredConnection | None: ...

    def put(self, connection: StoredConnection) -> None: ...

    def delete(self, source: str, name: str) -> bool: ...

    def list(
        self, limit: int, cursor: str | None, owner: str | None, within: Restriction | None
    ) -> Page[tuple[str, str]]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Connect:
    """The use-cases on connections. Secrets go in and never come out."""

    store: ConnectionStore
    sources: Sources
    polls: Polls
    stage: str
    """Of this deployment, whose part of the stores of secrets is ours."""
    now: Clock

    def put(
        self, source: str, name: str, secrets: Sequence[Secret], settings: Mapping[str, Any], owner: str
    ) -> ConnectionView:
        """Replace the connection. secrets: the current one first. Raises NotFound (no such source),
        Invalid naming the field, Unavailable."""
        plugin = self.sources.find(source)
        if plugin is None:
            raise NotFound(f"there is no source {source}; GET /sources lists those there are")
        if len(secrets) > SECRETS_LIMIT:
            raise Invalid(
                f"at most {SECRETS_LIMIT} secrets: the current one, and those being rotated out", "secrets"
            )
        parsed = self.sources.parse_settings(source, settings)
        schemes = plugin.schemes(Connection(source=source, name=name, settings=parsed))
        if any(scheme.kind == "secret_name" for scheme in schemes) and len(name) < SECRET_NAME_LENGTH:
            raise Invalid(
                f"where the name is the secret, it has {SECRET_NAME_LENGTH} characters and more", "connection"
            )
        if plugin.takes("poll"):
            self._check_credentials(settings)
        now = self.now()
        for index, secret in enumerate(secrets):
            if not secret.in_force(now):
                raise Invalid(
                    "it has passed; name a time that is still to come, or leave this secret out",
                    f"secrets[{index}].expires_at",
                )
            fault = next((fault for scheme in schemes if (fault := scheme.fault_of(secret.value))), "")
            if not secret.value or len(secret.value) > SECRET_LENGTH:
                fault = f"a secret has 1 to {SECRET_LENGTH} characters"
            if fault:
                raise Invalid(fault, f"secrets[{index}]")
        stored = StoredConnection(
            source=source,
            name=name,
            owner=owner,
            secrets=tuple(secrets),
            settings=settings,
            updated_at=now,
        )
        self.store.put(stored)
        return self._view(stored)

    def get(self, source: str, name: str) -> ConnectionView | None:
        stored = self.store.get(source, name)
        return None if stored is None else self._view(stored)

    def _check_credentials(self, settings: Mapping[str, Any]) -> None:
        if arn := settings.get(SETTING):
            try:
                place_of(str(arn), self.stage)
            except ValueError as error:
                raise Invalid(str(error), f"settings.{SETTING}") from None

    def _view(self, stored: StoredConnection) -> ConnectionView:
        return stored.as_view(self._warning(stored), self._poll(stored))

    def _poll(self, stored: StoredConnection) -> PollView | None:
        source = self.sources.find(stored.source)
        if source is None or not is_polled(source, stored.settings.get(SETTING)):
            return None
        state = self.polls.find(stored.source, stored.name)
        return (state or PollState(source=stored.source, connection=stored.name)).as_view()

    def _warning(self, stored: StoredConnection) -> str | None:
        """Why its webhooks are all refused; None where they are not."""
        source, now = self.sources.find(stored.source), self.now()
        if source is None:
            return (
                "its source is not installed, so every webhook is refused; GET /sources lists those there are"
            )
        try:
            connection = Connection(
                source=stored.source,
                name=stored.name,
                secrets=tuple(secret.value for secret in stored.secrets if secret.in_force(now)),
                settings=self.sources.parse_settings(stored.source, stored.settings),
            )
            return why_none_can_be_proven(source, connection)
        except (Invalid, PluginFailed) as error:
            return f"every webhook is refused; PUT it anew once this is mended: {error}"

    def hurry(self, source: str, name: str) -> ConnectionView:
        """Have it polled with the next run, whatever it waits for. Raises NotFound; Conflict where it is not
        polled."""
        stored, plugin = self.store.get(source, name), self.sources.find(source)
        if stored is None:
            raise NotFound(f"{source} has no connection {name}")
        if plugin is None or not plugin.takes("poll"):
            raise Conflict(f"{source} fetches nothing, so there is nothing to poll; its provider sends")
        if not is_polled(plugin, stored.settings.get(SETTING)):
            raise Conflict(f"it is not polled, since its setting {SETTING} is empty; PUT it with one")
        self.polls.hurry(source, name)
        return self._view(stored)

    def list(
        self, limit: int, cursor: str | None, owner: str | None, within: Restriction | None
    ) -> Page[ConnectionView]:
        """Connections, in no particular order. owner: only his; None: everybody's. within: what the caller is
        restricted to."""
        names = self.store.list(limit, cursor, owner, within)
        views = (self.get(source, name) for source, name in names.items)
        return Page(tuple(view for view in views if view is not None), names.next)

    def delete(self, source: str, name: str) -> None:
        """Raises NotFound."""
        if not self.store.delete(source, name):
            raise NotFound(f"{source} has no connection {name}")
