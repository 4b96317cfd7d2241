"""What lies in the quarantine becomes a golden request, for whoever mends the source."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from local.stack import Stack
from tests.functional.client import Client, eventually
from tests.functional.stores import Stores
from tests.packaging import ROOT
from triggeriq.testing.golden import load

BODY = b'{"type": "feedback.created", "data": {"text": "Write to jo.quill@quillworks.io", "id": {}}'
ITEMS = b'[{"id": 1, "text": "Write to jo.quill@quillworks.io"}, {"id": 2}]'


def capture(stack: Stack, source: str, into: Path, saved: str) -> subprocess.CompletedProcess[str]:
    said = ("--source", source, "--into", str(into), "--name", "broken", "--from", saved)
    return subprocess.run(
        [sys.executable, "-m", "local.capture", *said],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_entry_of_the_quarantine_becomes_a_golden_request(
    stack: Stack, client: Client, connection: str, tmp_path: Path
) -> None:
    client.connect("standard_webhooks", connection)
    answer = client.signed_webhook(connection, "msg-1", BODY)
    assert answer.status == 422
    (entry,) = client.quarantined(connection)
    done = capture(stack, "standard_webhooks", tmp_path, entry["id"])
    assert done.returncode == 0, done.stderr
    assert "the source can't read it yet" in done.stdout
    (delivery,) = load(tmp_path)
    assert delivery.body == BODY.replace(b"jo.quill@quillworks.io", b"ada@example.com")
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} <= delivery.headers.keys()
    assert json.loads((tmp_path / "broken.json").read_text())["items"] == []
    nothing = capture(stack, "standard_webhooks", tmp_path, "no-such-entry")
    assert nothing.returncode == 1
    assert "no-such-entry is no file, and the quarantine has no entry no-such-entry" in nothing.stderr


def test_so_does_one_that_was_taken_and_could_not_be_read_later(
    stack: Stack, client: Client, connection: str, tmp_path: Path
) -> None:
    """By the beginning of its id, as the terminal shows it."""
    client.connect("generic_json", connection, "k", verification="api_key")
    headers = {"Content-Type": "application/json", "X-Api-Key": "k"}
    assert client.send("POST", f"/webhooks/generic_json/{connection}", ITEMS, headers).status == 202
    (entry,) = eventually(lambda: client.quarantined(connection))
    done = capture(stack, "generic_json", tmp_path, entry["id"][:29])
    assert done.returncode == 0, done.stderr
    (delivery,) = load(tmp_path)
    assert delivery.body == ITEMS.replace(b"jo.quill@quillworks.io", b"ada@example.com")


def test_a_row_of_a_file_is_no_request(
    stack: Stack, client: Client, connection: str, stores: Stores, tmp_path: Path
) -> None:
    stores.imported(f"reviews/csv/{connection}/one.csv", b"id,text\n1,\n")
    (entry,) = client.quarantined(connection)
    done = capture(stack, "generic_json", tmp_path, entry["id"])
    assert done.returncode == 1
    assert "did not come as a webhook" in done.stderr
