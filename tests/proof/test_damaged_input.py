"""Real files, mails and payloads, damaged in tens of thousands of ways: a source makes items of them, or says
that it can't read them. Whatever else it raises or makes is a defect."""

from __future__ import annotations

import importlib
import inspect
import random
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from plugins.sources.inbound_email import InboundEmail
from tests.proof.progress import Progress
from triggeriq import Event, Events, Nothing, Received, Source, Unreadable
from triggeriq.payload import MAX_ID
from triggeriq.testing import (
    Delivery,
    FileContract,
    PollContract,
    Upload,
    WebhookContract,
    golden_polls,
    hostile,
)
from triggeriq.testing import golden as golden_requests
from triggeriq.testing.samples import connected
from triggeriq.testing.source_contract import consume

TESTS = Path(__file__).parents[1]
NOW = datetime(2026, 1, 2, tzinfo=UTC)
TIMES = 20_000
"""How often each source's samples are damaged."""
PIECES = (*hostile.BODIES[:-1], b"\r\n", b"\n\n", b"--", b'"', b"=?utf-8?q?=ff?=", b"&#0;", b"\xed\xa0\x80")
"""What is put in. Not the longest: it would only take time."""


def contracts(kind: type) -> list[type]:
    """The contract tests of every source: they hold its samples."""
    files = sorted((TESTS / "plugins").glob("test_*.py"))
    modules = [importlib.import_module(f"tests.plugins.{file.stem}") for file in files]
    classes = [found for module in modules for _, found in inspect.getmembers(module, inspect.isclass)]
    return [found for found in classes if issubclass(found, kind) and found is not kind]


def damaged(body: bytes, chance: random.Random) -> bytes:
    """The body after one to three accidents."""
    for _ in range(chance.randint(1, 3)):
        start, end = sorted(chance.choices(range(len(body) + 1), k=2))
        part = body[start:end]
        accident = chance.randrange(6)
        if accident == 0:
            body = body[:start]
        elif accident == 1:
            body = body[:start] + body[end:]
        elif accident == 2:
            body = body[:end] + part + body[end:]
        elif accident == 3:
            body = body[:start] + part[::-1] + body[end:]
        elif accident == 4:
            body = body[:start] + chance.choice(PIECES) + body[start:]
        elif body:
            flipped = bytearray(body)
            for _ in range(chance.randint(1, 8)):
                flipped[chance.randrange(len(flipped))] = chance.randrange(256)
            body = bytes(flipped)
    return body


def survive(what: str, bodies: dict[str, bytes], read: Callable[[str, bytes], None]) -> None:
    """Each of TIMES damaged bodies is read; the one that is not is named, so that it can be made again."""
    names, progress = sorted(bodies), Progress(f"damaged samples of {what}", TIMES)
    assert names
    for number in range(TIMES):
        name = names[number % len(names)]
        try:
            read(name, damaged(bodies[name], random.Random(number)))
        except Exception as error:
            raise AssertionError(f"{what}: {name}, damaged with the seed {number}") from error
        progress.tell(number + 1)


def read_file(source: Source, upload: Upload, body: bytes) -> None:
    read = source.read(BytesIO(body), upload.hint(), None, connected(source, upload.settings))
    consume(item for _, item in read if not isinstance(item, Nothing))


def receive(source: Source, delivery: Delivery, body: bytes) -> None:
    """As a sender's request, and as an event that was taken before."""
    connection = delivery.connected(source, delivery.secret)
    try:
        answer = source.receive(delivery.request(body), connection)
    except Unreadable:
        answer = None
    for event in answer.items if isinstance(answer, Events) else ():
        assert 0 < len(event.id) <= MAX_ID
        assert event.occurred_at is None or event.occurred_at.tzinfo is not None
    consume(source.transform(delivery.received(source, Event("event-1"), body), connection))


@pytest.mark.parametrize("contract", contracts(FileContract), ids=lambda contract: contract.source.name)
def test_a_damaged_file_is_unreadable_at_worst(contract: type[FileContract]) -> None:
    uploads = {upload.name: upload for upload in contract.uploads}
    bodies = {name: upload.body for name, upload in uploads.items()}
    survive(
        contract.source.name, bodies, lambda name, body: read_file(contract.source(), uploads[name], body)
    )


@pytest.mark.parametrize("contract", contracts(WebhookContract), ids=lambda contract: contract.source.name)
def test_a_damaged_webhook_is_unreadable_at_worst(contract: type[WebhookContract]) -> None:
    golden = golden_requests.load(contract.golden) if contract.golden else ()
    deliveries = {delivery.name: delivery for delivery in (*golden, *contract.deliveries)}
    bodies = {name: delivery.body for name, delivery in deliveries.items()}
    survive(
        contract.source.name, bodies, lambda name, body: receive(contract.source(), deliveries[name], body)
    )


@pytest.mark.parametrize("contract", contracts(PollContract), ids=lambda contract: contract.source.name)
def test_a_damaged_page_that_was_fetched_is_unreadable_at_worst(contract: type[PollContract]) -> None:
    polls = golden_polls.load(contract.polls)
    settings = {poll.name: poll.settings for poll in polls}
    bodies = {
        f"{poll.name}/{number}": answer.body
        for poll in polls
        for number, answer in enumerate(poll.answers.values())
    }

    def transform(name: str, body: bytes) -> None:
        source = contract.source()
        connection = connected(source, settings[name.partition("/")[0]])
        consume(source.transform(Received(id="page", received_at=NOW, body=body), connection))

    survive(contract.source.name, bodies, transform)


def test_a_damaged_mail_of_others_is_unreadable_at_worst() -> None:
    mails = {file.stem: file.read_bytes() for file in (TESTS / "data" / "emails").glob("*.eml")}

    def read(name: str, body: bytes) -> None:
        upload = Upload(name=name, body=body, expect=())
        read_file(InboundEmail(), upload, body)

    survive("other projects' mails", mails, read)
