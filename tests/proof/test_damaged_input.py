"""Real files, mails and payloads, damaged in tens of thousands of ways: a source makes items of them, or says
that it can't read them. Whatever else it raises or makes is a defect."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest

from plugins.sources.inbound_email import InboundEmail
from tests import mutated
from tests.mutated import contracts
from tests.proof.progress import Progress
from triggeriq import Nothing, Source
from triggeriq.testing import FileContract, Upload, WebhookContract, hostile
from triggeriq.testing.golden import uploads as golden_files
from triggeriq.testing.samples import connected
from triggeriq.testing.source_contract import consume

TESTS = Path(__file__).parents[1]
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


def test_a_damaged_mail_of_others_is_unreadable_at_worst() -> None:
    mails = {file.stem: file.read_bytes() for file in (TESTS / "data" / "emails").glob("*.eml")}

    def read(name: str, body: bytes) -> None:
        upload = Upload(name=name, body=body, expect=())
        read_file(InboundEmail(), upload, body)

    survive("other projects' mails", mails, read)
