"""functions.json, which Terraform and local/ read, says what app.py does."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest
from chalice.app import S3EventConfig, ScheduledEventConfig, SQSEventConfig

import app as application
from chalicelib import __version__
from chalicelib.api.routes import ROUTES, WEBHOOK
from chalicelib.settings import FUNCTIONS

ROOT = Path(__file__).parents[2]
DECLARED = json.loads((ROOT / "functions.json").read_text(encoding="utf-8"))
RESOURCES = json.loads((ROOT / "resources.json").read_text(encoding="utf-8"))
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


def test_the_version_is_the_project_s():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
