"""A TriggerIQ whose functions run with the rights that permissions.json gives them, and no others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from chalicelib.services.postgres.connection import Database
from chalicelib.services.postgres.users import APP, OWNER
from local import events
from local.catalogue import load_functions, named
from local.stack import Stack
from local.state import PROJECT
from tests.functional.aging import Aging
from tests.functional.aws_events import http_event
from tests.functional.by_hand import QUEUES, Functions
from tests.functional.client import KEY, SECRET, signed
from tests.functional.iam import MASTER_SECRET, Iam

SOURCE = "standard_webhooks"
USERS = {"app": APP, "migrations": OWNER}
NOWHERE = "postgresql://nobody@/none?host=/nowhere"


class AgingIam(Iam, Aging):
    """IAM, before objects that are old enough for the sweep."""


class Account:
    """The stack with IAM before it, and one process a function. Functions that permissions.json gives no
    database know of none. settings: see by_hand.Functions. asked: the
    routes of the API that were asked."""

    def __init__(self, stack: Stack, folder: Path, settings: Mapping[str, str]) -> None:
        self.granted: dict[str, dict[str, Any]] = json.loads((PROJECT / "permissions.json").read_text())
        self.stack, self.iam = stack, AgingIam(stack.aws_port, self.granted)
        self._folder, self._settings = folder, dict(settings)
        self.asked: set[tuple[str, str]] = set()
        self._functions: dict[str, Functions] = {}
        self._broken: dict[str, Functions] = {}

    def close(self) -> None:
        for functions in (*self._functions.values(), *self._broken.values()):
            functions.close()
        self.iam.close()

    def secret(self) -> str:
        """The ARN of a master secret, made now; the master here is the server's superuser."""
        value = json.dumps({"username": "triggeriq", "password": "not asked for"})
        secrets = self.stack.client("secretsmanager")
        return str(secrets.create_secret(Name=MASTER_SECRET, SecretString=value)["ARN"])

    def invoke(self, function: str, event: Mapping[str, Any]) -> Any:
        return self.functions(function).invoke(function, event)

    def functions(self, function: str) -> Functions:
        if function not in self._functions:
            user = USERS.get(self.granted[function].get("database", ""))
            url = self.stack.database.replace("//triggeriq@", f"//{user}@") if user else ""
            self._functions[function] = self._made(function, url)
        return self._functions[function]

    def without_database(self, function: str) -> Functions:
        """The function while PostgreSQL is away."""
        if function not in self._broken:
            self._broken[function] = self._made(f"{function}-broken", NOWHERE)
        return self._broken[function]

    def _made(self, name: str, database: str) -> Functions:
        folder = self._folder / name
        folder.mkdir()
        settings = {**self._settings, "AWS_ENDPOINT_URL": self.iam.url, "TRIGGERIQ_DATABASE": database}
        return Functions(self.stack, folder, settings)

    # What people and partners do

    def call(
        self,
        method: str,
        route: str,
        value: Any = None,
        api_key: str = KEY,
        query: str = "",
        headers: Mapping[str, str] | None = None,
        **place: str,
    ) -> dict[str, Any]:
        """The API's answer, with its status as `http`; a bare list as `items`. headers: further ones."""
        self.asked.add((method, route))
        headers = {"X-Api-Key": api_key, "Content-Type": "application/json", **(headers or {})}
        event = http_event(
            method, route, place, headers, b"" if value is None else json.dumps(value).encode()
        )
        if query:
            name, _, given = query.partition("=")
            event["multiValueQueryStringParameters"] = {name: [given]}
        answer = self.invoke(self._router(method, route), event)
        text = answer["body"] if answer["headers"].get("Content-Type", "").endswith("json") else "{}"
        told = json.loads(text or "{}")
        return {**(told if isinstance(told, dict) else {"items": told}), "http": answer["statusCode"]}

    @staticmethod
    def _router(method: str, route: str) -> str:
        """The function that the gateway brings such a request to."""
        functions = load_functions().items()
        named = [name for name, one in functions if f"{method} {route}" in one.trigger.get("http", ())]
        return named[0] if named else "api"

    def connect(
        self, source: str, connection: str = "default", secret: str = SECRET, **settings: Any
    ) -> None:
        value = {"secrets": [secret], "settings": settings}
        place = {"source": source, "connection": connection}
        answer = self.call("PUT", "/connections/{source}/{connection}", value, **place)
        assert answer["http"] == 200, answer

    def webhook(self, id: str, body: bytes, source: str = SOURCE, connection: str = "default") -> Any:
        headers = signed(id, body) if source == SOURCE else {"X-Token": SECRET}
        event = http_event(
            "POST",
            "/webhooks/{source}/{connection}",
            {"source": source, "connection": connection},
            {"Content-Type": "application/json", **headers},
            body,
        )
        return self.invoke("receive", event)

    def say(self, id: str, padding: str = "", connection: str = "default", **data: Any) -> None:
        body = {"type": "feedback.created", "data": {"id": id, "text": "It crashes", "pad": padding, **data}}
        answer = self.webhook(id, json.dumps(body).encode(), connection=connection)
        assert answer["statusCode"] == 202, answer

    def upload(self, key: str, body: bytes) -> None:
        self.stack.client("s3").put_object(Bucket=named("uploads"), Key=key, Body=body)

    # What AWS does

    def forget(self, queue: str) -> None:
        """Nothing lies on the queue any more."""
        sqs = self.stack.client("sqs")
        sqs.purge_queue(QueueUrl=self.stack.queue_url(queue))

    def send(self, queue: str, body: str) -> None:
        sqs = self.stack.client("sqs")
        sqs.send_message(QueueUrl=self.stack.queue_url(queue), MessageBody=body)

    def step(self, function: str) -> Any:
        """What waits for the function is handed to it once; its answer, or None where nothing waits. What is
        refused ends it: a record may come again and again of that."""
        assert not self.iam.refused, sorted(map(str, self.iam.refused))
        return self.functions(function).step(function)

    def drain(self, *functions: str) -> None:
        """Until nothing waits for them now."""
        for function in functions or ("uploads", *QUEUES):
            while self.step(function):
                assert not self.iam.refused  # what is refused may come again without an end

    def schedule(self, function: str) -> None:
        """At the full hour, when everything is done that is not done each time."""
        at = {"time": "2026-03-01T00:00:00Z"}
        self.invoke(function, events.scheduled_event(load_functions()[function]) | at)

    def tickets(self) -> list[dict[str, Any]]:
        return list(self.call("GET", "/tickets", query="limit=100")["items"])

    def sql(self, statement: str) -> list[list[Any]]:
        """As the server's superuser."""
        database = Database(self.stack.database)
        try:
            return database.run(statement)
        finally:
            database.close()
