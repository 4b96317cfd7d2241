"""What is asked of every classifier, of Acme Desk's."""

from __future__ import annotations

from pathlib import Path

from triggeriq.testing import ClassifierContract

import triggeriq_acme_desk


class TestTeam(ClassifierContract):
    plugin = triggeriq_acme_desk
    golden = Path(__file__).with_name("examples")
