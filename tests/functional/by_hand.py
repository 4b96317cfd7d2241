"""The event functions, driven by the test instead of the pump: each invocation in a process of its own,
as on Lambda, which may be made to die by kill -9 right after one of its calls to the outside."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from chalicelib.functions import FUNCTIONS
from local import events
from local.catalogue import Function, load_functions, named
from local.invocation import FunctionFailed, FunctionProcess
from local.stack import Stack
from local.state import PROJECT

HOOK = Path(__file__).parent / "crashing"
TIMEOUT = 7
"""Seconds; a consumer begins no record when fewer than five are left."""
QUEUES = {name: row.queue for name, row in FUNCTIONS.items() if row.queue}
TO_A_TICKET = tuple(name for name in QUEUES if name != "deliver")
"""The functions that are driven until nothing moves. What subscribers would be sent stays on its queue, where
a test looks at it."""
ON_THE_WAY = (*(QUEUES[name] for name in TO_A_TICKET), "async-uploads")
"""The queues between a sender and his ticket."""


class Functions:
    """The functions of functions.json on a stack that has no pump.

    folder: for the trace of calls, and a functions.json where `ingest` has less time: a claim that a crash
    leaves behind holds until the function's. settings: TRIGGERIQ_… variables beside the stack's own,
    and PYTHONPATH for plugins that are installed.
    """

    def __init__(self, stack: Stack, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self._stack, self._trace, self._settings = stack, folder / "trace", dict(settings or {})
        self._project = _hurried_project(folder / "project")
        self._functions = load_functions(self._project)
        self._healthy: dict[str, FunctionProcess] = {}
        self._sqs, self._dynamodb = stack.client("sqs"), stack.client("dynamodb")

    def close(self) -> None:
        """End its processes. The next event of a function gets a new one."""
        while self._healthy:
            self._healthy.popitem()[1].stop()

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """One invocation in the function's warm process."""
        if function not in self._healthy:
            self._healthy[function] = self._process(function, {})
        return self._healthy[function].invoke(event)

    def calls_until_killed(self, function: str, event: Mapping[str, Any], after: str) -> list[str]:
        """One invocation that dies by kill -9 after its first call of that name; the calls it made."""
        self._trace.write_text("")
        process = self._process(function, {"TRACE_CALLS": str(self._trace), "DIE_AFTER_CALL": after})
        try:
            with pytest.raises(FunctionFailed, match="the process ended"):
                process.invoke(event)
        finally:
            process.stop()
        return self._trace.read_text().split()

    def calls(self, function: str, event: Mapping[str, Any]) -> list[str]:
        """The names of the external calls of one invocation, in their order."""
        self._trace.write_text("")
        process = self._process(function, {"TRACE_CALLS": str(self._trace)})
        try:
            process.invoke(event)
        finally:
            process.stop()
        return self._trace.read_text().split()

    def next_batch(self, function: str) -> dict[str, Any] | None:
        """What the function would get from its queue now, or None. It stays there and visible: nobody else
        takes it meanwhile, and nobody has to wait until it can be had again."""
        messages = self._sqs.receive_message(
            QueueUrl=self._url(QUEUES[function]),
            MaxNumberOfMessages=1 if function in ("files", "jobs") else 10,
            WaitTimeSeconds=0,
            VisibilityTimeout=0,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        return events.sqs_event(messages, QUEUES[function]) if messages else None

    def next_upload(self) -> dict[str, Any] | None:
        """What S3 tells the function `uploads` next, or None."""
        messages = self._sqs.receive_message(
            QueueUrl=self._url("async-uploads"), MaxNumberOfMessages=1, VisibilityTimeout=0
        ).get("Messages", [])
        if not messages:
            return None
        event = events.asynchronous_event(messages[0]["Body"])
        if event is None:
            self._sqs.delete_message(
                QueueUrl=self._url("async-uploads"), ReceiptHandle=messages[0]["ReceiptHandle"]
            )
            return self.next_upload()
        return {**event, "handle": messages[0]["ReceiptHandle"]}

    def step(self, function: str) -> dict[str, Any] | None:
        """What waits for the function is handed to it once; its event, or None where nothing waits."""
        event = self.next_upload() if function == "uploads" else self.next_batch(function)
        if event is not None:
            self.finish(function, event)
        return event

    def finish(self, function: str, event: Mapping[str, Any]) -> None:
        """Do with the event what the pump does, and forget it."""
        if function == "uploads":
            self.invoke(function, event)
            self._sqs.delete_message(QueueUrl=self._url("async-uploads"), ReceiptHandle=event["handle"])
            return
        failed = events.failed_records(self.invoke(function, event), event["Records"])
        for record in event["Records"]:
            if record["messageId"] not in failed:
                self._sqs.delete_message(
                    QueueUrl=self._url(QUEUES[function]), ReceiptHandle=record["receiptHandle"]
                )

    def show_again(self, function: str, event: Mapping[str, Any]) -> None:
        """What the function has put off for later is visible now."""
        for record in event["Records"]:
            self._sqs.change_message_visibility(
                QueueUrl=self._url(QUEUES[function]),
                ReceiptHandle=record["receiptHandle"],
                VisibilityTimeout=0,
            )

    def let_claims_lapse(self) -> None:
        """As at the deadline of the functions that hold them: their events are anybody's again."""
        table = named("claims")
        held = self._dynamodb.scan(
            TableName=table,
            FilterExpression="done = :no",
            ExpressionAttributeValues={":no": {"BOOL": False}},
        )
        for claim in held["Items"]:
            self._dynamodb.update_item(
                TableName=table,
                Key={"pk": claim["pk"]},
                UpdateExpression="SET expires_at = :past",
                ExpressionAttributeValues={":past": {"N": "0"}},
            )

    def run_until_quiet(self, seconds: float = 60) -> None:
        """Do what the pump does until nothing moves and nothing is hidden or delayed."""
        until = time.monotonic() + seconds
        while any(waiting := self._stack.waiting(*ON_THE_WAY).values()):
            assert time.monotonic() < until, f"still {sum(waiting)} messages after {seconds} s"
            handed_over = [self.step(function) for function in ("uploads", *TO_A_TICKET)]
            if not any(handed_over):
                time.sleep(0.25)  # all are hidden or delayed
        self.invoke("relay", events.scheduled_event(self._functions["relay"]))

    def told(self) -> list[dict[str, Any]]:
        """Takes what subscribers would be sent: the CloudEvents on the queue `delivery`."""
        messages = [json.loads(body) for body in self._take("delivery")]
        return [message["detail"] for message in messages if "detail" in message]  # others are jobs

    def dead(self) -> list[str]:
        """Takes what lies in the dead-letter queues."""
        return [body for queue in (*QUEUES.values(), "async") for body in self._take(f"{queue}-dlq")]

    def _take(self, queue: str) -> list[str]:
        url, bodies = self._url(queue), []
        while messages := self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []):
            for message in messages:
                bodies.append(message["Body"])
                self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return bodies

    def _url(self, queue: str) -> str:
        return self._stack.queue_url(queue)

    def _process(self, name: str, environment: Mapping[str, str]) -> FunctionProcess:
        function: Function = self._functions[name]
        return FunctionProcess(
            function,
            {
                **self._stack.environment,
                "AWS_ACCESS_KEY_ID": name,  # as each has a role of its own
                "LOG": "json",
                **self._settings,
                **environment,
                "PYTHONPATH": os.pathsep.join(filter(None, (str(HOOK), self._settings.get("PYTHONPATH")))),
            },
            self._project,
        )


def _hurried_project(folder: Path) -> Path:
    """The project with a shorter time-out for the function that claims."""
    folder.mkdir()
    for part in ("app.py", "chalicelib", "triggeriq", "plugins", "local", "resources.json", ".chalice"):
        (folder / part).symlink_to(PROJECT / part)
    functions = json.loads((PROJECT / "functions.json").read_text())
    functions["ingest"]["timeout"] = TIMEOUT
    (folder / "functions.json").write_text(json.dumps(functions))
    return folder
