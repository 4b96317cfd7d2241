"""Poll now, a kind of job: a connection becomes due, whatever it waits for. The function `poll`, which alone
reaches the internet, then does it within five minutes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from chalicelib.domain.operations.job import JobKind, Step
from chalicelib.domain.operations.restriction import connection_id
from chalicelib.errors import Invalid, NotFound
from chalicelib.ports.intake import Connections, Polls, Sources
from triggeriq.names import NAME


@dataclass(frozen=True, slots=True, kw_only=True)
class PollNowArguments:
    """Which connection is to be polled."""

    source: str
    connection: str = "default"

    def __post_init__(self) -> None:
        if not re.fullmatch(NAME, self.connection):
            raise Invalid("a connection's name is of a-z, 0-9, _ and -, at most 64", "connection")


@dataclass(frozen=True, slots=True, kw_only=True)
class PollNow(JobKind):
    """The kind of job."""

    arguments: ClassVar[type[Any]] = PollNowArguments

    sources: Sources
    known: Connections
    polls: Polls

    def check(self, arguments: PollNowArguments) -> None:
        source = self.sources.find(arguments.source)
        if source is None:
            raise NotFound(f"there is no source {arguments.source}; GET /sources lists those there are")
        if not source.takes("poll"):
            raise Invalid(f"{source.name} fetches nothing: its provider sends", "source")
        if self.known.find(arguments.source, arguments.connection) is None:
            raise NotFound(f"{arguments.source} has no connection {arguments.connection}")

    def connections(self, arguments: PollNowArguments) -> tuple[str, ...]:
        return (connection_id(arguments.source, arguments.connection),)

    def run(self, arguments: PollNowArguments, checkpoint: Any) -> Iterator[Step]:
        if checkpoint is None:
            self.polls.hurry(arguments.source, arguments.connection)
            yield Step("due", done=1)
