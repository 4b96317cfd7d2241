"""Calls the HTTP API of the running system, with the key of a developer's own machine."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from typing import Any

from local.system import API_KEY


class ApiError(Exception):
    """The API refused, or nothing answers. The message says which, and what it said."""


class Api:
    """url: where the system answers, without a path."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __call__(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Any:
        """The answer's JSON; None where it has no body. body: bytes are sent as they are, anything else as
        JSON. Raises ApiError."""
        sent = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        given = {"Content-Type": "application/json", "X-Api-Key": API_KEY, **(headers or {})}
        request = urllib.request.Request(f"{self._url}{path}", sent, given, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            raise ApiError(f"{method} {path} was answered {error.code}: {error.read().decode()}") from error
        except OSError as error:
            raise ApiError(f"nothing answers at {self._url}: {error}") from error
