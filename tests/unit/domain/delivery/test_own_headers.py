from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.delivery.own_headers import (
    NAME_PATTERN,
    VALUE_PATTERN,
    fault_of_name,
    fault_of_value,
)
from chalicelib.domain.delivery.signature import headers_of
from chalicelib.domain.intake.connection import Secret
from chalicelib.ports.web import NoAnswer
from chalicelib.services.https.client import HttpsClient
from tests.unit.pipeline.fakes import NOW

CLIENTS_OWN = (
    "Accept-Encoding", "Connection", "Content-Length", "Host", "TE", "Trailer", "Transfer-Encoding",
    "Upgrade", "User-Agent", "Proxy-Connection",
)  # fmt: skip


@given(st.from_regex(NAME_PATTERN, fullmatch=True), st.from_regex(VALUE_PATTERN, fullmatch=True))
def test_whatever_is_taken_can_be_sent(name: str, value: str) -> None:
    if fault_of_name(name):
        return
    assert fault_of_value(value) == ""
    with pytest.raises(NoAnswer, match="is not https"):  # the headers were looked at before
        HttpsClient().send("POST", "http://crm.example.com/", {name: value}, b"", seconds=1, limit=1)


@pytest.mark.parametrize("name", CLIENTS_OWN)
def test_what_the_client_sets_is_refused(name: str) -> None:
    assert fault_of_name(name)
    with pytest.raises(ValueError, match="client's to set"):
        HttpsClient().send("POST", "http://crm.example.com/", {name: "a"}, b"", seconds=1, limit=1)


def test_what_proves_a_delivery_is_refused() -> None:
    ours = headers_of("standard", "e1", b"{}", "application/json", [Secret("whsec_c2VjcmV0")], NOW)
    assert len(ours) == 4
    assert [name for name in ours if not fault_of_name(name.title())] == []


@pytest.mark.parametrize("name", ["Authorization", "X-Api-Key", "x-tenant", "Accept", "Traceparent"])
def test_what_receivers_need_is_taken(name: str) -> None:
    assert fault_of_name(name) == ""
    assert re.fullmatch(NAME_PATTERN, name)


@pytest.mark.parametrize("value", ["", " a", "a ", "a\r\nb", "é", "a" * 1_001])
def test_a_value_of_another_form_is_refused_in_words(value: str) -> None:
    assert fault_of_value(value) == "is 1 to 1,000 characters of printable ASCII, without spaces around them"
