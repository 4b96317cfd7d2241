"""Acme: what the contract asks of a source, and what its golden requests say."""

from __future__ import annotations

from pathlib import Path

from acme import Acme

from triggeriq.testing import WebhookContract


class TestAcme(WebhookContract):
    source = Acme
    # FILL_IN: golden requests that were really sent, in place of the three invented ones in the folder
    golden = Path(__file__).with_name("golden")
    pages = (Path(__file__).with_name("acme.md"),)
