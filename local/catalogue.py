"""Reads functions.json and resources.json for the local system, and makes the full names of resources."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from local.state import PROJECT

STAGE = "local"
REGION = "us-east-1"
ACCOUNT = "123456789012"
PREFIX = f"triggeriq-{STAGE}"


class Function(NamedTuple):
    """One entry of functions.json."""

    name: str
    handler: str
    memory: int
    """In MB."""
    timeout: int
    """In seconds."""
    trigger: dict[str, Any]

    @property
    def arn(self) -> str:
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{PREFIX}-{self.name}"

    @property
    def stand_in(self) -> str | None:
        """The queue that stands in for an asynchronous invocation by S3 or the default bus."""
        return f"async-{self.name}" if self.trigger.keys() & {"s3", "event"} else None


def load_functions(project: Path = PROJECT) -> dict[str, Function]:
    entries = json.loads((project / "functions.json").read_text())
    return {
        name: Function(name, entry["handler"], entry["memory"], entry["timeout"], entry["trigger"])
        for name, entry in entries.items()
    }


def load_resources(project: Path = PROJECT) -> dict[str, Any]:
    resources: dict[str, Any] = json.loads((project / "resources.json").read_text())
    return resources


def named(name: str) -> str:
    """The full name of a queue, bucket or table."""
    return f"{PREFIX}-{name}"


def queue_arn(name: str) -> str:
    return f"arn:aws:sqs:{REGION}:{ACCOUNT}:{named(name)}"
