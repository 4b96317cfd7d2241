"""The example of docs/examples: installed from its wheel, it passes its own tests, and its requests become
tickets in the running system and in the package that goes to Lambda."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lambda_package import contract
from local.application import Application
from local.stack import Stack
from tests.functional.aws_events import http_event, sqs_batch
from tests.functional.client import Client, eventually
from tests.functional.conftest import QUICK, TIME_SCALE
from tests.functional.packaged import Packaged, World
from tests.packaging import EXAMPLE, ROOT, wheel_of
from triggeriq import Scheme
from triggeriq.signing import sign
from triggeriq.testing import Delivery
from triggeriq.testing.golden import load

SOURCE = "acme_desk"
SECRET = "a-secret-of-the-tests"
GOLDEN = {one.name: one for one in load(EXAMPLE / "tests" / "golden")}
SCHEME = Scheme(
    header="x-acme-signature",
    prefix="v1=",
    separator=",",
    signed=b"{timestamp}.{body}",
    timestamp_header="x-acme-timestamp",
)
"""As Acme Desk signs."""


def pip(*arguments: str | Path) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--quiet", *arguments], check=True)


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Of triggeriq, as `make wheel` makes it, and of the example."""
    folder = tmp_path_factory.mktemp("wheels")
    stage = folder / "stage"
    stage.mkdir()
    shutil.copytree(
        ROOT / "triggeriq", stage / "triggeriq", ignore=shutil.ignore_patterns("__pycache__", "build")
    )
    return contract.build(stage, folder / "dist"), wheel_of(EXAMPLE, folder / "dist")


def test_in_a_fresh_environment_it_passes_its_own_tests(wheels: tuple[Path, Path], tmp_path: Path) -> None:
    """Far from the checkout. Only pytest and hypothesis come from outside, so that no index is asked."""
    environment, tests = tmp_path / "environment", tmp_path / "example"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    python = environment / "bin" / "python"
    pip("--python", python, "install", "--no-index", "--no-deps", *wheels)
    (site,) = environment.glob("lib/python*/site-packages")
    (site / "of_the_tests.pth").write_text(sysconfig.get_paths()["purelib"])
    shutil.copytree(EXAMPLE / "tests", tests / "tests")
    shutil.copy(EXAMPLE / "pyproject.toml", tests)
    program = "import triggeriq, triggeriq_acme_desk; print(triggeriq.__file__, triggeriq_acme_desk.__file__)"
    for command in (["-m", "pytest", "-p", "no:cacheprovider"], ["-c", program]):
        done = subprocess.run(
            [python, *command], cwd=tests, env={}, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
    assert all(file.startswith(str(site)) for file in done.stdout.split())


def sent(name: str) -> tuple[Delivery, dict[str, str]]:
    """A golden request, and its headers as if it were sent now."""
    delivery = GOLDEN[name]
    headers = dict(delivery.headers)
    if delivery.secret:
        headers |= sign(SCHEME, SECRET, delivery.body, datetime.now(UTC))
    return delivery, headers


@pytest.fixture
def desk(quiet_stack: Stack, wheels: tuple[Path, Path], tmp_path: Path) -> Iterator[Client]:
    """The running system of one who has installed the example; no other system takes from its queues."""
    pip("install", "--no-index", "--no-deps", "--target", tmp_path, wheels[1])
    with Application(quiet_stack, {**QUICK, "PYTHONPATH": str(tmp_path)}) as application:
        yield Client(application.url)


def test_in_the_running_system_its_requests_become_a_ticket(desk: Client, connection: str) -> None:
    desk.connect(SOURCE, connection, SECRET)

    def send(name: str) -> Any:
        delivery, headers = sent(name)
        query = "?challenge=are+you+there%3F" if delivery.query else ""
        return desk.send(delivery.method, f"/webhooks/{SOURCE}/{connection}{query}", delivery.body, headers)

    assert send("challenge").body == b"are you there?"
    assert send("message").status == 202
    (ticket,) = desk.wait_for_tickets(connection, seconds=120)
    assert (ticket["title"], ticket["facets"]["team"]["label"]) == ("No code", "login")
    said = {"text": ticket["text"], "title": ticket["title"]}
    (previewed,) = desk.call("POST", "/triage/preview", {"items": [said]}).json["items"]
    assert previewed["facets"] == ticket["facets"]
    assert send("message").json["events"][0]["duplicate"] is True
    assert send("answer").status == 202
    eventually(lambda: desk.tickets(connection)[0]["answered_at"])
    assert send("note").json["ignored"] == "a note, which the connection does not take"
    assert send("deleted").status == 202
    said = f"/tickets/{ticket['id']}/feedback"
    eventually(lambda: all("two-factor" not in one["text"] for one in desk.get(said)["items"]))
    (plugin,) = [one for one in desk.get("/plugins")["items"] if one["name"] == SOURCE]
    assert (plugin["status"], plugin["from"]) == ("loaded", "triggeriq-acme-desk 1.0.0")


@pytest.fixture(scope="module")
def world(package_with_example: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with Stack(time_scale=TIME_SCALE) as stack:
        environment = stack.app_environment({}) | QUICK
        packaged = Packaged(package_with_example, tmp_path_factory.mktemp("task"), environment)
        yield World(stack, packaged)
        packaged.close()


@pytest.mark.skipif(sys.platform != "linux", reason="AWS's runtime client has wheels for Linux only")
def test_in_the_package_its_requests_become_a_ticket(world: World) -> None:
    place: Mapping[str, str] = {"source": SOURCE, "connection": "default"}
    world.invoke("migrate", {})
    world.api("PUT", "/connections/{source}/{connection}", {"secrets": [SECRET], "settings": {}}, **place)
    delivery, headers = sent("message")
    event = http_event("POST", "/webhooks/{source}/{connection}", place, headers, delivery.body)
    answer = world.invoke("receive", event)
    assert answer["statusCode"] == 202, answer
    assert json.loads(answer["body"])["events"][0]["id"] == GOLDEN["message"].event
    for queue, function in (("ingest", "ingest"), ("feedback", "process")):
        assert world.invoke(function, sqs_batch(queue, *world.take(queue))) == {"batchItemFailures": []}
    (ticket,) = world.api("GET", "/tickets", query={"source": SOURCE})["items"]
    assert (ticket["title"], ticket["facets"]["team"]["label"]) == ("No code", "login")
