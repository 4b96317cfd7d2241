"""Deliveries are proven so that the partners' own libraries believe them."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
import svix.webhooks

from chalicelib.domain.delivery.signature import headers_of
from chalicelib.domain.intake.connection import Secret
from plugins.sources.standard_webhooks import StandardWebhooks
from triggeriq import Connection, Request
from triggeriq.verification import verify

OLD = "whsec_" + base64.b64encode(b"old-secret-of-32-bytes-exactly!!").decode()
NEW = "whsec_" + base64.b64encode(b"new-secret-of-32-bytes-exactly!!").decode()
BODY = json.dumps({"type": "ticket.created", "data": {"title": "Größer €"}}, ensure_ascii=False).encode()


def now() -> datetime:
    """The libraries look at the clock themselves."""
    return datetime.now(UTC)


def signed(*secrets: Secret, at: datetime | None = None) -> dict[str, str]:
    return headers_of("standard", "4a2b-c_1:2", BODY, "application/json", secrets, at or now())


@pytest.mark.parametrize("library", [standardwebhooks.Webhook, svix.webhooks.Webhook])
@pytest.mark.parametrize("secret", [OLD, NEW])
def test_both_secrets_of_a_rotation_verify(library: type, secret: str) -> None:
    headers = signed(Secret(NEW), Secret(OLD, now() + timedelta(hours=24)))
    assert headers["webhook-signature"].count("v1,") == 2
    library(secret).verify(BODY, headers)  # raises where it doesn't


@pytest.mark.parametrize("library", [standardwebhooks.Webhook, svix.webhooks.Webhook])
def test_one_that_has_expired_does_not(library: type) -> None:
    headers = signed(Secret(NEW), Secret(OLD, now()))
    assert headers["webhook-signature"].count("v1,") == 1
    with pytest.raises(Exception, match="No matching signature"):
        library(OLD).verify(BODY, headers)


@pytest.mark.parametrize("library", [standardwebhooks.Webhook, svix.webhooks.Webhook])
def test_another_body_does_not_verify(library: type) -> None:
    with pytest.raises(Exception, match="No matching signature"):
        library(NEW).verify(BODY + b" ", signed(Secret(NEW)))


def test_our_own_source_for_such_webhooks_takes_it() -> None:
    connection = Connection(source="standard_webhooks", name="default", secrets=(NEW,), settings={})
    request = Request(method="POST", headers=signed(Secret(NEW)), query={}, body=BODY)
    assert verify(StandardWebhooks().schemes(connection), request, connection, now())


def test_it_is_signed_anew_at_each_attempt_under_the_same_id() -> None:
    first = signed(Secret(NEW), at=datetime(2026, 11, 28, 12, tzinfo=UTC))
    second = signed(Secret(NEW), at=datetime(2026, 11, 28, 13, tzinfo=UTC))
    assert first["webhook-id"] == second["webhook-id"] == "4a2b-c_1:2"
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 3_600
    assert first["webhook-signature"] != second["webhook-signature"]


@pytest.mark.parametrize("format", ["slack", "teams"])
def test_a_chat_gets_no_signature(format: str) -> None:
    headers = headers_of(format, "e1", BODY, "application/json", [Secret(NEW)], now())  # type: ignore[arg-type]
    assert headers == {"content-type": "application/json"}


def test_a_secret_that_is_none_is_not_quoted() -> None:
    with pytest.raises(ValueError, match="whsec_ and Base64") as refusal:
        signed(Secret("whsec_hush!"))
    assert "hush" not in str(refusal.value)
