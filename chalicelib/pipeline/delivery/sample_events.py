"""Sample events: the newest of a type, with nothing of anybody in them, for whoever sets up a receiver."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from chalicelib.domain.delivery.catalogue import EventType
from chalicelib.domain.delivery.event import OURSELVES
from chalicelib.domain.delivery.redaction import redacted
from chalicelib.domain.operations.restriction import Restriction
from chalicelib.ports.delivery import EventLog
from chalicelib.ports.operations import Clock

MOST = 3
"""How many are shown: as many as Zapier looks at."""
SINCE = timedelta(days=30)
"""As long as the log keeps them."""
_PAGE, _PAGES = 10, 3
"""Some events may have been forgotten, so that more are looked at than are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleEvents:
    """The use-case. Raises Unavailable."""

    log: EventLog
    now: Clock

    def __call__(self, type: EventType, owner: str, within: Restriction | None) -> list[dict[str, Any]]:
        """Members of CloudEvents, the newest first; none where there was no such event. owner: who asks; of
        what is posted he sees his own. within: what he is restricted to."""
        found: list[dict[str, Any]] = []
        cursor: str | None = None
        for _ in range(_PAGES):
            page = self.log.list(
                [owner if type.posted else OURSELVES],
                _PAGE,
                cursor,
                since=self.now() - SINCE,
                types=[type.name],
                within=within,
                audience=owner,
            )
            found += [redacted(event.members()) for event in page.items if event.body is not None]
            cursor = page.next
            if len(found) >= MOST or cursor is None:
                break
        return found[:MOST]
