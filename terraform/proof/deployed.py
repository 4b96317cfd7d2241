"""The functions as Terraform left them, run by hand: settings, handler and trigger of each are read from
where they were applied, the code is the package, the runtime Lambda's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from local import aws, events
from local.runtime import Runtime
from local.stack import Stack


class Deployed:
    """prefix: of all names. package: the unpacked zip."""

    def __init__(self, stack: Stack, prefix: str, package: Path) -> None:
        self._stack, self._prefix, self._package = stack, prefix, package
        self._lambda, self._sqs = stack.client("lambda"), stack.client("sqs")
        self._mappings = self._lambda.list_event_source_mappings()["EventSourceMappings"]
        for mapping in self._mappings:  # the stand-in polls too, and throws away what it takes
            self._lambda.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        s3 = stack.client("s3")
        for bucket in s3.list_buckets()["Buckets"]:
            if bucket["Name"].startswith(prefix):  # their policies ask for TLS, which it does not speak
                s3.delete_bucket_policy(Bucket=bucket["Name"])

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """One invocation of the version that the alias `live` names, in a process of its own."""
        name = f"{self._prefix}-{function}"
        made = self._lambda.get_function_configuration(FunctionName=name, Qualifier="live")
        environment: dict[str, str] = {}
        aws.confine(environment, self._stack.aws_port)
        environment |= made["Environment"]["Variables"]
        if "TRIGGERIQ_DATABASE" in environment:  # the stand-in's RDS is a record without a server
            environment["TRIGGERIQ_DATABASE"] = self._stack.database
        with Runtime(
            self._package,
            made["Handler"],
            environment,
            name=name,
            memory=made["MemorySize"],
            timeout=made["Timeout"],
        ) as runtime:
            try:
                return runtime.invoke(event)
            finally:
                print(runtime.output())

    def deliver(self, function: str) -> int:
        """Hands the function one batch from the queue of its event source mapping, as Lambda's poller
        does; how many messages it had. All of them must succeed."""
        named = f":function:{self._prefix}-{function}:"
        (mapping,) = (mapping for mapping in self._mappings if named in mapping["FunctionArn"])
        queue = mapping["EventSourceArn"].rpartition(":")[2]
        url = self._url(queue)
        messages = self._sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(10, mapping["BatchSize"]),
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if messages:
            answer = self.invoke(function, events.sqs_event(messages, queue))
            assert answer == {"batchItemFailures": []}, answer
        for message in messages:
            self._sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return len(messages)

    def bodies(self, queue: str) -> list[Any]:
        """The messages of a queue that no function reads yet."""
        url = self._url(f"{self._prefix}-{queue}")
        messages = self._sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
        return [json.loads(message["Body"]) for message in messages]

    def _url(self, queue: str) -> str:
        return str(self._sqs.get_queue_url(QueueName=queue)["QueueUrl"])
