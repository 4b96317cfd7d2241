"""Example requests, shown in the documentation. A test checks them against the shapes."""

from __future__ import annotations

from typing import Any

SECRET = "a-secret-of-the-partner"  # noqa: S105 — an example, of nothing that there is
"""Of the connections that the examples make; their webhooks are signed with it."""

WEBHOOK = {"id": "17", "text": "The app crashes when I log in", "rating": 1}
"""What a partner sends to `generic_json`."""

SUBSCRIPTION = {
    "url": "https://crm.example.com/triggeriq",
    "types": ["ticket.created", "ticket.resolved"],
    "filter": {"category": ["bug_report", "complaint"], "priority": ["critical", "high"]},
    "headers": {"Authorization": "Bearer a-token-of-yours"},
    "rate": 600,
}

PATH = {
    "source": "generic_json",
    "connection": "acme",
    "key": "triage",
    "type": "ticket.created",
    "id": "1b0c3f9e-8a5d-5a0b-9a53-3f6f0f0f7c11",
}
"""Path parameters, by name."""

IDS = {
    "events": "e6f2f0a4-5d0c-5b0a-8d5b-1b9a4b8a7c11",
    "inbox": "018f3e2b5c00-5f3a9c1e7b2d4860a1c2",
    "api-keys": "mfzwk3tlobqx",
    "jobs": "5f3a9c1e7b2d4860a1c2e3f4",
    "subscriptions": "crm",
    "deliveries": "sub_5f3a9c1e7b2d4860a1c2.018f3a2b4c5d-5f3a9c1e7b2d4860a1c2",
    "imports": "5f3a9c1e7b2d4860a1c2e3f405162738",
    "quarantine": "20240501T120000000000-5f3a9c1e7b2d4860",
}
"""Example ids of resources other than tickets, by the path that they begin."""

QUERY: dict[str, str] = {
    "GET /tickets": "source=zendesk&status=open&limit=20",
    "GET /tickets/facets": "source=zendesk&status=open",
    "GET /health": "deep=1",
    "GET /events": "type=ticket.*&since=2024-05-01",
    "GET /inbox": "lease=60&wait=20",
    "GET /quarantine": "source=csv",
    "GET /deliveries": "status=undelivered",
    "GET /subscriptions/{id}/deliveries": "status=failed&since=2024-05-01",
}

BODY: dict[str, dict[str, Any]] = {
    **dict.fromkeys(
        (
            f"{method} /webhooks/{path}"
            for method in ("POST", "PUT")
            for path in ("{source}", "{source}/{connection}")
        ),
        WEBHOOK,
    ),
    "PATCH /tickets/{id}": {"status": "pending", "assignee": "ada@example.com", "tags": ["login"]},
    "POST /tickets/{id}/merge": {"tickets": ["0d4e7f7a-52c1-5c0e-8a8f-2c5f0a7d9b21"]},
    "POST /tickets/{id}/split": {
        "feedback": [{"source": "zendesk", "connection": "default", "external_id": "4711"}]
    },
    "POST /subscriptions": SUBSCRIPTION,
    "PUT /subscriptions/{id}": SUBSCRIPTION,
    "PATCH /subscriptions/{id}": {"types": ["ticket.*", "order.*"], "rate": None},
    "POST /subscriptions/{id}/resume": {"held": "send"},
    "POST /subscriptions/{id}/recover": {
        "since": "2024-05-01T00:00:00Z",
        "types": ["ticket.*"],
        "dry_run": True,
    },
    "PUT /connections/{source}": {"secrets": [SECRET], "settings": {}},
    "PUT /connections/{source}/{connection}": {
        "secrets": [SECRET, {"value": "the former secret", "expires_at": "2030-01-01T00:00:00Z"}],
        "settings": {},
    },
    "POST /connections/{source}/{connection}/reread": {"since": "2024-05-01T00:00:00Z"},
    "POST /sources/{source}/preview": {
        "headers": {"content-type": "application/json"},
        "body_base64": "eyJ0ZXh0IjogIkl0IGNyYXNoZXMifQ==",
        "connection": "default",
    },
    "POST /uploads": {"source": "csv", "connection": "acme", "file": "reviews.csv"},
    "POST /events": {"type": "order.paid", "subject": "4711", "data": {"total": "12.50", "currency": "EUR"}},
    "POST /triage/preview": {
        "items": [{"text": "It crashes when I log in", "rating": 1, "source": "app_store"}]
    },
    "PUT /configurations/{key}": {"value": {"review_below": 0.6}},
    "PUT /inbox": {"types": ["ticket.*", "order.*"], "filter": {"category": ["bug_report"]}},
    "POST /inbox/{id}/ack": {"lease": "8bKXo2hkZ0mXq1Jt5cW3Vg"},
    "POST /inbox/ack": {
        "ids": [
            "018f3e2b5c00-5f3a9c1e7b2d4860a1c2",
            {"id": "018f3e2b5c01-0a1b2c3d4e5f60718293", "lease": "8bKXo2hkZ0mXq1Jt5cW3Vg"},
        ]
    },
    "POST /dlq/redrive": {"queue": "feedback"},
    "POST /api-keys": {
        "scopes": ["read", "write"],
        "owner": "support",
        "expires_at": "2030-01-01T00:00:00Z",
        "connections": ["zendesk/acme", "csv/*"],
    },
}
"""Bodies, by method and path."""
