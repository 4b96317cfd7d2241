"""What the kinds of job promise: those that there are, and the one of the tests."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from chalicelib.bootstrap import UseCases
from chalicelib.bootstrap.jobs import Kinds
from chalicelib.bootstrap.outside import Outside
from chalicelib.domain.operations.job import JobKind
from chalicelib.errors import Invalid, NotFound
from chalicelib.ports.operations import JobKinds
from chalicelib.settings import Settings
from tests.unit.pipeline.operations.counting import Count, OneKind


class Known(NamedTuple):
    """Kinds, the name of one of them, and arguments that it takes."""

    kinds: JobKinds
    name: str
    given: Mapping[str, Any]


@pytest.fixture(params=["real", "fake"])
def known(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Known:
    if request.param == "fake":
        return Known(OneKind(Count()), "count", {"most": 3})
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    kinds = Kinds(UseCases(Outside(Settings(stage="local"))))
    return Known(kinds, "reread", {"source": "csv", "connection": "shop", "since": "2026-01-01T00:00:00Z"})


def test_a_kind_is_found_by_its_name(known: Known) -> None:
    assert isinstance(known.kinds.find(known.name), JobKind)


def test_a_kind_that_there_is_not_is_not_found(known: Known) -> None:
    with pytest.raises(NotFound, match="there is no job nonsense"):
        known.kinds.find("nonsense")
    with pytest.raises(NotFound):
        known.kinds.parse("nonsense", {})


def test_what_is_dumped_is_parsed_to_the_same(known: Known) -> None:
    arguments = known.kinds.parse(known.name, known.given)
    assert isinstance(arguments, known.kinds.find(known.name).arguments)
    assert known.kinds.parse(known.name, known.kinds.dump(arguments)) == arguments


@pytest.mark.parametrize("wrong", [{"nonsense": 1}, {}])
def test_arguments_that_do_not_fit_are_refused_by_name(known: Known, wrong: Mapping[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        known.kinds.parse(known.name, wrong)
    assert refused.value.field in {*known.given, "nonsense"}
