"""What the contract itself promises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import triggeriq
from triggeriq import Connection, Scheme, Source


def test_importing_it_imports_no_framework() -> None:
    code = "import sys, triggeriq, triggeriq.reading, triggeriq.shape; print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"pydantic", "boto3", "pytest", "hypothesis", "chalice", "email"} & set(modules)


EMPTY = """
from triggeriq import Source
from triggeriq.testing import FileContract, WebhookContract

class Acme(Source):
    name = "acme"

class TestIt({contract}):
    source = Acme
"""


def outcome(folder: Path, module: str) -> subprocess.CompletedProcess[str]:
    """An author's tests, run as he runs them."""
    (folder / "test_acme.py").write_text(module)
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(triggeriq.__file__).parents[1],
    )


@pytest.mark.parametrize("contract", ["WebhookContract", "FileContract"])
def test_a_contract_over_no_samples_fails(contract: str, tmp_path: Path) -> None:
    run = outcome(tmp_path, EMPTY.format(contract=contract))
    assert run.returncode != 0
    assert "a contract over nothing proves nothing" in run.stdout


def test_secrets_are_never_printed() -> None:
    connection = Connection(source="x", secrets=("hush",))
    assert "hush" not in repr(connection)


class Acme(Source):
    name = "acme"
    verification = (Scheme(header="x-acme"),)


def test_a_source_says_what_it_can_do() -> None:
    assert not Acme.takes("receive")
    with pytest.raises(NotImplementedError, match="acme takes no webhooks"):
        Acme().receive(triggeriq.Request(), Connection(source="acme"))


BOTH = """
from datetime import UTC, datetime
from triggeriq import Bad, Event, Events, Feedback, Scheme, Source, Unreadable
from triggeriq.payload import identifier, parse_object, text
from triggeriq.reading import json_items
from triggeriq.testing import Delivery, FileContract, Upload, WebhookContract

def item(found):
    name = identifier(found.get("id")) if isinstance(found, dict) else None
    return Feedback(external_id=name, text=text(found.get("text")) or "") if name else Bad("an item", "no id")

class Acme(Source):
    name = "acme"
    reads = (".json",)
    verification = (Scheme(header="x-acme", kind="token"),)

    def receive(self, request, connection):
        name = identifier(parse_object(request.body).get("id"))
        if name is None:
            raise Unreadable("no id")
        return Events(Event(name))

    def transform(self, received, connection):
        yield item(parse_object(received.body))

    def read(self, stream, hint, resume, connection):
        for count, found in enumerate(json_items(stream, "data"), start=1):
            if count > int(resume or 0):
                yield str(count), item(found)

class TestIt({contracts}):
    source = Acme
    deliveries = (
        Delivery(
            name="a comment",
            body=b'{{"id": 7, "text": "It crashes"}}',
            headers={{"x-acme": "sesame"}},
            secret="sesame",
            now=datetime(2026, 1, 2, tzinfo=UTC),
            expect=({{"external_id": "7", "text": "It crashes"}},),
        ),
    )
    uploads = (Upload(name="a.json", body=b'{{"data": [{{"id": 1}}]}}', expect=({{"external_id": "1"}},)),)
"""


SETTINGS = """
from dataclasses import dataclass
from triggeriq import Source
from triggeriq.testing.source_contract import SourceContract

@dataclass(frozen=True, slots=True, kw_only=True)
class AcmeSettings:
    site: str
    {docstring}
    limit: int = 1

class Acme(Source):
    name = "acme"
    settings = AcmeSettings

class TestIt(SourceContract):
    source = Acme
"""


@pytest.mark.parametrize(
    ("docstring", "missing"), [("...", "site, limit"), ("'The name of the site.'", "limit")]
)
def test_a_setting_without_a_docstring_fails(docstring: str, missing: str, tmp_path: Path) -> None:
    run = outcome(tmp_path, SETTINGS.format(docstring=docstring))
    assert f"no docstring stands under {missing}" in run.stdout


@pytest.mark.parametrize("contracts", ["WebhookContract, FileContract", "FileContract, WebhookContract"])
def test_one_source_may_keep_both_contracts(contracts: str, tmp_path: Path) -> None:
    """Its files need not look like its webhooks: nothing gives a file to `transform`."""
    run = outcome(tmp_path, BOTH.format(contracts=contracts))
    assert run.returncode == 0, run.stdout
