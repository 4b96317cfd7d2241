"""Each source has a page that says what is so, and whose signer signs."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from source_pages.pages import DOCS, built_in, pages
from triggeriq import Connection, Request, Scheme, Source
from triggeriq.settings import read_settings
from triggeriq.testing.signer import signer_of

SOURCES = built_in()
SECRETS = {"text": "a-secret-of-this-test", "whsec": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}
SIGNING = [
    pytest.param(source, row, id=f"{name}-{row.header}")
    for name, source in SOURCES.items()
    for row in source.verification
    if row.kind == "hmac"
]


def test_the_pages_are_those_that_the_sources_make():
    """`python -m source_pages` writes them anew."""
    made = {path.name: text for path, text in pages()}
    assert {path.name: path.read_text(encoding="utf-8") for path in DOCS.glob("*.md")} == made


@pytest.mark.parametrize("name", SOURCES)
def test_a_page_has_no_gap(name: str):
    page = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    assert not re.search(r"\| +\|$", page, re.MULTILINE)
    assert len(SOURCES[name].title) > 2


@pytest.mark.parametrize(("source", "row"), SIGNING)
def test_a_copied_signer_signs(source: type[Source], row: Scheme):
    secret, body = SECRETS[row.key_form], '{"text": "Größe"}'.encode()
    code = signer_of(row).splitlines()
    given = [f"secret = {secret!r}", f"body = {body!r}"]
    kept = [line for line in code if not line.startswith(("secret = ", "body = "))]
    made: dict[str, dict[str, str]] = {}
    exec("\n".join([*given, *kept]), made)
    request = Request(headers={name.lower(): value for name, value in made["headers"].items()}, body=body)
    settings = None if source.settings is None else read_settings(source.settings, {})
    connection = Connection(source=source.name, secrets=(secret,), settings=settings)
    assert source().verify(request, connection, datetime.now(UTC)).scheme == row.header
