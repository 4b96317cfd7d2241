"""plan, apply, a second plan and destroy with the real provider, against a stand-in for AWS on this machine.

It accepts what AWS would not (no quota, few checks), so this proves that the module is whole and ordered,
not that AWS takes it.
"""

from __future__ import annotations

import hashlib
import json
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack
from terraform.proof.conftest import Begin
from terraform.proof.deployed import Deployed
from terraform.proof.terraform import STAND_IN, Terraform
from tests.functional.aws_events import http_event
from tests.functional.client import SECRET, signed

ENVIRONMENT = "proof"
KEY = "tiq_0123456789ab_" + "k" * 43
CHOSEN = ("-var", f"environment={ENVIRONMENT}")
WHAT_IT_HAS_NOT = """
# It has no such policy, and the provider waits for what it has written.
resource "aws_sqs_queue_redrive_allow_policy" "dead_letters" {
  for_each = {}
}
resource "aws_sqs_queue_redrive_allow_policy" "async_failures" {
  count = 0
}

# It answers their state in another form, and the provider waits for it.
resource "aws_subnet" "private" {
  ipv6_cidr_block = null
}

# It has no such setting.
resource "aws_lambda_function_recursion_config" "consumer" {
  for_each = {}
}
"""
NOT_ECHOED: Mapping[str, str] = {
    "aws_db_parameter_group.parameter": "it answers no parameter",
    "aws_lambda_event_source_mapping.function_name": "it answers the version that the alias names",
    "aws_lambda_function.logging_config": "it answers none",
    "aws_sqs_queue.redrive_policy": "it answers the same JSON with other spaces",
    "aws_vpc_endpoint.ip_address_type": "it answers none",
    "aws_vpc_security_group_egress_rule.description": "it answers none",
    "aws_vpc_security_group_ingress_rule.description": "it answers none",
}
"""What the stand-in forgets or answers in another form, by `type.attribute`, so that a second plan would
change it: each with what was seen."""
FOLLOW = ("aws_lambda_function.", "aws_lambda_alias.", "aws_lambda_invocation.")
"""What is known only once the functions are changed for their `logging_config`: the new versions."""


@pytest.fixture(scope="module")
def applied(endpoint: str, begin: Begin) -> Terraform:
    _answer_invocations_without_docker(endpoint)
    root = begin({"AWS_ENDPOINT_URL": endpoint}, STAND_IN + WHAT_IT_HAS_NOT)
    root.run("plan", *CHOSEN, "-out=first")
    root.run("apply", "-auto-approve", "first")
    return root


def test_everything_planned_is_there(applied: Terraform) -> None:
    planned = {
        change["address"]
        for change in applied.shown("first")["resource_changes"]
        if "create" in change["change"]["actions"]
    }
    assert planned
    assert planned <= set(applied.run("state", "list").split("\n"))


def test_the_database_is_migrated_before_the_new_code_is_called(applied: Terraform) -> None:
    assert '"aws_lambda_alias.live" -> "aws_lambda_invocation.migrate"' in applied.run("graph")


def test_a_second_plan_changes_only_what_the_stand_in_forgot(applied: Terraform) -> None:
    applied.run("plan", *CHOSEN, "-out=second", "-detailed-exitcode", accepted=(0, 2))
    changes = [
        one for one in applied.shown("second")["resource_changes"] if one["change"]["actions"] != ["no-op"]
    ]
    seen = {name for change in changes for name in _changed(change)}
    assert sorted(name for name in seen - NOT_ECHOED.keys() if not name.startswith(FOLLOW)) == []
    assert sorted(NOT_ECHOED.keys() - seen) == [], "explained, and not seen any more"


def test_a_webhook_goes_its_way_through_what_was_applied(
    applied: Terraform, stack: Stack, unpacked: Path
) -> None:
    """From `receive` to `ticket.created`, each function with the settings that Terraform gave it, over the
    bus, rules and queues that it made."""
    stack.migrate()
    deployed = Deployed(stack, f"triggeriq-{ENVIRONMENT}", unpacked)
    _put_first_key(stack)
    as_admin = {"X-Api-Key": KEY, "Content-Type": "application/json"}
    place = {"source": "standard_webhooks", "connection": "shop"}
    connection = json.dumps({"secrets": [SECRET], "settings": {}}).encode()
    route = "/connections/{source}/{connection}"
    assert deployed.invoke("api", http_event("PUT", route, place, as_admin, connection))["statusCode"] == 200

    body = (
        b'{"type": "feedback.created", "data": {"id": "one", "text": "The app crashes whenever I open it"}}'
    )
    webhook = http_event("POST", "/webhooks/{source}/{connection}", place, signed("msg_1", body), body)
    assert deployed.invoke("receive", webhook)["statusCode"] == 202
    assert deployed.deliver("ingest") == 1
    assert deployed.deliver("process") == 1

    answer = deployed.invoke("api", http_event("GET", "/tickets", {}, as_admin))
    (ticket,) = json.loads(answer["body"])["items"]
    assert ticket["text"] == "The app crashes whenever I open it"
    (told,) = deployed.bodies("delivery")
    assert told["detail-type"] == "ticket.created"
    assert told["detail"]["data"]["id"] == ticket["id"]


def test_tags_of_one_s_own_are_on_everything(applied: Terraform) -> None:
    applied.run("plan", *CHOSEN, '-var=tags={"cost-centre"="4711"}', "-out=tagged")
    tags = {
        one["address"]: one["change"]["after"]["tags_all"]
        for one in applied.shown("tagged")["resource_changes"]
        if "tags_all" in (one["change"]["after"] or {})
    }
    assert len(tags) > 50
    own = {"application": "triggeriq", "environment": ENVIRONMENT, "managed-by": "terraform"}
    for address, found in tags.items():
        assert found.items() >= {**own, "cost-centre": "4711"}.items(), address


def test_another_way_to_aws_is_there_before_the_old_one_goes(applied: Terraform) -> None:
    """On to egress = "ipv6": the new way is made, then the aliases move, then the endpoints go."""
    applied.run("plan", *CHOSEN, "-var=egress=ipv6", "-out=ipv6")
    actions = {one["address"]: one["change"]["actions"] for one in applied.shown("ipv6")["resource_changes"]}
    gone = [address for address, done in actions.items() if done == ["delete"]]
    assert {address.partition("[")[0] for address in gone} == {
        "aws_security_group.endpoints",
        "aws_vpc_endpoint.interface",
        "aws_vpc_security_group_egress_rule.functions_to_endpoints",
        "aws_vpc_security_group_ingress_rule.endpoints_from_functions",
    }
    anew = [address for address, done in actions.items() if sorted(done) == ["create", "delete"]]
    assert anew == ["aws_lambda_invocation.migrate"]
    told = applied.run("apply", "-auto-approve", "ipv6")
    made = max(
        told.index(f"{address}: Creation complete")
        for address in (
            'aws_route.ipv6["us-east-1a"]',
            'aws_vpc_security_group_egress_rule.functions_to_internet["ipv6"]',
        )
    )
    moved = [
        told.index(f'aws_lambda_alias.live["{name}"]: Modifications complete')
        for name in ("api", "process", "relay", "jobs")
    ]
    going = min(told.index(f"{address}: Destroying") for address in gone)
    assert made < min(moved)
    assert max(moved) < going


def test_destroy_leaves_nothing(applied: Terraform) -> None:
    applied.run("destroy", "-auto-approve", *CHOSEN)
    assert applied.run("state", "list").strip() == ""


def _changed(change: Mapping[str, Any]) -> Iterator[str]:
    """`type.attribute` for each attribute that would change, or may."""
    before, after = change["change"]["before"] or {}, change["change"]["after"] or {}
    unknown = change["change"]["after_unknown"] or {}
    for name in sorted(before.keys() | after.keys() | unknown.keys()):
        if unknown.get(name) is True or before.get(name) != after.get(name):
            yield f"{change['type']}.{name}"


def _put_first_key(stack: Stack) -> None:
    """As docs/deploying.md puts it: only its digest."""
    stack.client("dynamodb").put_item(
        TableName=f"triggeriq-{ENVIRONMENT}-api_keys",
        Item={
            "id": {"S": KEY.split("_")[1]},
            "digest": {"S": hashlib.sha256(KEY.encode()).hexdigest()},
            "owner": {"S": "operations"},
            "scopes": {"SS": ["admin"]},
            "created_at": {"S": datetime.now(UTC).isoformat()},
            "created_by": {"S": "first key"},
        },
    )


def _answer_invocations_without_docker(endpoint: str) -> None:
    request = urllib.request.Request(
        f"{endpoint}/moto-api/config",
        json.dumps({"lambda": {"use_docker": False}}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        assert answer.status in (200, 201)
