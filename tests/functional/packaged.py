"""The Lambda package, unpacked as Lambda does it."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.services.postgres.connection import Database
from local.catalogue import load_functions, named
from local.runtime import Runtime
from local.stack import Stack
from local.state import is_root
from tests.functional.aws_events import http_event, s3_notification
from tests.functional.client import KEY, SECRET, signed

SOURCE = "standard_webhooks"
CONNECTION = {"source": SOURCE, "connection": "default"}
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


class World:
    """An account on the local AWS, and the package in it. trace: that of every invocation."""

    def __init__(self, stack: Stack, packaged: Packaged, trace: str = "") -> None:
        self.stack, self.packaged, self.trace = stack, packaged, trace
        self.sqs, self.s3 = stack.client("sqs"), stack.client("s3")

    def invoke(self, function: str, event: Any) -> Any:
        return self.packaged.invoke(function, event, self.trace)

    def api(self, method: str, route: str, body: Any = None, query: Any = None, **place: str) -> Any:
        """What the router answers to the developer's key, as JSON."""
        headers = {"x-api-key": KEY, "content-type": "application/json"}
        sent = b"" if body is None else json.dumps(body).encode()
        answer = self.invoke("api", http_event(method, route, place, headers, sent, query))
        assert answer["statusCode"] == 200, answer
        return json.loads(answer["body"])

    def connect(self) -> None:
        """Make the connection that webhooks go to."""
        wanted = {"secrets": [SECRET], "settings": {}}
        self.api("PUT", "/connections/{source}/{connection}", wanted, **CONNECTION)

    def take(self, queue: str) -> list[dict[str, Any]]:
        """What lies on a queue, as its function would get it. It is on the queue no more."""
        url, found = self.url(queue), []
        while messages := self.sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=10,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", []):
            found += messages
            for message in messages:
                self.sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return found

    def url(self, queue: str) -> str:
        return str(self.sqs.get_queue_url(QueueName=named(queue))["QueueUrl"])

    def upload(self, key: str, body: bytes) -> dict[str, Any]:
        """S3's notification of the new object."""
        put = self.s3.put_object(Bucket=named("uploads"), Key=key, Body=body)
        return s3_notification(named("uploads"), key, put["ETag"].strip('"'), len(body))

    def sql(self, statement: str) -> None:
        database = Database(self.stack.database)
        database.run(statement)
        database.close()

    def told(self) -> list[str]:
        """Types of the events that subscribers would be sent."""
        return [json.loads(message["Body"])["detail"]["type"] for message in self.take("delivery")]


def webhook(id: str, text: str, secret: str = SECRET) -> dict[str, Any]:
    """A Standard Webhooks message to the connection that World.connect makes."""
    body = json.dumps({"type": "feedback.created", "data": {"id": id, "text": text}}).encode()
    return http_event("POST", "/webhooks/{source}/{connection}", CONNECTION, signed(id, body, secret), body)
