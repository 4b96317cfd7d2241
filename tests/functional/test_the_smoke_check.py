"""What an operator runs after a deployment, on the local system: it passes there, again and again, leaves one
ticket a source, and names what does not work."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from local.application import Application
from local.catalogue import load_functions, named
from local.stack import Stack
from local.state import PROJECT
from smoke.deployment import CONNECTION, Deployment, SmokeError
from smoke.steps import STEPS, schedules_run
from tests.functional.by_hand import Functions
from tests.functional.client import Client

SIGNED = dict.fromkeys(
    ("GET /tickets", "PATCH /tickets/{id}", "PUT /connections/{source}/{connection}", "GET /health"), "api"
)


@pytest.fixture
def outputs(stack: Stack, running: Application) -> dict[str, Any]:
    """Terraform's, of a deployment that is this machine. Schedules run by themselves here: nothing can invoke
    the functions."""
    return {
        "api_url": running.url,
        "tables": {"api_keys": named("api_keys")},
        "buckets": {"uploads": named("uploads")},
        "functions": {},
        "iam_routes": {},
    }


def check(stack: Stack, outputs: Mapping[str, Any]) -> subprocess.CompletedProcess[str]:
    aws = {name: value for name, value in stack.environment.items() if name.startswith("AWS_")}
    return subprocess.run(
        [sys.executable, "-m", "smoke"],
        input=json.dumps({name: {"value": value} for name, value in outputs.items()}),
        capture_output=True,
        text=True,
        cwd=PROJECT,
        env={**os.environ, **aws},
        check=False,
    )


def test_it_passes_however_often_it_is_run(stack: Stack, outputs: dict[str, Any], client: Client) -> None:
    for _ in range(2):
        done = check(stack, outputs)
        assert done.returncode == 0, done.stdout + done.stderr
        assert len(done.stdout.splitlines()) == len(STEPS)
        (ticket,) = client.tickets(CONNECTION, source="standard_webhooks")
        (row,) = client.tickets(CONNECTION, source="csv")
        assert (ticket["status"], row["status"]) == ("closed", "closed")
        assert ticket["text"] == row["text"]
    keys = stack.client("dynamodb").scan(TableName=named("api_keys"))["Items"]
    assert [key for key in keys if key["created_by"]["S"] == "smoke check"] == []


def test_it_names_what_fails_and_leaves_no_key(stack: Stack, outputs: dict[str, Any]) -> None:
    done = check(stack, {**outputs, "api_url": "http://127.0.0.1:9"})
    assert done.returncode == 1
    assert done.stdout.startswith("FAILED  the API reaches database")
    assert "look at the logs of api" in done.stdout
    keys = stack.client("dynamodb").scan(TableName=named("api_keys"))["Items"]
    assert [key for key in keys if key["created_by"]["S"] == "smoke check"] == []


def test_every_function_is_checked() -> None:
    checked = {name for names in STEPS.values() for name in names}
    assert checked == load_functions(PROJECT).keys() - {"migrate"}


class Lambda:
    """Has the functions answer as Lambda does. functions: by their names in AWS."""

    def __init__(self, functions: Mapping[str, Callable[[Any], Any]]) -> None:
        self._functions = functions

    def invoke(self, FunctionName: str, Qualifier: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto's names
        assert Qualifier == "live"
        returned = self._functions[FunctionName](json.loads(Payload))
        return {"StatusCode": 200, "Payload": io.BytesIO(json.dumps(returned).encode())}


class FailingLambda:
    """Answers as Lambda does for a function that raised."""

    def invoke(self, FunctionName: str, Qualifier: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto's names
        assert (Qualifier, json.loads(Payload)["detail-type"]) == ("live", "Scheduled Event")
        return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorType": "X"}')}


@pytest.fixture
def deployment(outputs: dict[str, Any], stack: Stack, monkeypatch: pytest.MonkeyPatch) -> Deployment:
    """In this process."""
    for name, value in stack.environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    return Deployment({**outputs, "iam_routes": SIGNED, "functions": {"api": "triggeriq-local-api"}})


def test_it_passes_where_routes_take_no_key(deployment: Deployment, stack: Stack, tmp_path: Path) -> None:
    """The gateway would turn each of these requests away, so they go to the function."""
    functions, asked = Functions(stack, tmp_path), []

    def api(event: Any) -> Any:
        asked.append(f"{event['httpMethod']} {event['resource']}")
        return functions.invoke("api", event)

    deployment.lambda_ = Lambda({"triggeriq-local-api": api})
    try:
        with deployment:
            for step in STEPS:
                step(deployment)
    finally:
        functions.close()
    assert set(asked) == SIGNED.keys()


def test_a_schedule_that_fails_is_named(deployment: Deployment) -> None:
    deployment.functions, deployment.lambda_ = {"relay": "triggeriq-dev-relay"}, FailingLambda()
    with pytest.raises(SmokeError, match=r"triggeriq-dev-relay failed: .*errorType"):
        schedules_run(deployment)
