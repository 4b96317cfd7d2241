from __future__ import annotations

import re

import pytest

from chalicelib.domain.operations.restriction import CONNECTION_PATTERN, Restriction, may_see

ACME = Restriction(("zendesk/acme", "csv/*"))


@pytest.mark.parametrize(
    "connections", [["zendesk/acme"], ["csv/acme"], ["csv/other"], ["zendesk/acme", "csv/a", "csv/b"]]
)
def test_what_is_made_of_the_caller_s_connections_is_seen(connections):
    assert ACME.covers(connections)


@pytest.mark.parametrize(
    "connections",
    [
        ["zendesk/other"],
        ["zendesk/acme", "zendesk/other"],
        ["csv/a", "zendesk/other"],
        ["csv_upload/a"],
        ["zendesk/acme2"],
        ["zendesk"],
        ["/acme"],
        ["zendesk/*"],
        [""],
    ],
)
def test_what_one_other_connection_is_part_of_is_not_seen(connections):
    assert not ACME.covers(connections)


def test_what_nobody_knows_the_connection_of_is_not_seen():
    assert not ACME.covers([])


def test_a_restriction_to_nothing_sees_nothing():
    assert not Restriction(()).covers(["csv/a"])


def test_who_is_not_restricted_sees_all():
    for connections in ([], ["zendesk/other"]):
        assert may_see(None, connections)
        assert not may_see(ACME, connections)


def test_a_restriction_names_its_sources():
    assert ACME.sources == {"zendesk", "csv"}


@pytest.mark.parametrize("pattern", ["zendesk/acme", "csv/*", "a/b", "a_-9/_", f"{'s' * 64}/{'c' * 64}"])
def test_a_pattern_names_one_connection_or_all_of_a_source(pattern):
    assert re.fullmatch(CONNECTION_PATTERN, pattern, re.ASCII)


@pytest.mark.parametrize(
    "pattern",
    ["", "*", "*/*", "*/acme", "zendesk", "zendesk/", "/acme", "zendesk/ac*", "zendesk/acme/x", "Zendesk/a",
     "a/b ", "a/b\n", "a/é", f"{'s' * 65}/c", "a/**"],
)  # fmt: skip
def test_a_pattern_of_another_form_is_none(pattern):
    assert not re.fullmatch(CONNECTION_PATTERN, pattern, re.ASCII)
