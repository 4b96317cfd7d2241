"""Events as they are posted: CloudEvents 1.0 in each form that HTTP has for them, and a short form.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/bindings/http-protocol-binding.md
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md

Everything is checked before anything is taken: of a batch all events are well formed, or none is taken.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from chalicelib.domain.delivery.event import OURS, OURSELVES, CloudEvent
from chalicelib.domain.delivery.event_attributes import fault, read_time
from chalicelib.domain.strict_json import strict_json
from chalicelib.errors import Forbidden, Invalid, InvalidShape, WrongType

MOST = 100
"""Events of one request."""
MEMBERS_MOST = 60
"""Attributes of one event, with its data."""

_STRUCTURED = "application/cloudevents+json"
_BATCH = "application/cloudevents-batch+json"
_JSON = re.compile(r"[\w.+-]+/(?:[\w.-]+\+)?json", re.ASCII)
_BYTES = "application/octet-stream"
_PREFIX = "ce-"
_FAULTS = 20
"""The most that one answer names."""

_SHORT = ("type", "data", "id", "source", "subject", "time", "owner")
"""Members of the short form."""
_HELD = ("data", "data_base64")


class Poster(NamedTuple):
    """Who posts events, and what theirs get that leave it open."""

    owner: str
    connections: tuple[str, ...]
    """The patterns that he is restricted to; his events carry them, so that he sees them."""
    now: datetime
    made_id: Callable[[int], str]
    """Makes the id of the event at that place of the request."""


def posted_events(headers: Mapping[str, str], body: bytes, by: Poster) -> tuple[CloudEvent, ...]:
    """The events of a request, in their order. headers: names in lower case.

    Raises WrongType; Invalid, and InvalidShape, which names the event and its field: "events.3.type", where
    the first event is events.0. Raises Forbidden for an event that is another's, or of a type that is ours.
    """
    if by.owner == OURSELVES:
        raise Forbidden(f"{OURSELVES} itself posts no events; ask an admin for a key of another owner")
    content_type = headers.get("content-type", "application/json").strip()
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type == _BATCH:
        return _batch(strict_json(body), by, short=False)
    if media_type == _STRUCTURED:
        return _checked([_Posted(_object(strict_json(body)))], by)
    if not media_type.startswith("application/cloudevents"):
        if any(name.startswith(_PREFIX) for name in headers):
            return _checked([_binary(headers, body)], by)
        if _JSON.fullmatch(media_type):
            given = strict_json(body)
            if isinstance(given, list):
                return _batch(given, by, short=True)
            return _checked([_Posted(_object(given), short=_is_short(given))], by)
    raise WrongType(
        f"send {_STRUCTURED}, {_BATCH} or application/json; or the headers ce-id, ce-source, ce-type and "
        "ce-specversion, and any content"
    )


class _Posted(NamedTuple):
    """One event as it was sent."""

    given: Mapping[str, Any]
    at: str = ""
    """Where it stands: "events.3." in a batch."""
    short: bool = False
    named: Callable[[str], str] = str
    """Gives the name by which the sender knows a member."""


def _batch(given: Any, by: Poster, *, short: bool) -> tuple[CloudEvent, ...]:
    if not isinstance(given, list):
        raise Invalid("a batch is a JSON list of events")
    if len(given) > MOST:
        raise Invalid(f"it holds {len(given):,} events; send at most {MOST} at a time", "events")
    return _checked(
        [
            _Posted(_object(one, f"events.{number}"), f"events.{number}.", short and _is_short(one))
            for number, one in enumerate(given)
        ],
        by,
    )


def _object(given: Any, field: str = "") -> Mapping[str, Any]:
    if not isinstance(given, dict):
        raise Invalid(f"{field or 'the body'}: an event is a JSON object", field)
    return given


def _is_short(given: Any) -> bool:
    return "specversion" not in given


def _binary(headers: Mapping[str, str], body: bytes) -> _Posted:
    """Attributes in headers that begin with "ce-", the data in the body as it is."""
    given: dict[str, Any] = {}
    for header, value in headers.items():
        name = header.removeprefix(_PREFIX)
        if name == header:
            continue
        if name in (*_HELD, "datacontenttype"):
            raise Invalid(
                f"{header}: leave it out; the body is the data, Content-Type says of what kind", header
            )
        given[name] = _decoded(value, header)
    content_type = headers.get("content-type", "").strip()
    if body and not content_type:  # CloudEvents' JSON format takes it for JSON then, if it is that
        try:
            given["data"] = strict_json(body)
        except Invalid:
            content_type = _BYTES
    elif body and _declares_json(content_type):
        given["data"] = strict_json(body)
    if content_type:
        given["datacontenttype"] = content_type
    if body and "data" not in given:
        given["data_base64"] = base64.b64encode(body).decode()
    return _Posted(
        given, named=lambda name: "Content-Type" if name == "datacontenttype" else f"{_PREFIX}{name}"
    )


def _decoded(value: str, header: str) -> str:
    """The text in a header: once without quotation marks and their backslashes, once percent-decoded (HTTP
    protocol binding 1.0.2, section 3.1.3.2)."""
    value = value.strip()
    if len(value) > 1 and value[0] == value[-1] == '"':
        value = re.sub(r"\\(.)", r"\1", value[1:-1])
    try:
        return unquote_to_bytes(value).decode()
    except UnicodeError:
        raise Invalid(f"{header}: holds percent-encoded bytes that are no UTF-8", header) from None


def _declares_json(content_type: str) -> bool:
    return _JSON.fullmatch(content_type.partition(";")[0].strip().lower()) is not None


def _checked(posted: Iterable[_Posted], by: Poster) -> tuple[CloudEvent, ...]:
    events, faults = [], []
    for number, one in enumerate(posted):
        members = {name: value for name, value in one.given.items() if value is not None}
        found = [*_faults(members, one.short)]
        faults += [{"field": f"{one.at}{one.named(name)}", "message": message} for name, message in found]
        if not found:
            _refuse_what_is_not_his(members, one, by)
            events.append(_event(members, by, number))
    if faults:
        raise InvalidShape(faults[:_FAULTS])
    return tuple(events)


def _faults(members: Mapping[str, Any], short: bool) -> Iterable[tuple[str, str]]:
    """The members that are wrong, each with what it should be. What was sent is not repeated."""
    for name in ("type",) if short else ("specversion", "id", "source", "type"):
        if name not in members:
            yield name, "is missing"
    for name, value in members.items():
        if short and name not in _SHORT:
            yield (
                _shown(name),
                f"is none of {', '.join(_SHORT)}; a whole CloudEvent says its specversion, too",
            )
        elif name not in _HELD and (wrong := fault(name, value)):
            yield _shown(name), wrong
    if len(members) > MEMBERS_MOST:
        yield "", f"an event has {MEMBERS_MOST} members at most"
    yield from _faults_of_data(members)


def _shown(name: str) -> str:
    return name[:100]


def _faults_of_data(members: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    if "data_base64" in members:
        if "data" in members:
            yield "data_base64", "stands beside data; send one of them"
        try:
            base64.b64decode(members["data_base64"], validate=True)
        except (TypeError, ValueError, binascii.Error):
            yield "data_base64", "is base64 by RFC 4648"
    elif "data" in members and not isinstance(members["data"], str):
        content_type = members.get("datacontenttype")
        if isinstance(content_type, str) and not _declares_json(content_type):
            yield "data", "is a text where datacontenttype is no JSON"


def _refuse_what_is_not_his(members: Mapping[str, Any], one: _Posted, by: Poster) -> None:
    if members.get("owner", by.owner) != by.owner:
        field = f"{one.at}{one.named('owner')}"
        raise Forbidden(f"{field}: you post events of {by.owner}; leave it out, or say that")
    if members["type"].lower().startswith(OURS):
        field = f"{one.at}{one.named('type')}"
        raise Forbidden(f"{field}: types that begin with {', '.join(OURS)} are told by TriggerIQ alone")


def _event(members: Mapping[str, Any], by: Poster, number: int) -> CloudEvent:
    named = ("specversion", "id", "type", "source", "subject", "time", "data", "owner")
    return CloudEvent(
        id=members.get("id") or by.made_id(number),
        type=members["type"],
        source=members.get("source") or f"partner.{quote(by.owner, safe='')}",
        subject=members.get("subject", ""),
        time=read_time(members.get("time")) or by.now,
        data=members.get("data"),
        owner=by.owner,
        connections=by.connections,
        more={name: value for name, value in members.items() if name not in named},
    )
