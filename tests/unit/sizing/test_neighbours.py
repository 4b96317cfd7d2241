"""The simulated neighbours: what they wait for is what one would reckon by hand, where one can."""

from __future__ import annotations

import math

import pytest

from sizing.neighbours import SCENES, Found, Neighbours, _Simulation, outcome
from sizing.queueing import percentile


def found(neighbours: Neighbours, *, plain: bool = False) -> Found:
    return _Simulation(neighbours, plain=plain).run()


@pytest.mark.parametrize("plain", [False, True])
def test_whoever_is_alone_and_seldom_sent_to_waits_for_nobody(plain: bool) -> None:
    waits = found(Neighbours(20, rate=0.01), plain=plain).waits()
    assert min(waits) > 0.05
    assert max(waits) < 0.5


def test_a_burst_is_taken_by_three_at_a_time() -> None:
    """100 of 0.205 s each, the first ten by one: 8.2 s at least; moved rows come a second or two late."""
    assert 7.5 < max(found(Neighbours(1, burst=100)).taken) < 16


def test_a_plain_queue_stands_still_while_all_that_it_has_is_held_up() -> None:
    """Two hundred that are dead keep ten times ten busy twice, for fifteen seconds; then it is its turn."""
    behind = Neighbours(1, dead=200, burst=1)
    assert found(behind, plain=True).taken[0] == pytest.approx(30.3, abs=0.2)
    assert found(behind).taken[0] == pytest.approx(30.3, abs=0.2)  # nobody knows yet that they are dead


def test_deliver_goes_on_where_few_endpoints_hold_much() -> None:
    behind = Neighbours(1, dead=5, burst=40)
    assert max(found(behind, plain=True).taken) > 30
    assert max(found(behind).taken) < 15


@pytest.mark.parametrize("scene", SCENES)
def test_every_delivery_to_those_who_are_well_arrives(scene: str) -> None:
    waits = outcome(scene).waits()
    assert math.inf not in waits
    assert percentile(waits, 0.95) < percentile(outcome(scene, plain=True).waits(), 0.95) + 0.1


def test_a_dead_neighbour_triples_nobody_s_wait() -> None:
    scene = "500 at once, and 500 to one who is dead"
    alone, beside = (percentile(outcome(scene, alone=it).waits(), 0.95) for it in (True, False))
    assert beside < 3 * alone


def test_what_waits_is_counted_while_it_does() -> None:
    waiting = Found(came=[0, 1, 2], taken=[3, 1.5, math.inf])
    assert [waiting.waiting_at(moment) for moment in (0, 1, 2, 3)] == [1, 2, 2, 1]
