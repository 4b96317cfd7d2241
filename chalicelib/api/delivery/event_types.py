"""/event-types: the catalogue, and samples of what was told."""

from __future__ import annotations

from functools import cache

from chalicelib.api.delivery.shapes import EventForm, EventSamples, EventTypeShown, SampleQuery
from chalicelib.api.event_examples import example
from chalicelib.api.event_forms import schemas
from chalicelib.api.exchange import Call
from chalicelib.domain.delivery.body import standard_body
from chalicelib.domain.delivery.catalogue import CATALOGUE, EventType, type_of
from chalicelib.domain.items import Items
from chalicelib.errors import NotFound


def listed(call: Call) -> Items[EventTypeShown]:
    return Items(tuple(_catalogue().values()))


def find(call: Call, type: str) -> EventTypeShown:
    return _catalogue()[_known(type).name]


def samples(call: Call, type: str, query: SampleQuery) -> EventSamples:
    """A bare list, as nothing else here is: Zapier reads the samples of a trigger from an array and from
    nothing else (https://docs.zapier.com/platform/build/response-types), and wants them in the form in which
    the events will come, with an id in each."""
    known = _known(type)
    found = call.use.delivery.sample_events(known, call.caller.owner, call.caller.restriction)
    found = found or [example(known.name, posted=known.posted)]
    if query.format == "standard":
        found = [{"id": one["id"], **standard_body(one)} for one in found]
    return EventSamples(found)


def _known(name: str) -> EventType:
    type = type_of(name)
    if type is None:
        raise NotFound(f"there is no event type {name}; there are {', '.join(one.name for one in CATALOGUE)}")
    return type


@cache
def _catalogue() -> dict[str, EventTypeShown]:
    """Each type as it is shown, made once per process."""
    made, shown = schemas(), {}
    for type in CATALOGUE:
        event = example(type.name, posted=type.posted)
        whole, body = made[type.name]
        shown[type.name] = EventTypeShown(
            type=type.name,
            group=type.group,
            description=type.description,
            since=type.since,
            posted=type.posted,
            schema=whole,
            example=event,
            standard=EventForm(schema=body, example=standard_body(event)),
        )
    return shown
