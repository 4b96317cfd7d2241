"""Acme: what is asked of every classifier, and its golden examples."""

from __future__ import annotations

from pathlib import Path

import acme

from triggeriq.testing import ClassifierContract


class TestAcme(ClassifierContract):
    plugin = acme
    golden = Path(__file__).with_name("golden")
    pages = (Path(__file__).with_name("acme.md"),)
