"""Credentials by which sources fetch, from where an operator has put them: a secret of Secrets Manager, or a
SecureString of SSM's parameters."""

from __future__ import annotations

import threading
import time
from typing import Any

from cachetools import TTLCache

from chalicelib.domain.intake.credentials import place_of
from chalicelib.errors import Unconfigured
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.external import external
from chalicelib.services.secrets_manager import read_secret

SECONDS = 300.0
"""How long credentials are kept in memory: so long a renewed one may take to be used."""


class AwsCredentials:
    """secrets, parameters: boto's clients, for Secrets Manager and for SSM. stage: of this deployment, whose
    part of either is ours."""

    def __init__(self, secrets: Any, parameters: Any, stage: str, seconds: float = SECONDS) -> None:
        self._secrets, self._parameters, self._stage = secrets, parameters, stage
        self._cache: TTLCache[str, str] = TTLCache(1_000, ttl=seconds, timer=time.monotonic)
        self._lock = threading.Lock()

    def read(self, arn: str) -> str:
        """The text that lies at the ARN, from a cache, without the line break in which a file ends. Raises
        Unconfigured where it names nothing of ours, or nothing that is a secret; Unavailable where it can't
        be read."""
        try:
            place = place_of(arn, self._stage)
        except ValueError as error:
            raise Unconfigured("credentials", str(error)) from None
        with self._lock:
            held = self._cache.get(arn)
        if held is not None:
            return held
        text = self._secret(arn) if place.service == "secretsmanager" else self._parameter(place.name)
        text = text.rstrip("\r\n")
        with self._lock:
            self._cache[arn] = text
        return text

    def forget(self, arn: str) -> None:
        """Read it anew the next time: the provider did not take it."""
        with self._lock:
            self._cache.pop(arn, None)

    def _secret(self, arn: str) -> str:
        try:
            return read_secret(self._secrets, arn)
        except KeyError:  # it may be of bytes
            raise Unconfigured("credentials", "the secret holds no text") from None

    @external("parameters.read", aws_errors("ssm"))
    def _parameter(self, name: str) -> str:
        found = self._parameters.get_parameter(Name=f"/{name}", WithDecryption=True)["Parameter"]
        if found["Type"] != "SecureString":
            raise Unconfigured("credentials", "the parameter is no SecureString, so others may read it")
        return str(found["Value"])
