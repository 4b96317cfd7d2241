"""Mails are read as a reference parser reads them; where not, docs/mail.md says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.plugins.mail.expectations import Expectation, expectations, ours
from tests.promises.test_docs import table

PAGE = (Path(__file__).parents[3] / "docs" / "mail.md").read_text(encoding="utf-8")
EXPECTATIONS = expectations()


OTHERWISE = {file: set(what.split(", ")) for file, what, *_ in table(PAGE, "mail")}


@pytest.mark.parametrize("expected", EXPECTATIONS, ids=lambda expected: expected.file)
def test_a_mail_is_read_as_the_reference_parser_reads_it(expected: Expectation) -> None:
    assert set(expected.misses(ours(expected.raw))) == OTHERWISE.get(expected.file, set())
