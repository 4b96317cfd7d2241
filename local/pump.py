"""The event pump: does what AWS does between its services, moto does not do, and the app needs.

    SQS event source mappings      batches; what the function hands back stays for its visibility
    S3 and default-bus events      asynchronous invocations, taken from their stand-in queues
    schedules                      rate(…), the first one at once: a run here is short

Each function has a thread, and each thread a worker process; a function with `local_workers` has so many of
both. They belong to the worker of `chalice local`, so that a reload renews them.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

from local import aws, events
from local.catalogue import Function, load_functions, load_resources, named
from local.invocation import FunctionFailed, FunctionProcess, NotImportable
from local.state import PROJECT

LOG = logging.getLogger("local.pump")
POLL_SECONDS = 1
"""If the client of a long poll goes away, moto still answers it, and a message is lost for a while: so polls
are short."""
SPARE_SECONDS = 0.1
"""How often a function's further workers look whether the others are all at work."""
ASYNC_ATTEMPTS = 3
ASYNC_PAUSES = (60, 120)
"""Lambda retries an asynchronous invocation twice, after one and after two minutes."""
IMPORT_PAUSES = (1, 2, 5, 10, 30)
"""Seconds before a function tries again to import an app.py that can't be imported."""


class Pump:
    """Feeds every event function from the local AWS.

    environment: of the worker processes, see Stack.environment; it has the port of the local AWS.
    functions: by default all of functions.json. time_scale: multiplies schedules and retry pauses.
    least_interval: seconds between two runs of a schedule at least, however it is scaled.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        functions: Mapping[str, Function] | None = None,
        time_scale: float = 1.0,
        project: Path = PROJECT,
        least_interval: float = 0.0,
    ) -> None:
        self._least_interval = least_interval
        self._project = project
        self._environment = environment
        self._port = int(environment["AWS_ENDPOINT_URL"].rpartition(":")[2])
        self._functions = load_functions(project) if functions is None else functions
        self._failures = load_resources(project)["async_failures"]
        self._scale = time_scale
        self._stopping = threading.Event()
        self._starting = threading.Lock()
        self._counting = threading.Lock()
        self._at_work: Counter[str] = Counter()
        self._reported: set[str] = set()
        self._threads: list[threading.Thread] = []
        self._queues: list[Queue] = []

    def __enter__(self) -> Pump:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Returns at once; the worker processes start one after the other."""
        for function in self._functions.values():
            for kind, feed in self._feeds().items():
                if kind in function.trigger:
                    self._start(feed, function)
            for place in range(1, function.trigger.get("local_workers", 1)):
                self._start(partial(self._feed_batches, place=place), function)

    def _start(self, feed: Callable[[FunctionProcess], None], function: Function) -> None:
        thread = threading.Thread(
            target=self._run, args=(feed, function), name=f"pump {function.name}", daemon=True
        )
        thread.start()
        self._threads.append(thread)

    def stop(self) -> None:
        """Returns when the running invocations are over and the worker processes have ended."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def let_go(self) -> None:
        """Makes the messages that functions are working on visible again, for a process that ends without
        waiting for them, as for a reload. Else they stay hidden for their visibility timeout: for files an
        hour and a half."""
        self._stopping.set()
        for queue in self._queues:
            queue.let_go()

    def _feeds(self) -> dict[str, Callable[[FunctionProcess], None]]:
        return {
            "sqs": self._feed_batches,
            "s3": self._feed_asynchronous,
            "event": self._feed_asynchronous,
            "schedule": self._feed_scheduled,
        }

    def _run(self, feed: Callable[[FunctionProcess], None], function: Function) -> None:
        process = FunctionProcess(function, self._environment, self._project)
        failures = 0
        try:
            while not self._stopping.is_set():
                try:
                    feed(process)
                    failures = 0
                except NotImportable as failure:
                    if failures == 0:
                        self._report_import(function, failure)
                    self._stopping.wait(IMPORT_PAUSES[min(failures, len(IMPORT_PAUSES) - 1)])
                    failures += 1
                except Exception as error:
                    if self._stopping.is_set():
                        break
                    LOG.error("%s: the pump has no hold of the local AWS: %s", function.name, error)
                    self._stopping.wait(1)
        finally:
            process.stop()

    def _ready(self, process: FunctionProcess) -> None:
        """Starts the process if it does not run, one at a time. Raises NotImportable."""
        with self._starting:
            process.ensure()

    def _feed_batches(self, process: FunctionProcess, place: int = 0) -> None:
        """place: how many others must be at work before this one begins: while there is little to do, no
        further process starts, and none asks the local AWS."""
        function = process.function
        queue = self._queue(function.trigger["sqs"])
        while not self._stopping.is_set():
            if self._at_work[function.name] < place:
                self._stopping.wait(SPARE_SECONDS)
                continue
            self._ready(process)
            messages = queue.receive(function.trigger["batch"])
            if not messages:
                continue
            event = events.sqs_event(messages, queue.name)
            try:
                with queue.holding(messages), self._working(function):
                    answer = process.invoke(event)
                failed = events.failed_records(answer, event["Records"])
            except FunctionFailed as failure:
                _report(function, failure)
                failed = {message["MessageId"] for message in messages}
                if isinstance(failure, NotImportable):
                    queue.hand_back(messages)
                    raise
            queue.delete([message for message in messages if message["MessageId"] not in failed])

    @contextmanager
    def _working(self, function: Function) -> Iterator[None]:
        """Counts who works on a batch of the function's queue."""
        with self._counting:
            self._at_work[function.name] += 1
        try:
            yield
        finally:
            with self._counting:
                self._at_work[function.name] -= 1

    def _feed_asynchronous(self, process: FunctionProcess) -> None:
        self._ready(process)
        function = process.function
        queue = self._queue(function.stand_in or "")
        while not self._stopping.is_set():
            for message in queue.receive(1):
                event = events.asynchronous_event(message["Body"])
                if event is None:
                    queue.delete([message])
                    continue
                try:
                    with queue.holding([message]):
                        process.invoke(event)
                except NotImportable:
                    queue.hand_back([message])
                    raise
                except FunctionFailed as failure:
                    _report(function, failure)
                    attempt = int(message["Attributes"]["ApproximateReceiveCount"])
                    if attempt < ASYNC_ATTEMPTS:
                        queue.delay(message, self._pause(attempt))
                        continue
                    self._give_up(function, event, failure, attempt)
                queue.delete([message])

    def _feed_scheduled(self, process: FunctionProcess) -> None:
        self._ready(process)
        function = process.function
        interval = max(events.rate_seconds(function.trigger["schedule"]) * self._scale, self._least_interval)
        due = time.monotonic()
        while not self._stopping.wait(max(0.0, due - time.monotonic())):
            try:
                process.invoke(events.scheduled_event(function))
            except FunctionFailed as failure:
                _report(function, failure)  # its next run is its retry
            due = max(due + interval, time.monotonic())

    def _queue(self, name: str) -> Queue:
        queue = Queue(self._port, name)
        self._queues.append(queue)
        return queue

    def _report_import(self, function: Function, failure: NotImportable) -> None:
        """Reports a failed import. If several functions fail with the same error, it is printed in full
        once."""
        with self._starting:
            trace = "" if str(failure) in self._reported else "\n" + "".join(failure.error["stackTrace"])
            self._reported.add(str(failure))
        LOG.error("%s: app.py can't be imported, so its events wait: %s%s", function.name, failure, trace)

    def _pause(self, attempt: int) -> float:
        return ASYNC_PAUSES[attempt - 1] * self._scale

    def _give_up(self, function: Function, event: Any, failure: FunctionFailed, attempts: int) -> None:
        record = events.failure_record(function, event, failure.error, attempts)
        Queue(self._port, f"{self._failures}-dlq").send(json.dumps(record))


class Queue:
    """One SQS queue of the local AWS, by its name in resources.json."""

    def __init__(self, port: int, name: str, poll_seconds: int = POLL_SECONDS) -> None:
        self.name = name
        self._poll_seconds = poll_seconds
        self._in_hand: list[dict[str, Any]] = []
        self._sqs = aws.client("sqs", port)
        self._url = self._sqs.get_queue_url(QueueName=named(name))["QueueUrl"]

    def receive(self, limit: int) -> list[dict[str, Any]]:
        answer = self._sqs.receive_message(
            QueueUrl=self._url,
            MaxNumberOfMessages=limit,
            WaitTimeSeconds=self._poll_seconds,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        )
        messages: list[dict[str, Any]] = answer.get("Messages", [])
        return messages

    @contextmanager
    def holding(self, messages: list[dict[str, Any]]) -> Iterator[None]:
        """Remembers these messages while a function works on them."""
        self._in_hand = messages
        try:
            yield
        finally:
            self._in_hand = []

    def delete(self, messages: list[dict[str, Any]]) -> None:
        if messages:
            entries = [
                {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                for number, message in enumerate(messages)
            ]
            answer = self._sqs.delete_message_batch(QueueUrl=self._url, Entries=entries)
            for failure in answer.get("Failed", []):
                LOG.error("%s: a message was not deleted, so it comes again: %s", self.name, failure)

    def delay(self, message: dict[str, Any], seconds: float) -> None:
        """Makes the message visible again after that time."""
        self._sqs.change_message_visibility(
            QueueUrl=self._url, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=round(seconds)
        )

    def hand_back(self, messages: list[dict[str, Any]]) -> None:
        for message in messages:
            self.delay(message, 1)

    def let_go(self) -> None:
        """Makes the messages visible again that a function is working on."""
        from botocore.exceptions import BotoCoreError, ClientError

        with suppress(BotoCoreError, ClientError):  # everything may be ending
            self.hand_back(self._in_hand)

    def send(self, body: str) -> None:
        self._sqs.send_message(QueueUrl=self._url, MessageBody=body)


def _report(function: Function, failure: FunctionFailed) -> None:
    LOG.error("%s failed: %s\n%s", function.name, failure, "".join(failure.error["stackTrace"]))
