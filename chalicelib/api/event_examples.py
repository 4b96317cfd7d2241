"""An example of every event of the catalogue, in the JSON format of CloudEvents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.delivery.event import OURSELVES

_TICKET_ID = "1b0c3f9e-8a5d-5a0b-9a53-3f6f0f0f7c11"
_SUBSCRIPTION = "sub_5d41402abc4b2a76b971"
_TICKET: dict[str, Any] = {
    "id": _TICKET_ID, "source": "zendesk", "connection": "acme", "external_id": "4711", "version": 1,
    "kind": "message", "title": "The app crashes at login",
    "description": "The app crashes at login since the last update.",
    "text": "Since the last update the app crashes when I log in.", "language": "en", "rating": None,
    "url": "https://acme.zendesk.example/agent/tickets/4711", "tags": ["login"],
    "category": {"label": "bug_report", "confidence": 0.93, "by": "category/1", "evidence": ["crashes"]},
    "sentiment": {
        "label": "negative", "score": -0.7, "confidence": 0.88, "by": "sentiment/1", "evidence": ["crashes"],
    },
    "priority": {"label": "high", "reasons": ["a bug report with negative sentiment"], "evidence": []},
    "details": {"os": "iOS 18"}, "status": "open", "needs_review": False, "assignee": None,
    "author": {"id": "9", "name": "Ada Lovelace", "email": "ada@example.com"}, "customer_id": None,
    "created_at": "2026-03-01T09:00:00Z", "received_at": "2026-03-01T09:00:04Z",
    "updated_at": "2026-03-01T09:00:04Z", "feedback_count": 1, "merged_into": None, "links": [],
    "answered_at": None, "facets": {}, "changed": [],
}  # fmt: skip
_ENDPOINT: dict[str, Any] = {
    "subscription": _SUBSCRIPTION, "name": "crm", "url": "https://hooks.example.com", "status": "active",
    "reason": None, "failing_since": "2026-03-01T07:30:00Z", "days": 1, "attempts": 24, "last_error": "503",
}  # fmt: skip

_DATA: Mapping[str, tuple[str, Any]] = {
    "ticket.created": (_TICKET_ID, _TICKET),
    "ticket.updated": (
        _TICKET_ID,
        {
            **_TICKET, "version": 2, "updated_at": "2026-03-01T10:15:00Z", "status": "pending",
            "assignee": "grace@example.com", "changed": ["status", "assignee"],
        },
    ),
    "ticket.resolved": (
        _TICKET_ID,
        {
            **_TICKET, "version": 4, "updated_at": "2026-03-02T08:00:00Z", "status": "resolved",
            "changed": ["status"],
        },
    ),
    "ticket.answered": (
        _TICKET_ID,
        {
            **_TICKET, "version": 3, "updated_at": "2026-03-01T11:00:00Z", "status": "pending",
            "answered_at": "2026-03-01T10:59:58Z", "changed": ["answered_at"],
        },
    ),
    "release.published": (
        "acme/shop",
        {
            "name": "acme/shop", "version": "4.2.0", "at": "2026-03-02T07:30:00Z", "source": "github",
            "connection": "acme",
        },
    ),
    "source.silent": (
        "app_store/acme",
        {
            "source": "app_store", "connection": "acme", "last_at": "2026-02-26T18:04:00Z", "usual": 21_600,
        },
    ),
    "file.received": (
        "5f3a9c1e7b2d4860a1c2e3f405162738",
        {
            "import": "5f3a9c1e7b2d4860a1c2e3f405162738", "source": "csv", "connection": "acme",
            "key": "reviews/csv/acme/reviews.csv", "size": 48_213,
        },
    ),
    "plugin.failed": (
        "acme",
        {"plugin": "acme", "hook": "transform", "failures": 12, "failed_at": "2026-03-01T09:41:07Z"},
    ),
    "dlq.not_empty": ("feedback", {"queue": "feedback", "count": 3, "oldest_at": "2026-03-01T09:02:11Z"}),
    "endpoint.failing": (_SUBSCRIPTION, _ENDPOINT),
    "endpoint.disabled": (
        _SUBSCRIPTION,
        {**_ENDPOINT, "status": "disabled", "reason": "failing", "days": 5, "attempts": 131},
    ),
    "endpoint.recovered": (_SUBSCRIPTION, {**_ENDPOINT, "days": 2, "attempts": 31}),
    "endpoint.exhausted": (
        _SUBSCRIPTION,
        {**_ENDPOINT, "delivery": f"{_SUBSCRIPTION}.019ca8a5d3f0-0f1e2d3c4b5a69788796"},
    ),
    "subscription.test": (
        _SUBSCRIPTION,
        {"subscription": _SUBSCRIPTION, "message": "Somebody asked TriggerIQ to try this subscription."},
    ),
    "customer.updated": (
        "c-9",
        {
            "profile": {
                "name": "Ada Lovelace", "email": "ada@example.com", "plan": "pro", "value": 1200.0,
                "since": "2024-05-01", "tags": ["beta"],
            },
            "identities": ["mailto:ada@example.com", "zendesk/acme:9"],
        },
    ),
    "order.updated": (
        "o-17",
        {
            "id": "o-17", "placed_at": "2026-02-27T16:20:00Z", "status": "shipped",
            "total": {"amount": "12.50", "currency": "EUR"}, "items": ["kettle"],
            "identities": ["mailto:ada@example.com"],
        },
    ),
    "interaction.recorded": (
        "c-9",
        {
            "at": "2026-03-01T08:12:00Z", "channel": "phone", "text": "Asked when the kettle will arrive.",
            "identities": ["mailto:ada@example.com"],
        },
    ),
}  # fmt: skip
"""By type: what the event is about, and its data."""


def example(type: str, *, posted: bool) -> dict[str, Any]:
    """An event of that type. posted: whether somebody else posts it."""
    subject, data = _DATA[type]
    return {
        "specversion": "1.0",
        "id": "9c5b94b1-35ad-59bb-b118-8e8fc24abf80",
        "source": "https://crm.example.com" if posted else OURSELVES,
        "type": type,
        "subject": subject,
        "time": data.get("updated_at", "2026-03-02T08:00:00Z"),
        "datacontenttype": "application/json",
        "data": data,
    }
