"""What the kinds of job promise: those that there are, and the one of the tests."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from typing import Any, NamedTuple

import pytest

from chalicelib import pipeline
from chalicelib.bootstrap import UseCases
from chalicelib.bootstrap.jobs import KINDS, Kinds
from chalicelib.bootstrap.outside import Outside
from chalicelib.domain.operations.job import JobKind
from chalicelib.errors import Invalid, NotFound
from chalicelib.ports.operations import JobKinds
from chalicelib.settings import Settings
from tests.unit.pipeline.operations.counting import Count, OneKind


class Known(NamedTuple):
    """Kinds, the name of one of them, arguments that it takes, and the connections that such a job is made
    of."""

    kinds: JobKinds
    name: str
    given: Mapping[str, Any]
    connections: tuple[str, ...]


TAKEN: Mapping[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {
    "reread": (
        {"source": "csv", "connection": "shop", "since": "2026-01-01T00:00:00Z"},
        ("csv/shop",),
    ),
    "recover": (
        {"subscription": "sub_1", "since": "2026-01-01T00:00:00Z", "connections": ["csv/shop"]},
        ("csv/shop",),
    ),
}
"""For each kind: arguments as somebody gives them, and what a restricted caller must have to see such a job;
of none, nobody restricted sees it."""


@pytest.fixture(params=[*KINDS, "the tests' own"])
def known(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Known:
    if request.param not in KINDS:
        return Known(OneKind(Count()), "count", {"most": 3}, ("csv/default",))
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    kinds = Kinds(UseCases(Outside(Settings(stage="local"))))
    assert request.param in TAKEN, f"say in TAKEN what {request.param} takes, and who may see it"
    return Known(kinds, request.param, *TAKEN[request.param])


def test_there_is_no_kind_here_that_there_is_not() -> None:
    assert set(TAKEN) == set(KINDS)


def test_every_kind_has_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class that nobody can start does nothing."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for module in pkgutil.walk_packages(pipeline.__path__, f"{pipeline.__name__}."):
        importlib.import_module(module.name)
    classes = {
        kind.__name__ for kind in JobKind.__subclasses__() if kind.__module__.startswith("chalicelib.")
    }
    found = {type(Kinds(UseCases(Outside(Settings(stage="local")))).find(name)).__name__ for name in KINDS}
    assert found == classes, "give each a row in chalicelib/bootstrap/jobs.py"


def test_who_may_see_a_job_is_said(known: Known) -> None:
    arguments = known.kinds.parse(known.name, known.given)
    assert known.kinds.find(known.name).connections(arguments) == known.connections


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
