"""The signer that a page shows signs as the row wants it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.unit.triggeriq.providers import PROVIDERS, URL, secret_of, unsigned
from triggeriq import Connection, Request, Scheme
from triggeriq.testing.signer import signer_of
from triggeriq.verification import verify

SIGNING = {name: row for name, row in PROVIDERS.items() if row.kind == "hmac" and row.place == "headers"}


@pytest.mark.parametrize("row", SIGNING.values(), ids=SIGNING)
def test_a_copied_signer_signs(row: Scheme) -> None:
    sent, secret = unsigned(row), secret_of(row)
    own = {"secret": secret, "body": sent.body, "url": URL}
    code = [line for line in signer_of(row).splitlines() if line.partition(" = ")[0] not in own]
    made: dict[str, dict[str, str]] = {}
    exec("\n".join([*(f"{name} = {value!r}" for name, value in own.items()), *code]), made)
    headers = {**sent.headers, **{name.lower(): value for name, value in made["headers"].items()}}
    request = Request(headers=headers, body=sent.body, url=URL)
    connection = Connection(source="acme", secrets=(secret,))
    assert verify((row,), request, connection, datetime.now(UTC)).scheme == row.header
