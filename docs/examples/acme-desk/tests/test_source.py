"""What is asked of every source, of Acme Desk's."""

from __future__ import annotations

from pathlib import Path

from triggeriq.testing import WebhookContract

from triggeriq_acme_desk.source import AcmeDesk


class TestAcmeDesk(WebhookContract):
    source = AcmeDesk
    golden = Path(__file__).with_name("golden")
