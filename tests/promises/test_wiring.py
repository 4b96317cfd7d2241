"""functions.json, which Terraform and local/ read, says what app.py does. What Terraform makes of it is held
by its own tests, in terraform/tests; here is what can be said without Terraform."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from chalice.app import S3EventConfig, ScheduledEventConfig, SQSEventConfig

import app as application
from chalicelib import __version__
from chalicelib.api.routes import ROUTES, WEBHOOK
from chalicelib.settings import FUNCTIONS, PREFIX, Settings
from lambda_package import certificates

ROOT = Path(__file__).parents[2]
DECLARED = json.loads((ROOT / "functions.json").read_text(encoding="utf-8"))
RESOURCES = json.loads((ROOT / "resources.json").read_text(encoding="utf-8"))
TERRAFORM = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "terraform").glob("*.tf")}
SOURCES = {source.name: source for source in application.app.event_sources}


def test_the_settings_know_every_function():
    assert tuple(DECLARED) == FUNCTIONS


def test_app_py_has_every_function_and_no_other():
    routers = {name for name, function in DECLARED.items() if "http" in function["trigger"]}
    assert routers == {"receive", "api"}
    assert {DECLARED[name]["handler"] for name in routers} == {"app.app"}
    # Chalice maps its routes there too, by the names that ours have: "GET /health"
    others = {name: function["handler"] for name, function in DECLARED.items() if name not in routers}
    assert others == {name: f"app.{name}" for name in application.app.handler_map if " " not in name}


@pytest.mark.parametrize(
    "name", [name for name, function in DECLARED.items() if "http" not in function["trigger"]]
)
def test_a_function_s_trigger_is_the_declared_one(name):
    trigger = DECLARED[name]["trigger"]
    source = SOURCES.get(name)
    if isinstance(source, SQSEventConfig):
        assert (source.queue, source.batch_size) == (trigger["sqs"], trigger["batch"])
        assert RESOURCES["queues"][source.queue]["function"] == name
    elif isinstance(source, S3EventConfig):
        assert source.bucket == trigger["s3"]
        assert source.bucket in RESOURCES["buckets"]
    elif isinstance(source, ScheduledEventConfig):
        assert source.schedule_expression == trigger["schedule"]
    else:
        assert trigger == {"deploy": True}
        assert name in [function.name for function in application.app.pure_lambda_functions]


def test_receive_serves_the_webhooks_and_nothing_else():
    webhooks = [f"{route.method} {route.path}" for route in ROUTES if route.access == WEBHOOK]
    assert sorted(DECLARED["receive"]["trigger"]["http"]) == sorted(webhooks)


def test_chalice_has_every_route_of_the_table_and_no_other():
    known = {(method, path) for path, rows in application.app.routes.items() for method in rows}
    assert known == {(route.method, route.path) for route in ROUTES}


def test_terraform_wires_every_kind_of_trigger():
    read = {kind for text in TERRAFORM.values() for kind in re.findall(r"\bfunction\.trigger\.(\w+)", text)}
    deployed = set(re.findall(r'aws_lambda_function\.this\["(\w+)"\]', TERRAFORM["migration.tf"]))
    for name, function in DECLARED.items():
        assert name in deployed if "deploy" in function["trigger"] else function["trigger"].keys() & read


def test_terraform_sets_settings_that_exist():
    """One that does not exist would stop every function's start."""
    named = set(re.findall(rf"\b{PREFIX}\w+", TERRAFORM["functions.tf"]))
    assert named
    assert named <= {PREFIX + field.upper() for field in Settings._fields}


def test_terraform_names_the_package_s_authorities():
    """A file that is not there would stop every call to AWS."""
    assert f'"/var/task/{certificates.FILE}"' in TERRAFORM["functions.tf"]


def test_the_version_is_the_project_s():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
