"""Receipts only save work: while their table is down, everything goes on without them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from chalicelib.errors import TriggerIQError, loggable
from chalicelib.ports.intake import Receipts, Told

log = logging.getLogger(__name__)


def standing(receipts: Receipts, source: str, connection: str, event_ids: Sequence[str]) -> set[str]:
    """Those of `event_ids` that have a receipt; none where that can't be read. At worst an event is published
    twice, and the claim on it stops the second."""
    try:
        return receipts.stands(source, connection, event_ids)
    except TriggerIQError as error:
        log.warning("receipts can't be read", extra={"error": loggable(error)})
        return set()


def write_receipt(
    receipts: Receipts, source: str, connection: str, event_id: str, received_at: datetime
) -> TriggerIQError | None:
    """Write a receipt for the event. Returns why that failed, or None."""
    try:
        receipts.write(source, connection, event_id, received_at)
    except TriggerIQError as error:
        log.warning("a receipt can't be written", extra={"error": loggable(error)})
        return error
    return None


def last_told(receipts: Receipts, source: str, connection: str, about: str) -> Told | None:
    """The last that was told of a thing; None where that can't be read."""
    try:
        return receipts.last(source, connection, about)
    except TriggerIQError as error:
        log.warning("receipts can't be read", extra={"error": loggable(error)})
        return None


def remember(
    receipts: Receipts, source: str, connection: str, about: str, told: Told, received_at: datetime
) -> TriggerIQError | None:
    """Write down what was told last of a thing. Returns why that failed, or None."""
    try:
        receipts.remember(source, connection, about, told, received_at)
    except TriggerIQError as error:
        log.warning("a receipt can't be written", extra={"error": loggable(error)})
        return error
    return None
