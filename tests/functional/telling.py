"""What a provider tells through the source `telling`, on functions that a test drives by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from local.catalogue import named
from local.stack import Stack
from tests.functional.aws_events import http_event
from tests.functional.by_hand import Functions
from tests.functional.client import KEY, SECRET
from tests.functional.conftest import AT_ONCE
from tests.functional.installing import SitePackages
from tests.functional.telling_plugin import TELLING

ARTIFACTS = named("artifacts")


class Telling:
    """One connection of it, and what people see."""

    def __init__(self, functions: Functions, stack: Stack, connection: str) -> None:
        self.functions, self.stack = functions, stack
        self.place = {"source": "telling", "connection": connection}
        self.ask("PUT", "/connections/{source}/{connection}", {"secrets": [SECRET]}, **self.place)

    def ask(self, method: str, route: str, body: Any = None, query: Any = None, **place: str) -> Any:
        headers = {"X-Api-Key": KEY, "Content-Type": "application/json"}
        sent = b"" if body is None else json.dumps(body).encode()
        answer = self.functions.invoke("api", http_event(method, route, place, headers, sent, query))
        assert answer["statusCode"] < 300, answer
        return json.loads(answer["body"])

    def send(self, event: str, *items: dict[str, Any]) -> None:
        """A webhook, and no more."""
        body = json.dumps({"event": event, "items": items}).encode()
        route = "/webhooks/{source}/{connection}"
        request = http_event("POST", route, self.place, {"X-Token": SECRET}, body)
        answer = self.functions.invoke("receive", request)
        assert answer["statusCode"] == 202, answer

    def tell(self, event: str, *items: dict[str, Any]) -> None:
        """A webhook, and all that becomes of it."""
        self.send(event, *items)
        self.functions.run_until_quiet()

    def upload(self, *items: dict[str, Any]) -> None:
        lines = "".join(json.dumps(item) + "\n" for item in items)
        key = f"reviews/telling/{self.place['connection']}/a.ndjson"
        self.stack.client("s3").put_object(Bucket=named("uploads"), Key=key, Body=lines.encode())
        self.functions.run_until_quiet()

    def tickets(self) -> list[dict[str, Any]]:
        found = self.ask("GET", "/tickets", query={"connection": self.place["connection"]})
        return list(found["items"])

    def kept(self, under: str = "") -> dict[str, bytes]:
        """The objects of this connection in the artifacts bucket."""
        s3 = self.stack.client("s3")
        listed = s3.list_objects_v2(Bucket=ARTIFACTS, Prefix=under).get("Contents", [])
        keys = [one["Key"] for one in listed if f"/{self.place['connection']}/" in one["Key"]]
        return {key: s3.get_object(Bucket=ARTIFACTS, Key=key)["Body"].read() for key in keys}


@pytest.fixture(scope="session")
def telling_functions(quiet_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Functions]:
    """Functions that have the source."""
    folder = tmp_path_factory.mktemp("telling")
    site = SitePackages(folder / "site")
    site.folder.mkdir()
    site.install("telling", TELLING)
    settings = {**AT_ONCE, "PYTHONPATH": str(site.folder), "TRIGGERIQ_CONNECTION_CACHE_SECONDS": "0"}
    functions = Functions(quiet_stack, folder, settings)
    yield functions
    functions.close()


@pytest.fixture
def desk(telling_functions: Functions, quiet_stack: Stack, connection: str) -> Iterator[Telling]:
    telling_functions.run_until_quiet()
    telling_functions.told()
    telling_functions.dead()
    yield Telling(telling_functions, quiet_stack, connection)
    telling_functions.told()
