"""A version of a product was published, as a source tells it: `release.published` on the bus."""

from __future__ import annotations

import uuid

from chalicelib.domain.delivery.event import CloudEvent
from chalicelib.domain.intake.feedback import NAMESPACE, clean_line, clean_time
from chalicelib.domain.operations.restriction import connection_id
from chalicelib.domain.trace import Trace
from triggeriq.notices import Released

NAME_LIMIT = 200
"""Characters of a product's name and of a version."""


def release_event(released: Released, source: str, connection: str, trace: Trace | None) -> CloudEvent:
    """The event to put on the bus; its id is the same however often the release is told. Raises ValueError
    where it names no product, no version or no time."""
    try:
        name, version = (clean_line(text)[:NAME_LIMIT] for text in (released.name, released.version))
        at = clean_time(released.at)
    except (TypeError, AttributeError) as error:
        raise ValueError(f"{type(error).__name__}: {error}") from error
    if not name or not version or at is None:
        raise ValueError("a release has a name, a version and a time")
    told = connection_id(source, connection)
    return CloudEvent(
        id=str(uuid.uuid5(NAMESPACE, "\n".join(("release", told, name, version)))),
        type="release.published",
        subject=name,
        time=at,
        data={
            "name": name,
            "version": version,
            "at": at.isoformat().replace("+00:00", "Z"),
            "source": source,
            "connection": connection,
        },
        connections=(told,),
        trace=trace,
    )
