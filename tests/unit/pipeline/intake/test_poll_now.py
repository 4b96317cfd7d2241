"""A connection is polled now, whatever it waits for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.domain.intake.poll_state import PollState
from chalicelib.errors import Invalid, NotFound
from chalicelib.pipeline.intake.poll_now import PollNow, PollNowArguments
from tests.unit.pipeline.fakes import NOW, FakeConnections, FakePolls, FakeSources
from tests.unit.pipeline.intake.test_poll import Acme, Webhooks


def kind(polls: FakePolls | None = None) -> PollNow:
    return PollNow(
        sources=FakeSources(Acme(), Webhooks()), known=FakeConnections("eu"), polls=polls or FakePolls()
    )


def test_a_connection_becomes_due() -> None:
    polls = FakePolls()
    waiting = PollState(source="acme", connection="eu", cursor="c", next_at=NOW + timedelta(hours=1))
    polls.states["acme", "eu"] = waiting
    arguments = PollNowArguments(source="acme", connection="eu")
    (step,) = kind(polls).run(arguments, None)
    assert step.done == 1
    assert polls.states["acme", "eu"] == replace(waiting, next_at=NOW)
    assert list(kind(polls).run(arguments, step.checkpoint)) == []
    assert kind().connections(arguments) == ("acme/eu",)


@pytest.mark.parametrize(
    ("source", "connection", "error"),
    [("gone", "eu", NotFound), ("acme", "us", NotFound), ("webhooks", "eu", Invalid)],
)
def test_what_can_not_be_polled(source: str, connection: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        kind().check(PollNowArguments(source=source, connection=connection))


def test_a_name_that_is_none() -> None:
    with pytest.raises(Invalid):
        PollNowArguments(source="acme", connection="a/b")
