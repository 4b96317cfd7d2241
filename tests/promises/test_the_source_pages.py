"""Each source has a page that says what is so."""

from __future__ import annotations

import re

import pytest

from source_pages.pages import DOCS, built_in, pages

SOURCES = built_in()


def test_the_pages_are_those_that_the_sources_make():
    """`python -m source_pages` writes them anew."""
    made = {path.name: text for path, text in pages()}
    assert {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")} == made


@pytest.mark.parametrize("name", SOURCES)
def test_a_page_has_no_gap(name: str):
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    assert not re.search(r"\| +\|$", page, re.MULTILINE)
    assert len(SOURCES[name].title) > 2
