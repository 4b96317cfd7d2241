"""One local stack and one running TriggerIQ for all stories; each story has a connection of its own."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from local.application import Application
from local.stack import Stack
from tests.functional.by_hand import Functions
from tests.functional.client import Client
from tests.functional.stores import Stores
from tests.functional.telling_processes import Telling
from tests.functional.told import STANDARD, Told
from tests.functional.told_events import faults_of

QUICK = {
    "TRIGGERIQ_PARK_SECONDS": "1,2",
    "TRIGGERIQ_RETRY_SECONDS": "1,1,1,1",
    "TRIGGERIQ_RELAY_GRACE_SECONDS": "0",
    "TRIGGERIQ_UNPACKED_LIMIT": "20000000",
}
"""Waiting times of the app, scaled down as the stack's are; and what a packed file may hold."""
AT_ONCE = {**QUICK, "TRIGGERIQ_PARK_SECONDS": "0", "TRIGGERIQ_RETRY_SECONDS": "0"}
"""The same for functions that a test drives by hand: what comes again comes with the next step."""
TIME_SCALE = 0.02


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Whatever events its tests make are as the catalogue says: that is looked at in the end."""
    with Stack(time_scale=TIME_SCALE) as stack:
        stack.migrate()
        yield stack
        assert faults_of(stack) == []


@pytest.fixture(scope="session")
def running(stack: Stack) -> Iterator[Application]:
    with Application(stack, QUICK) as application:
        yield application


@pytest.fixture
def client(running: Application) -> Client:
    return Client(running.url)


@pytest.fixture
def stores(stack: Stack, client: Client) -> Stores:
    return Stores(stack, client)


@pytest.fixture
def connection(request: pytest.FixtureRequest) -> str:
    """The name of a connection that no other test has."""
    name = re.sub(r"[^a-z0-9_-]", "-", request.node.name.lower().removeprefix("test_"))[:50]
    return f"{name}-{uuid.uuid4().hex[:6]}"


@pytest.fixture(scope="session")
def quiet_stack() -> Iterator[Stack]:
    """A stack without a pump: nothing runs in it but what a test invokes."""
    with Stack(time_scale=TIME_SCALE) as stack:
        stack.migrate()
        yield stack
        assert faults_of(stack) == []


@pytest.fixture(scope="session")
def functions(quiet_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Functions]:
    functions = Functions(quiet_stack, tmp_path_factory.mktemp("by_hand"), AT_ONCE)
    yield functions
    functions.close()


@pytest.fixture
def start(
    functions: Functions,
    quiet_stack: Stack,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    connection: str,
) -> Iterator[Callable[..., Told]]:
    """Makes what the test asks, with settings of its own; processes that start later tell here."""
    functions.run_until_quiet()
    functions.told()
    functions.dead()
    made: list[Functions] = []

    def told(**settings: str) -> Told:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Functions(quiet_stack, folder, {**AT_ONCE, **settings}))
        capfd.readouterr()
        return Told(made[-1], lambda: "".join(capfd.readouterr()), connection)

    yield told
    for one in made:
        one.close()
    functions.run_until_quiet()
    functions.told()
    functions.dead()


@pytest.fixture(scope="session")
def telling(quiet_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Telling]:
    """Functions that are started once, for all tests that read what they tell."""
    telling = Telling(quiet_stack, tmp_path_factory.mktemp("telling"), AT_ONCE)
    yield telling
    telling.close()


@pytest.fixture
def told(telling: Telling, functions: Functions, connection: str) -> Iterator[Told]:
    functions.run_until_quiet()
    functions.told()
    functions.dead()
    told = Told(telling, telling.read, connection)
    told.connect(STANDARD)
    telling.read()
    yield told
    functions.run_until_quiet()
    functions.told()
    functions.dead()
