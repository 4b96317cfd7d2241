"""Requests that may be sent again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import datetime


class RememberedAnswer(NamedTuple):
    """What a request was answered."""

    status: int
    body: str | None
    """None: there is none, or it was too long to be remembered."""
    headers: Mapping[str, str]
    content_type: str


class Idempotency(Protocol):
    """Requests that may be sent again: for 24 hours a repeat is answered as the first one was."""

    def begin(self, name: str, fingerprint: str, holder: str, until: datetime) -> RememberedAnswer | None:
        """Begin to answer the request of that name, until the deadline. None: it is ours to answer. Else what
        it was answered before. The same holder may begin again.

        fingerprint: what every repeat has. Raises Reused where the name came with another one, UnderWay while
        somebody else answers it."""
        ...

    def finish(self, name: str, holder: str, answer: RememberedAnswer) -> None:
        """This is its answer, unless somebody else took it over."""
        ...

    def forget(self, name: str, holder: str) -> None:
        """It is not answered, so that a repeat begins anew."""
        ...
