"""Credentials that are looked up when something is signed, and can be forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.credentials import CredentialResolver, Credentials, ReadOnlyCredentials
from botocore.exceptions import NoCredentialsError


class LookedUp(Credentials):
    """Credentials, and at the same time the provider that a session asks for them. resolver: botocore's own,
    which knows all places to look."""

    def __init__(self, resolver: CredentialResolver) -> None:
        self._resolver = resolver
        self._found: Credentials | None = None
        self.method = "looked-up"

    def load_credentials(self) -> LookedUp:
        return self

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        found = self._found = self._found or self._resolver.load_credentials()
        if found is None:
            raise NoCredentialsError
        return found.get_frozen_credentials()

    def get_deferred_property(self, property_name: str) -> Callable[[], Any]:
        return lambda: getattr(self.get_frozen_credentials(), property_name, None)

    def forget(self) -> None:
        self._found = None
