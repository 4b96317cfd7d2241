"""Acme: what is asked of every source, and its golden requests."""

from __future__ import annotations

from pathlib import Path

from acme import Acme

from triggeriq.testing import WebhookContract


class TestAcme(WebhookContract):
    source = Acme
    golden = Path(__file__).with_name("golden")
