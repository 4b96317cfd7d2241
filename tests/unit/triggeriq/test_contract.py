"""What the contract itself promises."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import triggeriq
from triggeriq import Connection, Scheme, Source


def test_the_public_names_are_as_listed() -> None:
    """A change here is a change of the contract: a new minor version, or a new major one."""
    assert triggeriq.__all__ == [
        *("JSON", "App", "Author", "Bad", "Connection", "Draft", "Event", "Events", "Feedback", "FileHint"),
        *(
            "Ignore",
            "Item",
            "NotVerified",
            "PriorityRule",
            "Received",
            "Reply",
            "Request",
            "Review",
            "Scheme",
        ),
        *("Source", "Unreadable", "Verdict", "Verdicts", "Verified", "hookimpl"),
    ]
    assert all(hasattr(triggeriq, name) for name in triggeriq.__all__)


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


@pytest.mark.parametrize("contract", ["WebhookContract", "FileContract"])
def test_a_contract_over_no_samples_fails(contract: str, tmp_path: Path) -> None:
    (tmp_path / "test_acme.py").write_text(EMPTY.format(contract=contract))
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", os.devnull, str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(triggeriq.__file__).parents[1],
    )
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
