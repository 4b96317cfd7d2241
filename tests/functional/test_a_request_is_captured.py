"""What lies in the quarantine becomes a golden request, for whoever mends the source."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from local.stack import Stack
from tests.functional.client import Client
from tests.packaging import ROOT
from triggeriq.testing.golden import load

BODY = b'{"type": "feedback.created", "data": {"text": "Write to jo.quill@quillworks.io", "id": {}}'


def test_an_entry_of_the_quarantine_becomes_a_golden_request(
    stack: Stack, client: Client, connection: str, tmp_path: Path
) -> None:
    client.connect("standard_webhooks", connection)
    answer = client.signed_webhook(connection, "msg-1", BODY)
    assert answer.status == 422
    (entry,) = client.quarantined(connection)
    source, into = ("--source", "standard_webhooks"), ("--into", str(tmp_path))
    command = (*source, "--name", "broken", "--from", entry["id"], *into)
    done = subprocess.run(
        [sys.executable, "-m", "local.capture", *command],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "the source can't read it yet" in done.stdout
    (delivery,) = load(tmp_path)
    assert delivery.body == BODY.replace(b"jo.quill@quillworks.io", b"ada@example.com")
    assert {"webhook-id", "webhook-timestamp", "webhook-signature"} <= delivery.headers.keys()
    assert json.loads((tmp_path / "broken.json").read_text())["items"] == []
    nothing = subprocess.run(
        [sys.executable, "-m", "local.capture", *command[:5], "no-such-entry", *command[6:]],
        cwd=ROOT,
        env=stack.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert nothing.returncode == 1
    assert "no-such-entry is no file, and the quarantine has no entry no-such-entry" in nothing.stderr
