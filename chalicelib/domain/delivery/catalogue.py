"""Every type of event that has a meaning here: what TriggerIQ tells its subscribers, and what it understands
of what partners and teams post. They may post types of their own besides, which are stored and told alike.

What an event of a type holds is described in chalicelib/api/delivery/event_data.py.
"""

from __future__ import annotations

from typing import NamedTuple


class EventType(NamedTuple):
    """One type."""

    name: str
    group: str
    """What it is about, such as "tickets"."""
    description: str
    """When it is told, in sentences for people."""
    since: str = "0.1.0"
    """The first version of TriggerIQ that has it."""
    posted: bool = False
    """Whether partners and teams post it at POST /events; else TriggerIQ tells it."""
    on_bus: bool = True
    """Whether it goes over the bus, to all whom it concerns; else straight to the one subscription that it is
    meant for."""


CATALOGUE = (
    EventType(
        "ticket.created",
        "tickets",
        "A ticket opened, by what a customer said.",
    ),
    EventType(
        "ticket.updated",
        "tickets",
        "Something of a ticket changed; `changed` names the fields. It is sent for each change, also where "
        "`ticket.resolved` or `ticket.answered` is sent beside it.",
    ),
    EventType(
        "ticket.resolved",
        "tickets",
        "The status of a ticket became `resolved`.",
    ),
    EventType(
        "ticket.answered",
        "tickets",
        "The customer was answered, here or at the provider.",
    ),
    EventType(
        "release.published",
        "sources",
        "A source told that a version of a product is out.",
    ),
    EventType(
        "source.silent",
        "sources",
        "From a connection that is polled nothing new came for twice as long as is usual, and for a day at "
        "least. It is sent once, until something comes.",
    ),
    EventType(
        "file.received",
        "sources",
        "A file, or a mail, was uploaded and will be read.",
    ),
    EventType(
        "plugin.failed",
        "operations",
        "A plugin raised, took too long, or answered what it may not: at most once an hour for each. "
        "GET /plugins has the reason.",
    ),
    EventType(
        "dlq.not_empty",
        "operations",
        "A dead-letter queue holds messages that failed too often. It is sent once, until the queue is empty "
        "again. GET /dlq has the reasons.",
    ),
    EventType(
        "endpoint.failing",
        "endpoints",
        "An endpoint has taken no event for one day, for three days, for five. Like all about an endpoint it "
        "is sent to its owner alone, and never to that endpoint itself.",
    ),
    EventType(
        "endpoint.disabled",
        "endpoints",
        "Nothing is sent to an endpoint any more: it failed for days, is gone, or asked for it. What is due "
        "to it is held.",
    ),
    EventType(
        "endpoint.recovered",
        "endpoints",
        "An endpoint that was told of as failing took an event again.",
    ),
    EventType(
        "endpoint.exhausted",
        "endpoints",
        "A delivery failed for good, after the last attempt of its schedule: at most once an hour for each "
        "endpoint.",
    ),
    EventType(
        "subscription.test",
        "endpoints",
        "Somebody asked for a test send. It goes to that subscription alone.",
        on_bus=False,
    ),
    EventType(
        "customer.updated",
        "customers",
        "What is known of a customer changed.",
        posted=True,
    ),
    EventType(
        "order.updated",
        "customers",
        "An order was placed, or its state changed.",
        posted=True,
    ),
    EventType(
        "interaction.recorded",
        "customers",
        "Somebody was in touch with a customer.",
        posted=True,
    ),
)  # fmt: skip

RESERVED = ("ticket.overdue", "alert.opened", "alert.resolved")
"""Types that nobody is told of yet. Whoever asks for them now is told once they are."""

_BY_NAME = {one.name: one for one in CATALOGUE}


def type_of(name: str) -> EventType | None:
    """The type of that name; None where the catalogue has none."""
    return _BY_NAME.get(name)
