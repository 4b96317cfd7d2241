"""Each source has a page that says what is so."""

from __future__ import annotations

import re

import pytest

from source_pages.pages import DOCS, built_in, pages

SOURCES = built_in()


def test_the_pages_are_those_that_the_sources_make():
    """`make pages` writes them anew."""
    made = {path.name: text for path, text in pages()}
    assert {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")} == made


@pytest.mark.parametrize("name", SOURCES)
def test_a_page_has_no_gap(name: str):
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    assert not re.search(r"\| +\|$", page, re.MULTILINE)
    assert len(SOURCES[name].title) > 2


@pytest.mark.parametrize(
    ("name", "secret", "given"),
    [
        ("github", True, True),
        ("generic_json", True, True),
        ("trustpilot", False, False),
        ("csv", False, False),
    ],
)
def test_a_page_says_how_a_connection_is_made(name: str, secret: bool, given: bool):
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    assert f"curl -X PUT https://<this system>/connections/{name}/default" in page
    assert ('"secrets": ["<the secret>"]' in page) == secret
    assert (f"given `https://<this system>/webhooks/{name}/default`" in page) == given


def test_a_setting_s_type_is_that_of_json():
    page = (DOCS / "github.md").read_text(encoding="utf-8")
    assert "| `staff` | list of string |" in page
    page = (DOCS / "generic_json.md").read_text(encoding="utf-8")
    assert '| `place` | `"headers"`, `"json"` | `"headers"` |' in page
    assert '| `verification` | `"hmac"`, ' in page
