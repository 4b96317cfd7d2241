"""Notice: what a provider told besides words reaches the tickets that it is about."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Protocol

from chalicelib.domain.intake.attachment_keys import under, version_in
from chalicelib.domain.intake.feedback import FeedbackKey
from chalicelib.domain.intake.notice_message import NoticeMessage
from chalicelib.domain.tickets.decisions import answer, redact
from chalicelib.domain.tickets.plan import Known, Plan
from chalicelib.domain.tickets.removal import Removal
from chalicelib.log_context import bound
from chalicelib.pipeline.tickets.amend import Amend
from chalicelib.ports.operations import Clock, StoredObject

log = logging.getLogger(__name__)

AT_ONCE = 100
"""Feedback of a conversation that one transaction redacts: each is locked by its name."""


class Artifacts(Protocol):
    """The bucket of that name."""

    def pages(self, prefix: str, since: datetime, after: str = "") -> Iterator[Sequence[StoredObject]]: ...

    def delete(self, key: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """The use-case; call it with a message. It may come twice, and be killed anywhere: whatever is left is
    done when it comes again. Raises Unavailable."""

    amend: Amend
    artifacts: Artifacts
    now: Clock

    def __call__(self, message: NoticeMessage) -> None:
        with bound(**message.ids):
            if message.kind == "answered":
                self._answered(message)
            else:
                self._redacted(message)

    def _answered(self, message: NoticeMessage) -> None:
        now = self.now()
        plan = self.amend(answer.selection(message), lambda known: answer.answer(message, known, now))
        _told(plan, "answered")

    def _redacted(self, message: NoticeMessage) -> None:
        keys = iter(self._keys(message))
        while some := list(islice(keys, AT_ONCE)):
            self._redact(message, some)

    def _keys(self, message: NoticeMessage) -> Collection[FeedbackKey]:
        """The feedback that it is about. Of a conversation no more is let in before it is looked up: so none
        is overlooked, and each is then locked by its own name, as whoever edits it does."""
        if message.external_id is not None:
            return (FeedbackKey(message.source, message.connection, message.external_id),)
        seen: list[Known] = []
        now = self.now()

        def close(known: Known) -> Plan:
            seen.append(known)
            return redact.close_conversation(message, known, now)

        self.amend(redact.conversation(message), close)
        return sorted(seen[-1].feedback)

    def _redact(self, message: NoticeMessage, keys: Collection[FeedbackKey]) -> None:
        now = self.now()
        plan = self.amend(redact.selection(keys), lambda known: redact.redact(message, keys, known, now))
        # Behind the commit: after a crash the message comes again, and finds the same files.
        if plan.removal is not None:
            for file in (*plan.removal.files, *self._files(plan.removal)):
                self.artifacts.delete(file)
        _told(plan, "redacted")

    def _files(self, removal: Removal) -> Iterator[str]:
        """Those of former versions, too, to which no row leads any more."""
        for key, version in removal.files_up_to.items():
            for page in self.artifacts.pages(under(key), _EVER):
                yield from (stored.key for stored in page if version_in(stored.key) <= version)


_EVER = datetime.min.replace(tzinfo=UTC)


def _told(plan: Plan, outcome: str) -> None:
    for ticket_id in plan.tickets:
        log.info("taken", extra={"ticket_id": ticket_id, "outcome": outcome})
