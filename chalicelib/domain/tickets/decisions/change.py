"""A person sets fields of a ticket."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args

from chalicelib.domain.intake.feedback import LINE_LIMIT, clean_text
from chalicelib.domain.tickets.plan import Plan, Standing
from chalicelib.domain.tickets.tags import TAGS_BYTES, TAGS_MOST, fitting, tags_of
from chalicelib.domain.tickets.ticket import (
    Category,
    CategoryLabel,
    Change,
    Link,
    Priority,
    PriorityLabel,
    StageLog,
    Status,
    Ticket,
)
from chalicelib.errors import Invalid
from triggeriq import JSON

LINKS_MOST = 20
LINK_KIND_LIMIT = 50
URL_LIMIT = 2_000


def change(standing: Standing, wanted: Change, now: datetime) -> Plan:
    """Set fields, and remember them as set by a person; an empty plan where nothing is new.

    Whoever sets category, priority or status has looked: the mark for review goes. Raises Invalid,
    naming the field.
    """
    plan, before = Plan(now, shown=(standing,)), standing.ticket
    values = {name: _reader(name)(value) for name, value in wanted.fields.items()}
    told = {name: {"from": old, "to": values[name]} for name, old in _plain(before).items() if name in values}
    told = {name: step for name, step in told.items() if step["from"] != step["to"]}
    human_set = standing.human_set | values.keys()
    if not told and human_set == standing.human_set:
        return plan
    fields: dict[str, Any] = {name: _SET[name](values[name], wanted.by) for name in told}
    if values.keys() & {"category", "priority", "status"}:
        fields["needs_review"] = False
    log = StageLog(stage="human", by=wanted.by, data=dict(told))
    changed = replace(before, **fields, updated_at=now)
    plan.shown = (plan.put(standing, changed, human_set=human_set, log=log),)
    return plan


_SET: Mapping[str, Callable[[Any, str], Any]] = {
    "status": lambda value, by: value,
    "assignee": lambda value, by: value,
    "priority": lambda value, by: Priority(label=value, reasons=(f"set by {by}",)),
    "category": lambda value, by: Category(label=value, confidence=1.0, by=by),
    "tags": lambda value, by: tuple(value),
    "links": lambda value, by: tuple(Link(**link) for link in value),
}
"""A field of the ticket, from the value as a person says it and who he is."""


def _plain(ticket: Ticket) -> dict[str, Any]:
    """What a person may set, as a person would say it."""
    return {
        "status": ticket.status,
        "assignee": ticket.assignee,
        "priority": ticket.priority.label,
        "category": ticket.category.label,
        "tags": list(ticket.tags),
        "links": [{"kind": link.kind, "url": link.url} for link in ticket.links],
    }


def _reader(name: str) -> Callable[[JSON], Any]:
    if name not in _READ:
        raise Invalid(f"{name} can't be set; what can be: {', '.join(_READ)}", name)
    return _READ[name]


def _one_of(name: str, labels: tuple[str, ...]) -> Callable[[JSON], str]:
    def read(value: JSON) -> str:
        if value not in labels:
            raise Invalid(f"{name} must be one of {', '.join(labels)}", name)
        return str(value)

    return read


def _assignee(value: JSON) -> str | None:
    if value is not None and not isinstance(value, str):
        raise Invalid("assignee must be text or null", "assignee")
    return clean_text(value).strip()[:LINE_LIMIT] or None if value else None


def _tags(value: JSON) -> list[str]:
    if not isinstance(value, list | tuple) or not all(isinstance(tag, str) for tag in value):
        raise Invalid("tags must be a list of texts", "tags")
    if len(value) > TAGS_MOST:
        raise Invalid(f"at most {TAGS_MOST} tags", "tags")
    tags = tags_of(map(clean_text, value))
    if fitting(tags) != tags:
        raise Invalid(f"tags have {TAGS_BYTES:,} bytes together, at most", "tags")
    return list(tags)


def _links(value: JSON) -> list[dict[str, str]]:
    if not isinstance(value, list | tuple) or not all(isinstance(link, Mapping) for link in value):
        raise Invalid("links must be a list of objects with kind and url", "links")
    if len(value) > LINKS_MOST:
        raise Invalid(f"at most {LINKS_MOST} links", "links")
    return [_link(link) for link in value if isinstance(link, Mapping)]


def _link(link: Mapping[str, JSON]) -> dict[str, str]:
    kind, url = link.get("kind"), link.get("url")
    if link.keys() != {"kind", "url"} or not isinstance(kind, str) or not isinstance(url, str):
        raise Invalid("a link has a kind and a url, both text", "links")
    kind = clean_text(kind).strip()[:LINK_KIND_LIMIT]
    if not kind or len(url) > URL_LIMIT or not re.fullmatch(r"https?://[!-~]+", url, re.ASCII):
        raise Invalid(
            f"a link has a kind, and an address with http or https of {URL_LIMIT} characters", "links"
        )
    return {"kind": kind, "url": url}


_READ: dict[str, Callable[[JSON], Any]] = {
    "status": _one_of("status", get_args(Status)),
    "assignee": _assignee,
    "priority": _one_of("priority", get_args(PriorityLabel)),
    "category": _one_of("category", get_args(CategoryLabel)),
    "tags": _tags,
    "links": _links,
}
"""The value of a field that a person may set, made clean. Each raises Invalid, naming the field."""
