"""An owner's inbox: what is to come into it, and how what was dealt with leaves it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from chalicelib.domain.delivery.stored_event import POSITION
from chalicelib.domain.delivery.subscription import Inbox, Wanted
from chalicelib.domain.operations.restriction import Restriction, may_see
from chalicelib.errors import Conflict, NotFound, TooLarge
from chalicelib.ports.delivery import InboxItems, Subscriptions
from chalicelib.ports.operations import Clock

ACKS_MOST = 100
"""Items that one request may take off."""


class Ack(NamedTuple):
    """An item that its reader has dealt with."""

    id: str
    lease: str | None = None
    """The one that it was given with; None: whoever has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Acked:
    """What became of several."""

    acked: int
    """How many are off, those that were before among them."""
    unknown: tuple[str, ...]
    """Ids that never lay in this inbox."""
    stale: tuple[str, ...]
    """Ids whose lease was not the current one: they stay, for whoever has taken them since."""


@dataclass(frozen=True, kw_only=True)
class KeepInbox:
    """The use-cases on an inbox, but to read it."""

    items: InboxItems
    subscriptions: Subscriptions
    now: Clock

    def want(self, owner: str, wanted: Wanted) -> Inbox:
        """Have these events come into it, from now on. What lies in it stays."""
        now, before = self.now(), self.subscriptions.inbox(owner)
        inbox = Inbox(
            owner=owner, wanted=wanted, created_at=before.created_at if before else now, updated_at=now
        )
        self.subscriptions.put_inbox(inbox)
        return inbox

    def ack(self, owner: str, within: Restriction | None, ack: Ack) -> None:
        """Take an item off; one that was taken off before is off. Raises NotFound, and Conflict for a lease
        that is not the current one."""
        off = self._off(owner, within, ack)
        if off is None:
            raise NotFound(f"no item {ack.id} is or was in this inbox; GET /inbox lists what is")
        if not off:
            raise Conflict(
                "that is not the item's current lease: it has ended, and somebody else has taken the item, "
                "or it never was this item's. Leave `lease` out to take it off all the same"
            )

    def ack_all(self, owner: str, within: Restriction | None, acks: Sequence[Ack]) -> Acked:
        """The same for many, each for itself. Raises TooLarge, before any is taken off."""
        if len(acks) > ACKS_MOST:
            raise TooLarge(f"{len(acks):,} ids at once; send {ACKS_MOST} at most, and the rest after that")
        off = [(ack.id, self._off(owner, within, ack)) for ack in dict.fromkeys(acks)]
        return Acked(
            acked=len({id for id, done in off if done}),
            unknown=tuple(id for id, done in off if done is None),
            stale=tuple(id for id, done in off if done is False),
        )

    def _off(self, owner: str, within: Restriction | None, ack: Ack) -> bool | None:
        """Whether it is off; None: it never was in the inbox, or the caller may not see it."""
        if not re.fullmatch(POSITION, ack.id):
            return None
        item = self.items.find(owner, ack.id)
        if item is None:
            return self.items.was_there(owner, ack.id, within) or None
        if not may_see(within, item.connections):
            return None
        return self.items.take_off(item, ack.lease)
