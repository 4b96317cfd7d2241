"""The app on fakes, and clients of it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.api.app import App
from chalicelib.domain.operations.access import ApiKey, Scope, new_key
from chalicelib.settings import Settings
from tests.unit.api.fakes import NOW, Client, FakeUseCases


@pytest.fixture
def use() -> FakeUseCases:
    return FakeUseCases(settings=Settings(stage="local", cors_origins=("*",)))


@pytest.fixture
def app(use: FakeUseCases) -> App:
    return App(
        "test",
        settings=lambda: use.settings,
        use_cases=lambda: use,
        log=lambda: logging.getLogger("test"),
    )


@pytest.fixture
def stranger(app: App) -> Client:
    """Sends no key."""
    return Client(app, {})


@pytest.fixture
def api(app: App) -> Client:
    """Sends the key of a developer's own machine, which has every scope."""
    return Client(app, {"X-Api-Key": "local-dev-key"})


@pytest.fixture
def holder(app: App, use: FakeUseCases) -> Callable[..., Client]:
    """Makes a client with a key: holder("read", owner="support", expires_in=timedelta(...))."""

    def with_key(
        *scopes: Scope,
        owner: str = "support",
        expires_in: timedelta | None = None,
        connections: tuple[str, ...] | None = None,
    ) -> Client:
        key_id, key, digest = new_key()
        use.operations.api_keys.put(
            ApiKey(
                id=key_id,
                digest=digest,
                owner=owner,
                scopes=scopes,
                connections=connections,
                created_at=NOW,
                created_by="test",
                expires_at=None if expires_in is None else NOW + expires_in,
            )
        )
        return Client(app, {"X-Api-Key": key})

    return with_key
