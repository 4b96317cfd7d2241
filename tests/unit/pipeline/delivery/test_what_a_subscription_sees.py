"""What was for one subscription is not sent to another of the same name that sees less."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chalicelib.domain.operations.restriction import Restriction
from chalicelib.ports.web import WebAnswer
from tests.unit.pipeline.delivery.world import MINUTE, World, event


@pytest.mark.parametrize(("within", "sent"), [("csv/eu", 1), ("zendesk/eu", 2)])
def test_an_event_goes_to_who_may_be_told_of_it(within: str, sent: int) -> None:
    world = World()
    former = world.subscribe()
    world.receivers.answers[former.url] = WebAnswer(500, {}, b"")
    world.tell(event(connections=("zendesk/eu",)))
    world.deliver_once()
    world.deliver_once()
    world.subscriptions.delete(former.id)
    world.subscribe(within=Restriction((within,)))
    world.run_until(world.clock() + MINUTE)
    assert len(world.receivers.asked) == sent
    (row,) = world.rows()
    assert (row.status, row.reason) == (
        ("failed", "its subscription may not be told of it") if sent == 1 else ("pending", None)
    )


def test_a_test_send_goes_to_one_that_is_restricted() -> None:
    world = World()
    within = Restriction(("csv/*",))
    subscription = world.subscribe(within=within)
    told = event(type="subscription.test", audience=subscription.owner, connections=within.patterns)
    world.tell(replace(told, subject=subscription.id))
    world.run_until(world.clock() + MINUTE)
    assert len(world.receivers.asked) == 1
