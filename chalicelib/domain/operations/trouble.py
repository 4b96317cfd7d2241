"""What TriggerIQ tells of its own trouble, for those who run it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import NamedTuple

from chalicelib.domain.as_json import as_json
from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.quarantine import PluginFailures

PLUGIN_FAILED, NOT_EMPTY = "plugin.failed", "dlq.not_empty"
QUIET = timedelta(hours=1)
"""Between two events about one plugin."""

_NAMESPACE = uuid.UUID("8f0d7c3e-2b64-4a0f-9a5d-7f1e64c2b9d3")


class Mark(NamedTuple):
    """That a trouble was noticed, so that it is told once."""

    at: datetime
    """When it was noticed; with its name it makes the event's id."""
    told: bool = False
    """Whether its event is on the bus."""


def is_news(failures: PluginFailures, mark: Mark | None, now: datetime) -> bool:
    """Whether it is to be noticed that a plugin failed. mark: of when it last was."""
    return mark is None or (failures.at > mark.at and now - mark.at >= QUIET)


def plugin_failed(plugin: str, failures: PluginFailures, at: datetime) -> CloudEvent:
    """Without the reason, which may quote a customer: GET /plugins has it. at: when it was noticed."""
    return CloudEvent(
        id=_id(PLUGIN_FAILED, plugin, at),
        type=PLUGIN_FAILED,
        subject=plugin,
        time=at,
        data=as_json(
            {
                "plugin": plugin,
                "hook": failures.hook or None,
                "failures": failures.count,
                "failed_at": failures.at,
            }
        ),
    )


def not_empty(queue: str, count: int, oldest_at: datetime | None, at: datetime) -> CloudEvent:
    """queue: the short name of the queue whose dead letters they are. at: when that was noticed."""
    return CloudEvent(
        id=_id(NOT_EMPTY, queue, at),
        type=NOT_EMPTY,
        subject=queue,
        time=at,
        data=as_json({"queue": queue, "count": count, "oldest_at": oldest_at}),
    )


def _id(type: str, name: str, at: datetime) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{type}\n{name}\n{at.isoformat()}"))
