"""functions.json, which Terraform and local/ read, says what app.py does. What Terraform makes of it is held
by its own tests, in terraform/tests; here is what can be said without Terraform."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
import tomllib
from pathlib import Path

import pytest
from chalice.app import S3EventConfig, ScheduledEventConfig, SQSEventConfig

import app as application
from chalicelib import __version__
from chalicelib.api.routes import ROUTES, WEBHOOK
from chalicelib.bootstrap.once import once
from chalicelib.functions import FUNCTIONS, QUEUES
from chalicelib.settings import PREFIX, SettingError, Settings, from_env
from lambda_package import certificates

ROOT = Path(__file__).parents[2]
DECLARED = json.loads((ROOT / "functions.json").read_text(encoding="utf-8"))
RESOURCES = json.loads((ROOT / "resources.json").read_text(encoding="utf-8"))
TERRAFORM = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "terraform").glob("*.tf")}
PERMISSIONS = json.loads((ROOT / "permissions.json").read_text(encoding="utf-8"))
SERVICES = {"tables": "dynamodb", "queues": "sqs", "buckets": "s3", "bus": "events", "keys": "kms"}
"""The client of AWS that each kind of permission is for."""
SETTABLE = {
    name: (least, most)
    for name, least, most in re.findall(
        r"^    (\w+) += \{ form = local\.\w+, least = ([\d.]+), most = (\d+) \}",
        TERRAFORM["functions.tf"],
        re.MULTILINE,
    )
}
"""By the setting's name, what the variable `settings` takes: from, to."""
SOURCES = {source.name: source for source in application.app.event_sources}


def test_every_function_has_a_row_and_permissions():
    assert tuple(FUNCTIONS) == tuple(DECLARED) == tuple(PERMISSIONS)


@pytest.mark.parametrize("name", DECLARED)
def test_a_function_s_row_fits_its_trigger(name):
    row, trigger = FUNCTIONS[name], DECLARED[name]["trigger"]
    assert row.http == ("http" in trigger)
    assert row.queue == trigger.get("sqs", "")
    kinds = {kind for kind in ("sqs", "s3", "schedule") if kind in trigger}
    assert {module for module in row.modules if ".handlers." in module} == {
        f"chalicelib.handlers.{kind}" for kind in kinds
    }
    assert all(importlib.util.find_spec(module) for module in row.modules)


@pytest.mark.parametrize("name", DECLARED)
def test_a_function_makes_no_client_that_it_may_not_use(name):
    assert {SERVICES[kind] for kind in PERMISSIONS[name] if kind in SERVICES} >= set(FUNCTIONS[name].clients)


@pytest.mark.parametrize("name", [name for name, row in FUNCTIONS.items() if row.use_case])
def test_what_a_function_s_start_makes_is_there(name):
    area, use_case = FUNCTIONS[name].use_case.split(".")
    module = importlib.import_module(f"chalicelib.bootstrap.{area}")
    (built,) = [
        found for found in vars(module).values() if isinstance(found, type) and use_case in vars(found)
    ]
    assert isinstance(vars(built)[use_case], once)


def test_the_queues_are_those_of_resources_json():
    assert sorted(RESOURCES["queues"]) == sorted(QUEUES)
    consumers = {queue: one["function"] for queue, one in RESOURCES["queues"].items() if one["function"]}
    assert consumers == {row.queue: name for name, row in FUNCTIONS.items() if row.queue}


def test_app_py_has_every_function_and_no_other():
    routers = {name for name, row in FUNCTIONS.items() if row.http}
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


def test_receive_serves_what_others_send_and_nothing_else():
    webhooks = [f"{route.method} {route.path}" for route in ROUTES if route.access == WEBHOOK]
    posted = ["POST /events", "OPTIONS /events"]
    assert sorted(DECLARED["receive"]["trigger"]["http"]) == sorted([*webhooks, *posted])


def test_pull_serves_what_is_read_of_events_and_nothing_else():
    pulled = [
        f"{route.method} {route.path}"
        for route in ROUTES
        if route.path.startswith("/inbox") or (route.method == "GET" and re.match("/events(/|$)", route.path))
    ]
    assert sorted(DECLARED["pull"]["trigger"]["http"]) == sorted(pulled)


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
    assert SETTABLE.keys() <= set(Settings._fields)


def test_terraform_can_set_every_setting():
    named = set(re.findall(rf"\b{PREFIX}\w+", TERRAFORM["functions.tf"]))
    assert named | {PREFIX + field.upper() for field in SETTABLE} == {
        PREFIX + field.upper() for field in Settings._fields
    }


@pytest.mark.parametrize("name", list(SETTABLE))
def test_terraform_takes_what_the_code_takes(name):
    least, most = SETTABLE[name]
    for text in (least, most):
        from_env({PREFIX + name.upper(): text})
    for text in (f"-{most}", str(int(most) + 1), "soon", ""):
        with pytest.raises(SettingError):
            from_env({PREFIX + name.upper(): text})
    if float(least) > 0:
        with pytest.raises(SettingError):
            from_env({PREFIX + name.upper(): "0"})


def test_terraform_names_the_package_s_authorities():
    """A file that is not there would stop every call to AWS."""
    assert f'"/var/task/{certificates.FILE}"' in TERRAFORM["functions.tf"]


def test_the_version_is_the_project_s():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == __version__
