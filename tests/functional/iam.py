"""The local AWS behind IAM: each function signs with its own name, and what permissions.json does not
give it is refused as AWS refuses it. What was used is noted, so that nothing is given in vain.

Which call needs which action:
https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

from local.catalogue import PREFIX
from tests.functional import s3_forms
from tests.functional.aws_door import Answered, Asked, AwsDoor

SEALING_KEY = "secrets"
"""The only key; Decrypt does not name it, since the ciphertext does."""
MASTER_SECRET = "database-master"
CREDENTIALS = "triggeriq/local/"
"""Under which operators put what connections are polled with."""
OTHER_NAMES = {"SendMessageBatch": "SendMessage", "DeleteMessageBatch": "DeleteMessage"}
"""Operations whose action is called otherwise: SQS has none for batches."""
S3_ACTIONS = {
    ("GET", "object"): "GetObject",
    ("HEAD", "object"): "GetObject",
    ("PUT", "object"): "PutObject",
    ("POST", "object"): "PutObject",  # by a form, which its signer answers for
    ("DELETE", "object"): "DeleteObject",
    ("GET", "bucket"): "ListBucket",
    ("HEAD", "bucket"): "ListBucket",
}
_SIGNER = re.compile(r"Credential=([^/]+)/\d{8}/[^/]+/([^/]+)/aws4_request")


class Permission(NamedTuple):
    """kind: tables, queues, buckets, bus, keys, secrets, credentials."""

    function: str
    kind: str
    resource: str
    action: str

    def __str__(self) -> str:
        return f"{self.function}: {self.action} on {self.kind} {self.resource}"


def permissions(granted: Mapping[str, Mapping[str, Any]]) -> set[Permission]:
    """What permissions.json gives on the services that are called over HTTP."""
    return {
        Permission(function, kind, resource, action)
        for function, kinds in granted.items()
        for kind, resource, actions in _rows(kinds)
        for action in actions
    }


def _rows(kinds: Mapping[str, Any]) -> Iterator[tuple[str, str, list[str]]]:
    for kind, given in kinds.items():
        if kind == "bus":
            yield kind, kind, given
        elif kind == "secrets":
            yield from ((kind, name, ["GetSecretValue"]) for name in given)
        elif kind == "credentials":
            for right in given:
                service, _, action = right.partition(":")
                yield kind, service, [action]
        elif kind != "database":
            yield from ((kind, name, actions) for name, actions in given.items())


class Iam(AwsDoor):
    """granted: permissions.json. refused: what was asked for without being granted."""

    def __init__(self, port: int, granted: Mapping[str, Mapping[str, Any]]) -> None:
        self.granted = permissions(granted)
        self.used: set[Permission] = set()
        self.refused: set[Permission] = set()
        super().__init__(port)

    def answer(self, asked: Asked) -> Answered:
        if not self._all_granted(_needed(asked)):
            return _denial(asked)
        answered = self.forward(asked)
        # Whoever may not list a bucket is not told either that an object is missing.
        # https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
        if answered.status == 404 and not self._all_granted(_needed_to_miss(asked)):
            return _denial(asked)
        return answered

    def _all_granted(self, needed: set[Permission]) -> bool:
        by_grant = {need: self._grant(need) for need in needed}
        self.refused |= {need for need, grant in by_grant.items() if grant is None}
        self.used |= {grant for grant in by_grant.values() if grant is not None}
        return None not in by_grant.values()

    def _grant(self, need: Permission) -> Permission | None:
        """What gives that right: on the folder of a bucket that the object lies in, or on all of it."""
        whole = need.resource.partition("/")[0] if need.kind == "buckets" else need.resource
        wanted = (need, need._replace(resource=whole))
        return next((one for one in wanted if one in self.granted), None)


def _needed(asked: Asked) -> set[Permission]:
    form = s3_forms.fields_of(asked)[0] if s3_forms.is_form(asked) else {}
    signed = f"Credential={form['x-amz-credential']}" if form else asked.headers["Authorization"]
    signer = _SIGNER.search(signed)
    assert signer, "a call that nobody signed"
    function, service = signer.groups()
    if service == "s3":
        bucket, key = _object(asked)
        key = key or form.get("key", "")
        action = S3_ACTIONS[asked.method, "object" if key else "bucket"]
        folder = f"/{key.partition('/')[0]}" if "/" in key else ""
        return {Permission(function, "buckets", _short(bucket) + folder, action)}
    operation = asked.operation.rpartition(".")[2]
    action, given = OTHER_NAMES.get(operation, operation), json.loads(asked.body)
    return {Permission(function, kind, name, action) for kind, name in _resources(service, given)}


def _resources(service: str, given: dict[str, Any]) -> Iterator[tuple[str, str]]:
    match service:
        case "dynamodb":
            index = f"/index/{given['IndexName']}" if "IndexName" in given else ""
            for table in given.get("RequestItems") or [given["TableName"]]:
                yield "tables", _short(table) + index
        case "sqs":
            yield "queues", _short(given.get("QueueName") or given["QueueUrl"].rpartition("/")[2])
        case "events":
            for name in {entry["EventBusName"] for entry in given.get("Entries", [])} or {given["Name"]}:
                yield "bus", "bus" if name == PREFIX else name
        case "kms":
            yield "keys", given.get("KeyId", SEALING_KEY).replace(f"alias/{PREFIX}", SEALING_KEY)
        case "secretsmanager" | "ssm" if CREDENTIALS in (given.get("SecretId") or given["Name"]):
            yield "credentials", service
        case "secretsmanager":
            yield "secrets", MASTER_SECRET if MASTER_SECRET in given["SecretId"] else given["SecretId"]
        case _:
            yield service, "?"


def _needed_to_miss(asked: Asked) -> set[Permission]:
    return {
        need._replace(action="ListBucket", resource=need.resource.partition("/")[0])
        for need in _needed(asked)
        if need.action == "GetObject"
    }


def _object(asked: Asked) -> tuple[str, str]:
    bucket, _, key = unquote(urlsplit(asked.path).path).removeprefix("/").partition("/")
    return bucket, key


def _short(name: str) -> str:
    return name.removeprefix(f"{PREFIX}-")


def _denial(asked: Asked) -> Answered:
    if "X-Amz-Target" in asked.headers:
        return Answered(400, {"Content-Type": "application/json"}, b'{"__type": "AccessDeniedException"}')
    return Answered(
        403, {"Content-Type": "application/xml"}, b"<Error><Code>AccessDenied</Code><Message/></Error>"
    )
