"""What an operator runs after a deployment, on the local system: it passes there, again and again, leaves one
ticket a source, and names what does not work."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from local.application import Application
from local.catalogue import load_functions, named
from local.stack import Stack
from local.state import PROJECT
from smoke.deployment import CONNECTION, SmokeError
from smoke.steps import STEPS, schedules_run
from tests.functional.client import Client


@pytest.fixture
def outputs(stack: Stack, running: Application) -> dict[str, Any]:
    """Terraform's, of a deployment that is this machine. Schedules run by themselves here: nothing can invoke
    the functions."""
    return {
        "api_url": running.url,
        "tables": {"api_keys": named("api_keys")},
        "buckets": {"uploads": named("uploads")},
        "functions": {},
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
    """Answers as Lambda does for a function that raised."""

    def invoke(self, FunctionName: str, Qualifier: str, Payload: str) -> dict[str, Any]:  # noqa: N803 - boto's names
        assert (Qualifier, json.loads(Payload)["detail-type"]) == ("live", "Scheduled Event")
        return {"StatusCode": 200, "FunctionError": "Unhandled", "Payload": io.BytesIO(b'{"errorType": "X"}')}


def test_a_schedule_that_fails_is_named() -> None:
    deployed = SimpleNamespace(functions={"relay": "triggeriq-dev-relay"}, lambda_=Lambda())
    with pytest.raises(SmokeError, match=r"triggeriq-dev-relay failed: .*errorType"):
        schedules_run(deployed)
