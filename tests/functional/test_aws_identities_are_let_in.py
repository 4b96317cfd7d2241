"""A request that an AWS identity signed, as the gateway hands it to the function `api`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack
from tests.functional.aws_events import http_event, real
from tests.functional.by_hand import Functions

Ask = Callable[..., tuple[int, Any]]
ADMIN = "arn:aws:sts::123456789012:assumed-role/Admin/aamorosi"
"""Who signed iam_v1.json."""
NAMED = {
    "arn:aws:iam::123456789012:role/platform/Admin": {"owner": "platform", "scopes": ["admin"]},
    "arn:aws:iam::123456789012:role/shop": {"owner": "shop", "scopes": ["read"], "connections": ["csv/shop"]},
}


@pytest.fixture
def ask(quiet_stack: Stack, tmp_path: Path) -> Iterator[Ask]:
    """Status and body of what `api` answers, in a context that is the recorded one but for `signed_by`."""
    functions = Functions(quiet_stack, tmp_path, {"TRIGGERIQ_IAM_CALLERS": json.dumps(NAMED)})

    def ask(method: str, route: str, signed_by: Mapping[str, Any], body: Any = None) -> tuple[int, Any]:
        sent = b"" if body is None else json.dumps(body).encode()
        event = http_event(method, route, {}, {"Content-Type": "application/json"}, sent)
        event["requestContext"] |= signed_by
        answer = functions.invoke("api", event)
        return answer["statusCode"], json.loads(answer["body"])

    yield ask
    functions.close()


def signed_by(arn: str) -> dict[str, Any]:
    return {"identity": real("iam_v1")["requestContext"]["identity"] | {"userArn": arn}}


def test_a_role_that_is_named_is_who_it_is_named_as(ask: Ask) -> None:
    recorded = {"identity": real("iam_v1")["requestContext"]["identity"]}
    status, key = ask("POST", "/api-keys", recorded, {"owner": "support", "scopes": ["read"]})
    assert (status, key["created_by"]) == (201, f"platform ({ADMIN})")


def test_a_role_is_held_to_its_connections(ask: Ask) -> None:
    shop = signed_by("arn:aws:sts::123456789012:assumed-role/shop/job-17")
    assert ask("GET", "/tickets", shop) == (200, {"items": [], "next": None})
    status, problem = ask("GET", "/api-keys", shop)
    assert (status, "lacks the scope admin" in problem["detail"]) == (403, True)


def test_who_is_not_named_is_refused(ask: Ask) -> None:
    recorded = {"authorizer": real("iam_v2")["requestContext"]["authorizer"]}
    status, problem = ask("GET", "/tickets", recorded)
    assert (status, problem["type"]) == (403, "urn:triggeriq:problem:forbidden")
    assert "arn:aws:iam::1234567890:user/Admin is nobody here" in problem["detail"]


def test_a_route_that_asks_for_no_signature_asks_for_a_key(ask: Ask) -> None:
    status, problem = ask("GET", "/tickets", {})
    assert (status, problem["reason"]) == (401, "missing")
