"""The local AWS behind a door that a test may jam: for a service, for one operation, or for single
entries of a batch. Everything else passes through as it is."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.functional.aws_door import S3, Answered, Asked, AwsDoor

__all__ = ["S3", "FaultyAws"]


class FaultyAws(AwsDoor):
    """Operations are named as in the header X-Amz-Target, such as "DynamoDB_20120810.PutItem",
    "AmazonSQS.SendMessageBatch", "AWSEvents.PutEvents"; S3 as one."""

    def __init__(self, port: int) -> None:
        self.down: set[str] = set()
        self.hanging: set[str] = set()
        self.refuse_entries: dict[str, int] = {}
        super().__init__(port)

    @contextmanager
    def outage(self, *operations: str) -> Iterator[None]:
        """All operations whose names begin so answer 503."""
        self.down |= set(operations)
        try:
            yield
        finally:
            self.down -= set(operations)

    @contextmanager
    def silence(self, *operations: str) -> Iterator[None]:
        """All operations whose names begin so take the request and never answer."""
        self.hanging |= set(operations)
        try:
            yield
        finally:
            self.hanging -= set(operations)

    @contextmanager
    def refusing_entries(self, operation: str, times: int = 10**6) -> Iterator[None]:
        """The last entry of each of the next `times` batches is refused; the others go through."""
        self.refuse_entries[operation] = times
        try:
            yield
        finally:
            del self.refuse_entries[operation]

    def answer(self, asked: Asked) -> Answered:
        if any(asked.operation.startswith(name) for name in self.down):
            return Answered(503, {"Content-Type": "application/json"}, b'{"__type": "ServiceUnavailable"}')
        while any(asked.operation.startswith(name) for name in self.hanging):
            time.sleep(0.05)  # the caller has long gone when it ends
        if "Entries" not in asked.body.decode("utf-8", "replace") or not self._takes_entry(asked.operation):
            return self.forward(asked)
        request = json.loads(asked.body)
        refused = request["Entries"].pop()
        if not request["Entries"]:
            return Answered(200, {}, json.dumps(_with_refusal(asked.operation, {}, refused)).encode())
        answered = self.forward(asked._replace(body=json.dumps(request).encode()))
        told = _with_refusal(asked.operation, json.loads(answered.body), refused)
        return answered._replace(body=json.dumps(told).encode())

    def _takes_entry(self, operation: str) -> bool:
        if self.refuse_entries.get(operation, 0) <= 0:
            return False
        self.refuse_entries[operation] -= 1
        return True


def _with_refusal(operation: str, answer: dict[str, Any], refused: dict[str, Any]) -> dict[str, Any]:
    """The service's own way to say that one entry failed."""
    if operation == "AWSEvents.PutEvents":
        entries = [*answer.get("Entries", []), {"ErrorCode": "InternalFailure", "ErrorMessage": "refused"}]
        return {"FailedEntryCount": 1, "Entries": entries}
    failed = [{"Id": refused["Id"], "SenderFault": False, "Code": "InternalError", "Message": "refused"}]
    return {"Successful": answer.get("Successful", []), "Failed": failed}
