"""The way out to addresses that others name: a provider's, a subscriber's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple, Protocol

from chalicelib.errors import TriggerIQError

Fault = Literal["refused", "unknown", "unreachable", "untrusted", "late", "broken"]
"""refused: the address may not be asked. unknown: its name leads nowhere. unreachable: nobody is there.
untrusted: whoever is there can't prove the name. late: no whole answer in time. broken: what came is no
answer of HTTP, or it ended early."""


class NoAnswer(TriggerIQError):
    """Nobody answered, or nobody was asked. The message says why; it quotes neither the address's path nor
    what came, since both may hold secrets."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(message)
        self.fault = fault


class WebAnswer(NamedTuple):
    """What came back, whatever its status."""

    status: int
    headers: Mapping[str, str]
    """Names in lower case; of several of one name all, with commas between."""
    body: bytes
    """As much of it as was asked for."""
    cut: bool = False
    """Whether there was more."""


class Web(Protocol):
    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        seconds: float,
        limit: int,
    ) -> WebAnswer:
        """One request, whose answer is read whole up to `limit` bytes. A redirection is an answer, and is not
        followed. seconds: within which all is over, the name's look-up and the last byte included. Raises
        NoAnswer; ValueError for a method or headers that can't be sent, or that are the client's to set.
        """
        ...
