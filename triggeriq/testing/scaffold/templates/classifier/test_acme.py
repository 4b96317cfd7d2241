"""Acme: what the contract asks of a classifier, and what its golden examples say."""

from __future__ import annotations

from pathlib import Path

import acme

from triggeriq.testing import ClassifierContract


class TestAcme(ClassifierContract):
    plugin = acme
    # FILL_IN: examples of what your own customers say, in place of the three invented ones in the folder
    golden = Path(__file__).with_name("golden")
    pages = (Path(__file__).with_name("acme.md"),)
