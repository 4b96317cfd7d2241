"""A start on Lambda, its first event and its later ones: bare, Chalice, Chalice with boto3, AWS Powertools'
resolver, FastAPI behind Mangum, and each function of our package; one after the other, round by round."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import uuid
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from benchmarks import cold_start
from benchmarks.cold_start import Contender, Costs
from chalicelib.domain.operations.access import LOCAL_KEY
from lambda_package import bytecode
from local.catalogue import load_functions
from local.stack import Stack
from tests.functional.aws_door import AwsDoor
from tests.functional.aws_events import http_event, schedule, sqs_batch
from tests.functional.packaged import Packaged, World, webhook
from tests.packaging import package  # noqa: F401 - a fixture

ROUNDS = 12
WARM = 6
"""Later events of each process."""
HERE = Path(__file__).parent
NO_DELIVERY = '{"v": 1, "subscription": "none", "position": "none", "attempt": 0}'
"""A job of a subscription that is gone."""
TEXT = "The app crashes whenever I open it"
ROWS = b"id,text,rating\n1,The app crashes whenever I open it,1\n"

POWERTOOLS = """
from aws_lambda_powertools.event_handler import APIGatewayHttpResolver

resolver = APIGatewayHttpResolver()


@resolver.get("/health")
def health():
    return {"status": "ok"}


def app(event, context):
    return resolver.resolve(event, context)
"""
FASTAPI = """
from fastapi import FastAPI
from mangum import Mangum

api = FastAPI()


@api.get("/health")
async def health():
    return {"status": "ok"}


app = Mangum(api, lifespan="off")
"""
HTTP_API_2 = {
    "version": "2.0", "routeKey": "GET /health", "rawPath": "/health", "rawQueryString": "",
    "headers": {"host": "id.execute-api.us-east-1.amazonaws.com"},
    "requestContext": {
        "accountId": "123456789012", "apiId": "id", "domainName": "id.execute-api.us-east-1.amazonaws.com",
        "domainPrefix": "id", "requestId": "id", "routeKey": "GET /health", "stage": "$default",
        "time": "04/Mar/2020:19:15:17 +0000", "timeEpoch": 1583349317135,
        "http": {
            "method": "GET", "path": "/health", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1",
            "userAgent": "agent",
        },
    },
    "isBase64Encoded": False,
}  # fmt: skip
"""The payload that both peers are made for: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html"""


class Runner(NamedTuple):
    """events: for one process, anew each time."""

    contender: Contender
    events: Callable[[], list[Any]]
    check: Callable[[Any], bool]


class Feeding:
    """Events for our functions, each new to it: what one leaves on a queue is the next one's."""

    def __init__(self, world: World) -> None:
        self._world, self._functions = world, world.packaged.functions

    def events(self, function: str) -> list[Any]:
        world = self._world
        if function in ("ingest", "process", "files"):
            queue = {"process": "feedback"}.get(function, function)
            messages = world.take(queue)[: 1 + WARM]
            assert len(messages) == 1 + WARM, f"{function}: {len(messages)}"
            return [sqs_batch(queue, message) for message in messages]
        one = {
            "api": lambda: http_event("GET", "/health"),
            "pull": lambda: http_event("GET", "/inbox", headers={"X-Api-Key": LOCAL_KEY}),
            "receive": lambda: webhook(uuid.uuid4().hex, TEXT),
            "uploads": lambda: world.upload(f"reviews/csv/default/{uuid.uuid4()}.csv", ROWS),
            "jobs": lambda: self._message("jobs", '{"v": 1, "job": "over"}'),
            "deliver": lambda: self._message("delivery", NO_DELIVERY),
            "migrate": dict,
        }.get(function, lambda: schedule(self._functions[function]))
        return [one() for _ in range(1 + WARM)]

    def _message(self, queue: str, body: str) -> Any:
        """A batch of one message, of something that is over."""
        world = self._world
        world.sqs.send_message(QueueUrl=world.url(queue), MessageBody=body)
        (message,) = world.take(queue)
        return sqs_batch(queue, message)

    @staticmethod
    def right(function: str) -> Callable[[Any], bool]:
        """What tells a right answer of that function."""
        settled = {"batchItemFailures": []}
        return {
            "api": is_well,
            "pull": lambda answer: answer["statusCode"] == 200,
            "receive": lambda answer: answer["statusCode"] == 202,
            "deliver_due": lambda answer: answer == {"due": 0},
            "migrate": lambda answer: answer == {"applied": []},
            "relay": lambda answer: answer == {"relayed": 0},
            "sweep": lambda answer: answer == {"resumed": 0, "registered": 0, "told": 0, "troubles": 0},
            "poll": lambda answer: answer == {"polled": 0},
            "uploads": lambda answer: answer is None,
        }.get(function, lambda answer: answer == settled)


def is_well(answer: Any) -> bool:
    return bool(answer["statusCode"] == 200 and json.loads(answer["body"])["status"] == "ok")


def installed(folder: Path, app: str, *names: str) -> Contender:
    """A peer with its distributions as pip installs them, its bytecode made as ours."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--target", str(folder)]
    pins = ["-c", str(HERE / "peers.txt"), "-c", str(HERE.parent / "constraints.txt")]
    subprocess.run([*command, *pins, *names], check=True)
    (folder / "app.py").write_text(app)
    bytecode.compile_all(folder)
    return Contender(folder)


@pytest.fixture(scope="module")
def runners(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Runner]]:  # noqa: F811
    peers = tmp_path_factory.mktemp("peers")
    health, http_api_2 = http_event("GET", "/health"), HTTP_API_2
    found = {
        "bare": Runner(cold_start.bare(peers / "bare"), lambda: [health] * (1 + WARM), is_well),
        "Chalice": Runner(cold_start.chalice(peers / "chalice"), lambda: [health] * (1 + WARM), is_well),
        "Chalice + boto3": Runner(
            cold_start.chalice_and_boto3(peers / "boto3"), lambda: [health] * (1 + WARM), is_well
        ),
        "Powertools": Runner(
            installed(peers / "powertools", POWERTOOLS, "aws-lambda-powertools"),
            lambda: [http_api_2] * (1 + WARM),
            is_well,
        ),
        "FastAPI + Mangum": Runner(
            installed(peers / "fastapi", FASTAPI, "fastapi", "mangum"),
            lambda: [http_api_2] * (1 + WARM),
            is_well,
        ),
    }
    with zipfile.ZipFile(package) as archive:
        archive.extractall(peers / "ours")
    with Stack() as stack:
        stack.migrate()
        door = AwsDoor(stack.aws_port)  # keeps connections, as AWS does
        environment = stack.app_environment({}) | {"AWS_ENDPOINT_URL": door.url}
        packaged = Packaged(package, tmp_path_factory.mktemp("task"), environment)
        world = World(stack, packaged)
        world.connect()
        feeding = Feeding(world)
        for name, function in load_functions().items():
            settings = environment | {"TRIGGERIQ_FUNCTION": name}
            contender = Contender(peers / "ours", function.handler, settings)
            found[name] = Runner(contender, lambda name=name: feeding.events(name), feeding.right(name))
        yield found
        packaged.close()
        door.close()


@pytest.fixture(scope="module")
def costs(runners: dict[str, Runner]) -> dict[str, list[Costs]]:
    """Of each contender, round by round; the first round only warms the disk."""
    taken: dict[str, list[Costs]] = {name: [] for name in runners}
    for round in range(-1, ROUNDS):
        for name, runner in runners.items():
            cost = cold_start.cold(runner.contender, runner.events(), runner.check)
            if round >= 0:
                taken[name].append(cost)
    return taken


NAMES = ("bare", "Chalice", "Chalice + boto3", "Powertools", "FastAPI + Mangum", *load_functions())


@pytest.mark.parametrize("name", NAMES)
def test_cold_start(
    benchmark: Any,
    note: Callable[..., None],
    runners: dict[str, Runner],
    costs: dict[str, list[Costs]],
    name: str,
) -> None:
    contender = runners[name].contender
    benchmark.pedantic(lambda: cold_start.cold(contender), rounds=3)
    medians = Costs(*(statistics.median(figures) for figures in zip(*costs[name], strict=True)))
    figures = {f"{field}": value for field, value in medians._asdict().items()}
    for peer in ("Chalice", "Chalice + boto3", "Powertools"):
        pairs = zip(costs[name], costs[peer], strict=True)
        figures[f"init CPU / {peer}"] = statistics.median(ours.init_cpu / its.init_cpu for ours, its in pairs)
    if shutil.which("valgrind"):
        figures["million instructions to init"] = cold_start.instructions(contender)
    note(**figures)
