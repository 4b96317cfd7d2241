from __future__ import annotations

import pytest

from chalicelib.domain.delivery.catalogue import CATALOGUE
from chalicelib.domain.delivery.wanted_types import fault_of_type


@pytest.mark.parametrize(
    "asked",
    ["*", "ticket.*", "alert.*", "alert.opened", "endpoint.*", "order.*", "acme.order.paid", "a", "x.y.*"],
)
def test_what_may_be_told_is_taken(asked: str) -> None:
    assert fault_of_type(asked) == ""


@pytest.mark.parametrize("name", [one.name for one in CATALOGUE])
def test_each_type_of_the_catalogue_is_taken(name: str) -> None:
    assert fault_of_type(name) == ""
    assert fault_of_type(f"{name.partition('.')[0]}.*") == ""


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("ticket.craeted", "ticket.created"), ("Ticket.Created", "ticket.created"),
        ("ticket.create.*", "ticket.*"),
        ("endpoint.fail", "endpoint.failing"), ("TICKET.*", "ticket.*"),
        ("dlq.notempty", "dlq.not_empty"), ("insight.*", ""),
        ("ticket.", "ticket.updated"),
    ],
)  # fmt: skip
def test_what_is_none_of_ours_is_refused_with_the_nearest(asked: str, near: str) -> None:
    fault = fault_of_type(asked)
    assert ("perhaps" in fault) == bool(near)
    assert f"perhaps {near} is meant" in fault or not near
    assert "GET /event-types" in fault


@pytest.mark.parametrize(
    "asked", ["", "*.created", "tick*", ".*", "a b", "a\n", "**", "ticket.**", "é", "a" * 129]
)
def test_what_is_no_type_is_refused_with_the_form(asked: str) -> None:
    assert "ticket.created" in fault_of_type(asked)
