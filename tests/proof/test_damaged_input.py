"""Real files, mails and payloads, damaged in tens of thousands of ways: a source makes items of them, or says
that it can't read them. Whatever else it raises or makes is a defect."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest

from plugins.sources.inbound_email import InboundEmail
from tests import mutated
from tests.mutated import contracts
from tests.proof.progress import Progress
from triggeriq import Nothing, Received, Source
from triggeriq.testing import FileContract, PollContract, Upload, WebhookContract, golden_polls, hostile
from triggeriq.testing.golden import uploads as golden_files
from triggeriq.testing.samples import connected
from triggeriq.testing.source_contract import consume

TESTS = Path(__file__).parents[1]
NOW = datetime(2026, 1, 2, tzinfo=UTC)
TIMES = 20_000
"""How often each source's samples are damaged."""
MUTATED = 10_000
"""How many webhooks of each source are mutated."""


def survive(what: str, bodies: dict[str, bytes], read: Callable[[str, bytes], None]) -> None:
    """Each of TIMES damaged bodies is read; the one that is not is named, so that it can be made again."""
    names, progress = sorted(bodies), Progress(f"damaged samples of {what}", TIMES)
    assert names
    for number in range(TIMES):
        name = names[number % len(names)]
        try:
            read(name, hostile.damaged(bodies[name], random.Random(number)))
        except Exception as error:
            raise AssertionError(f"{what}: {name}, damaged with the seed {number}") from error
        progress.tell(number + 1)


def read_file(source: Source, upload: Upload, body: bytes) -> None:
    read = source.read(BytesIO(body), upload.hint(), None, connected(source, upload.settings))
    consume(item for _, item in read if not isinstance(item, Nothing))


@pytest.mark.parametrize("contract", contracts(FileContract), ids=lambda contract: contract.source.name)
def test_a_damaged_file_is_unreadable_at_worst(contract: type[FileContract]) -> None:
    golden = golden_files(contract.golden_files) if contract.golden_files else ()
    uploads = {upload.name: upload for upload in (*golden, *contract.uploads)}
    bodies = {name: upload.body for name, upload in uploads.items()}
    survive(
        contract.source.name, bodies, lambda name, body: read_file(contract.source(), uploads[name], body)
    )


@pytest.mark.parametrize("contract", contracts(WebhookContract), ids=lambda contract: contract.source.name)
def test_a_mutated_webhook_gets_no_5xx(contract: type[WebhookContract]) -> None:
    """Through the app, signed as its sender would."""
    progress = Progress(f"mutated webhooks of {contract.source.name}", MUTATED)
    mutated.survive(contract, MUTATED, progress.tell)


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
