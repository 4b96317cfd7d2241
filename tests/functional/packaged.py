"""The Lambda package, unpacked as Lambda does it, and AWS's own events for what is in it."""

from __future__ import annotations

import base64
import copy
import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local.catalogue import Function, load_functions, named, queue_arn
from local.runtime import Runtime
from local.state import is_root

EVENTS = Path(__file__).parents[1] / "data" / "aws_events"
NOT_ABOVE_MODES = ("setpriv", "--bounding-set=-dac_override")
"""Runs a command of root's that is held to the modes of files, as Lambda's user is."""


class Packaged:
    """The functions of a package, each in the process that Lambda would make. zip: the package. folder: a
    new one to unpack it into, read-only. environment: settings of all functions, and where AWS is."""

    def __init__(self, zip: Path, folder: Path, environment: Mapping[str, str]) -> None:
        with zipfile.ZipFile(zip) as archive:
            archive.extractall(folder)
            self._names = set(archive.namelist())
        self.functions = load_functions()
        self.folder, self.environment = folder, dict(environment)
        self._runtimes: dict[str, Runtime] = {}
        self.invoked: set[str] = set()
        self._modes(0o555, 0o444)

    def close(self) -> None:
        for runtime in self._runtimes.values():
            runtime.stop()
        self._modes(0o755, 0o644)

    def written(self) -> set[str]:
        """Files in the folder that were not in the zip."""
        found = {
            path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()
        }
        return found - self._names

    def runtime(
        self, name: str, settings: Mapping[str, str] | None = None, handler: str = "", snapstart: bool = False
    ) -> Runtime:
        """A process of that function, not yet started. settings, handler: instead of its own, if given."""
        function = self.functions[name]
        own = {**self.environment, "TRIGGERIQ_FUNCTION": name}
        return Runtime(
            self.folder,
            handler or function.handler,
            own if settings is None else settings,
            name=named(name),
            memory=function.memory,
            timeout=function.timeout,
            prefix=NOT_ABOVE_MODES if is_root() else (),
            snapstart=snapstart,
        )

    def invoke(self, name: str, event: Mapping[str, Any], trace: str = "") -> Any:
        """What the function answers, in its warm process. trace: see Runtime."""
        if name not in self._runtimes:
            self._runtimes[name] = self.runtime(name)
            self._runtimes[name].start()
        self.invoked.add(name)
        return self._runtimes[name].invoke(event, trace)

    def set(self, **settings: str) -> None:
        """Settings of the processes that are still to be started."""
        self.environment.update(settings)

    def _modes(self, folder: int, file: int) -> None:
        for path in [self.folder, *self.folder.rglob("*")]:
            path.chmod(folder if path.is_dir() else file)


def real(name: str) -> dict[str, Any]:
    """An event as AWS made it. name: of a file in tests/data/aws_events."""
    event: dict[str, Any] = json.loads((EVENTS / f"{name}.json").read_text(encoding="utf-8"))
    return event


def http_api(
    method: str,
    route: str,
    place: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    query: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """A request as an HTTP API hands it over with payload format 1.0. place: the route's parameters."""
    path = route.format(**place or {})
    event = real("http_api")
    event |= {
        "resource": route,
        "path": path,
        "httpMethod": method,
        "headers": dict(headers or {}),
        "multiValueHeaders": {name: [value] for name, value in (headers or {}).items()},
        "queryStringParameters": dict(query) if query else None,
        "multiValueQueryStringParameters": {k: [v] for k, v in query.items()} if query else None,
        "pathParameters": dict(place) if place else None,
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }
    event["requestContext"] |= {"resourcePath": route, "path": path, "httpMethod": method}
    return event


def sqs_batch(queue: str, *messages: Mapping[str, Any]) -> dict[str, Any]:
    """A batch, of what ReceiveMessage gave with all attributes."""
    first = real("sqs")["Records"][0]
    records = []
    for message in messages:
        record = copy.deepcopy(first) | {
            "messageId": message["MessageId"],
            "receiptHandle": message["ReceiptHandle"],
            "body": message["Body"],
            "md5OfBody": message["MD5OfBody"],
            "eventSourceARN": queue_arn(queue),
            "messageAttributes": {
                name: {"stringValue": value["StringValue"], "dataType": value["DataType"]}
                for name, value in message.get("MessageAttributes", {}).items()
            },
        }
        record["attributes"] |= message.get("Attributes", {})
        records.append(record)
    return {"Records": records}


def s3_notification(bucket: str, key: str, etag: str, size: int) -> dict[str, Any]:
    """That an object was created. key: as it is named, plain."""
    event = real("s3")
    described = event["Records"][0]["s3"]
    described["bucket"] |= {"name": bucket, "arn": f"arn:aws:s3:::{bucket}"}
    described["object"] |= {"key": key.replace(" ", "+"), "eTag": etag, "size": size}
    return event


def schedule(function: Function) -> dict[str, Any]:
    event = real("schedule")
    rule = event["resources"][0].rpartition("/")[0]
    return event | {"resources": [f"{rule}/{named(function.name)}"]}
