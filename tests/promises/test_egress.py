"""What the functions in the VPC call has a dual-stack address wherever they can be deployed, since
egress = "ipv6" has no interface endpoints."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader

ROOT = Path(__file__).parents[2]
REGIONS = sorted(path.stem for path in (ROOT / "chalicelib/services/postgres/authorities").glob("*.pem"))
"""Those that a database can be reached in."""
NAMED = ("sqs", "events", "secretsmanager", "s3")
"""botocore's data names their dual-stack addresses, region by region."""
BY_RULE = ("kms", "dynamodb")
"""They have one by the rule for all services, https://docs.aws.amazon.com/kms/latest/developerguide/ipv6-kms.html
and https://docs.aws.amazon.com/general/latest/gr/ddb.html say so."""


@pytest.fixture(scope="module")
def partition() -> Any:
    return Loader().load_data("endpoints")["partitions"][0]


def dual_stack(variants: list[dict[str, Any]]) -> bool:
    return any(variant["tags"] == ["dualstack"] for variant in variants)


def test_every_service_that_is_called_from_the_vpc_is_looked_at() -> None:
    services = {"tables": "dynamodb", "queues": "sqs", "buckets": "s3", "bus": "events", "keys": "kms"}
    services |= {"secrets": "secretsmanager"}
    functions = json.loads((ROOT / "functions.json").read_text(encoding="utf-8"))
    permissions = json.loads((ROOT / "permissions.json").read_text(encoding="utf-8"))
    called = {
        services[kind]
        for name, may in permissions.items()
        if functions[name]["vpc"]
        for kind in may
        if kind != "database"  # a token for it is signed without a call
    }
    assert called == {*NAMED, *BY_RULE}


@pytest.mark.parametrize("region", REGIONS)
def test_it_has_a_dual_stack_address_in_every_region(region: str, partition: Any) -> None:
    for service in NAMED:
        assert dual_stack(partition["services"][service]["endpoints"][region]["variants"]), service
    for service in BY_RULE:
        assert region in partition["services"][service]["endpoints"], service
    assert dual_stack(partition["defaults"]["variants"])


def test_no_rule_lets_more_out_than_https_and_the_database() -> None:
    text = (ROOT / "terraform/security_groups.tf").read_text(encoding="utf-8")
    rules = re.findall(
        r'^resource "aws_vpc_security_group_(?:e|in)gress_rule" .*?^\}', text, re.DOTALL | re.MULTILINE
    )
    assert rules
    for rule in rules:
        ports = set(re.findall(r"(?:from|to)_port += (\d+)", rule))
        assert ports in ({"443"}, {"5432"}), rule
        assert re.search(r'ip_protocol += "tcp"', rule), rule
