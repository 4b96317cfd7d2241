"""What is long by nature: `make proof` runs it, `make test` does not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.application import Application
from local.stack import Stack
from tests.functional.client import Client
from tests.functional.conftest import QUICK
from tests.functional.stores import Stores


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """With MiniStack, since moto takes some 16 messages a second where 2,000 wait. Waiting times are those
    of AWS: however slow the machine, no message comes again before its function is done."""
    with Stack(ministack=True) as stack:
        stack.migrate()
        yield stack


@pytest.fixture(scope="module")
def running(stack: Stack) -> Iterator[Application]:
    with Application(stack, QUICK) as application:
        yield application


@pytest.fixture
def client(running: Application) -> Client:
    return Client(running.url)


@pytest.fixture
def stores(stack: Stack, client: Client) -> Stores:
    return Stores(stack, client)
