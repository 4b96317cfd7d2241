"""SnapStart, as far as it goes without AWS: AWS's runtime client runs the hooks, and a copy of the process
stands for the second restore. What belongs to one process, or to one time, is in neither."""

from __future__ import annotations

import http.server
import json
import os
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.catalogue import load_functions
from local.runtime import Runtime, client_folder
from local.stack import Stack
from tests.functional.aws_door import AwsDoor
from tests.functional.aws_events import http_event
from tests.functional.client import KEY, SECRET
from tests.functional.packaged import CONNECTION, Packaged, webhook
from tests.functional.restoring.sockets import sockets

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="AWS's runtime client has wheels for Linux only; CI runs this there"
)

TWICE = Path(__file__).parent / "restoring"
CONNECTIONS = "/connections/{source}/{connection}"
TEXT = "It crashes"
OTHER_SECRET = SECRET[:-4] + "AAA="
KEYS = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


class Credentials(http.server.ThreadingHTTPServer):
    """Where Lambda has a function with SnapStart ask for its role's credentials; others each time.

    https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
    """

    def __init__(self) -> None:
        self.given: list[str] = []
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.given.append(f"AKIA{len(server.given)}")
                until = datetime.now(UTC) + timedelta(hours=6)
                answer = {
                    "AccessKeyId": server.given[-1],
                    "SecretAccessKey": "secret",
                    "Token": "token",
                    "Expiration": until.strftime("%Y-%m-%dT%H:%M:%SZ"),
                }
                self.send_response(200)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, format: str, *args: Any) -> None:
                """Nobody reads it."""

        super().__init__(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/role"


@pytest.fixture(scope="module")
def packaged(
    package: Path, quiet_stack: Stack, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Packaged]:
    door = AwsDoor(quiet_stack.aws_port)  # unlike moto's own server it keeps connections
    environment = quiet_stack.app_environment({}) | {"AWS_ENDPOINT_URL": door.url}
    packaged = Packaged(package, tmp_path_factory.mktemp("task"), environment)
    yield packaged
    packaged.close()
    door.close()


@pytest.fixture
def credentials() -> Iterator[Credentials]:
    with Credentials() as credentials:
        yield credentials
        credentials.shutdown()


def in_its_snapshot(
    packaged: Packaged, function: str, credentials: Credentials, *used_before: dict[str, Any]
) -> Runtime:
    settings = {k: v for k, v in packaged.environment.items() if k not in KEYS} | {
        "TRIGGERIQ_FUNCTION": function,
        "USED_BEFORE": json.dumps(used_before),
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": credentials.url,
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token",
        "PYTHONPATH": os.pathsep.join(map(str, (TWICE, packaged.folder, client_folder()))),
    }
    return packaged.runtime(function, settings, handler="twice.app", snapstart=True)


def connect(packaged: Packaged, secret: str) -> None:
    body = json.dumps({"secrets": [secret], "settings": {}}).encode()
    headers = {"x-api-key": KEY, "content-type": "application/json"}
    answer = packaged.invoke("api", http_event("PUT", CONNECTIONS, CONNECTION, headers, body))
    assert answer["statusCode"] == 200, answer


def test_two_processes_of_one_snapshot_share_nothing(packaged: Packaged, credentials: Credentials) -> None:
    connect(packaged, SECRET)
    with in_its_snapshot(packaged, "receive", credentials, webhook("before", TEXT)) as runtime:
        assert len(sockets(runtime.pid)) == 1  # the one on which it waits
        connect(packaged, OTHER_SECRET)
        asked = len(credentials.given)
        runtime.restore(processes=2)
        one, two = runtime.invoke_each([webhook("one", TEXT), webhook("two", TEXT)])
        assert one["pid"] != two["pid"]
        assert [x["answer"]["statusCode"] for x in (one, two)] == [401, 401]  # the old secret was in neither
        assert len(credentials.given) == asked + 2
        one, two = runtime.invoke_each([webhook(id, TEXT, OTHER_SECRET) for id in ("one", "two")])
        assert [x["answer"]["statusCode"] for x in (one, two)] == [202, 202]
        one, two = runtime.invoke_each([{"look": True}] * 2)
    assert one["pid"] != two["pid"]
    assert one["random"] != two["random"]
    assert one["id"] != two["id"]
    assert one["opened"]
    assert not set(one["opened"]) & set(two["opened"])


def test_the_database_is_connected_to_anew(packaged: Packaged, credentials: Credentials) -> None:
    tickets = http_event("GET", "/tickets", headers={"x-api-key": KEY})
    with in_its_snapshot(packaged, "api", credentials, tickets) as runtime:
        assert len(sockets(runtime.pid)) == 1
        runtime.restore(processes=2)
        one, two = runtime.invoke_each([tickets, tickets])
        assert [x["answer"]["statusCode"] for x in (one, two)] == [200, 200]
        one, two = runtime.invoke_each([{"look": True}] * 2)
    assert one["opened"]
    assert not set(one["opened"]) & set(two["opened"])


@pytest.mark.parametrize("function", load_functions())
def test_every_function_stands_in_its_snapshot_and_comes_back(packaged: Packaged, function: str) -> None:
    with packaged.runtime(function, snapstart=True) as runtime:
        runtime.restore()
