"""What is to be checked: a deployment's API, bucket and functions, with an API key while it lasts."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple, Self

import boto3

from smoke.request import Request

CONNECTION = "smoke"
"""Of each source that feedback is sent by. The feedback has the same id at each check, so that however many
there were, there is one ticket a source."""
OWNER = "smoke"
"""Whose inbox the check looks into, and nobody else."""
KEY_LIVES = timedelta(minutes=15)
PATIENCE = 120
"""Seconds within which each thing must have happened: a first start and a retry have room in it."""
PAUSE = 1.0


class SmokeError(Exception):
    """Something does not work; the message says what was seen."""


class Answer(NamedTuple):
    status: int
    json: Any


class Deployment:
    """outputs: those of Terraform, by name: api_url, tables, buckets, functions, iam_routes."""

    def __init__(self, outputs: Mapping[str, Any]) -> None:
        self._url = str(outputs["api_url"]).rstrip("/")
        self._keys, self.uploads = outputs["tables"]["api_keys"], outputs["buckets"]["uploads"]
        self.functions: Mapping[str, str] = outputs["functions"]
        self._signed: Mapping[str, str] = outputs["iam_routes"]
        self._dynamodb = boto3.client("dynamodb")
        self.s3, self.lambda_ = boto3.client("s3"), boto3.client("lambda")
        self.said = f"Smoke check of {datetime.now(UTC):%Y-%m-%d %H:%M:%S}"
        """What the feedback of this check says."""

    def __enter__(self) -> Self:
        """Puts an admin's API key into the table, by its digest alone, as docs/deploying.md does."""
        self._id, now = secrets.token_hex(6), datetime.now(UTC)
        self._key = f"tiq_{self._id}_{secrets.token_urlsafe(32)}"
        self._dynamodb.put_item(
            TableName=self._keys,
            Item={
                "id": {"S": self._id},
                "digest": {"S": hashlib.sha256(self._key.encode()).hexdigest()},
                "owner": {"S": OWNER},
                "scopes": {"SS": ["admin"]},
                "created_at": {"S": now.isoformat()},
                "created_by": {"S": "smoke check"},
                "expires_at": {"S": (now + KEY_LIVES).isoformat()},
            },
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._dynamodb.delete_item(TableName=self._keys, Key={"id": {"S": self._id}})

    def call(
        self,
        method: str,
        route: str,
        place: Mapping[str, str] | None = None,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
    ) -> Any:
        """The API's answer as JSON. place: what stands for the names in the route. Raises SmokeError where it
        is not 2xx."""
        headers = {"X-Api-Key": self._key, "Content-Type": "application/json"}
        sent = b"" if body is None else json.dumps(body).encode()
        request = Request(method, route, place or {}, query or {}, headers, sent)
        answer = self.send(request)
        if answer.status // 100 != 2:
            raise SmokeError(f"{method} {request.path} answered {answer.status}: {answer.json}")
        return answer.json

    def send(self, request: Request) -> Answer:
        """A route under AWS_IAM takes no key at the gateway: such a request goes to the function itself."""
        function = self._signed.get(request.key)
        return self._over_http(request) if function is None else self._to(self.functions[function], request)

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        """What the function returns, as it is served now. function: its name in AWS. Raises SmokeError."""
        answer = self.lambda_.invoke(FunctionName=function, Qualifier="live", Payload=json.dumps(event))
        returned = answer["Payload"].read()
        if "FunctionError" in answer:
            raise SmokeError(f"{function} failed: {returned[:500].decode('utf-8', 'replace')}")
        return json.loads(returned)

    def _over_http(self, request: Request) -> Answer:
        asked = urllib.request.Request(
            self._url + request.path, request.body or None, dict(request.headers), method=request.method
        )
        try:
            with urllib.request.urlopen(asked, timeout=30) as response:
                return Answer(response.status, _json(response.read()))
        except urllib.error.HTTPError as error:
            return Answer(error.code, _json(error.read()))
        except OSError as error:
            raise SmokeError(f"{request.method} {request.path}: {error}") from error

    def _to(self, function: str, request: Request) -> Answer:
        answer = self.invoke(function, request.event())
        return Answer(answer["statusCode"], _json(answer["body"].encode()))

    def webhook(self, source: str, secret: bytes, message: Mapping[str, Any]) -> Answer:
        """Sent as Standard Webhooks have it, https://www.standardwebhooks.com"""
        body = json.dumps(message).encode()
        id, stamp = f"msg_{secrets.token_hex(8)}", str(int(time.time()))
        signature = hmac.digest(secret, f"{id}.{stamp}.".encode() + body, "sha256")
        headers = {
            "Content-Type": "application/json",
            "webhook-id": id,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{base64.b64encode(signature).decode()}",
        }
        place = {"source": source, "connection": CONNECTION}
        return self.send(Request("POST", "/webhooks/{source}/{connection}", place, {}, headers, body))

    def ticket_says(self, source: str) -> None:
        """Waits for a ticket of this check's words, and closes it. Raises SmokeError."""

        def found() -> Any:
            query = {"source": source, "connection": CONNECTION}
            tickets = self.call("GET", "/tickets", query=query)["items"]
            return next((ticket for ticket in tickets if ticket["text"] == self.said), None)

        ticket = wait_for(found, f"no ticket of {source}/{CONNECTION} says {self.said!r}")
        self.call("PATCH", "/tickets/{id}", {"id": ticket["id"]}, body={"status": "closed"})


def wait_for(found: Callable[[], Any], otherwise: str) -> Any:
    """What it found, once that is true. Raises SmokeError with these words after PATIENCE seconds."""
    until = time.monotonic() + PATIENCE
    while not (seen := found()):
        if time.monotonic() > until:
            raise SmokeError(f"{otherwise}, {PATIENCE} s later")
        time.sleep(PAUSE)
    return seen


def _json(body: bytes) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body[:200].decode("utf-8", "replace")
