"""Which subscriptions have metrics of their own."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from chalicelib.domain.delivery.subscription import Subscription
from chalicelib.domain.delivery.told_apart import MOST, told_apart

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def made(day: int) -> Subscription:
    at = BEGIN + timedelta(days=day)
    return Subscription(
        id=f"sub_{day}", name="n", owner="o", url="https://a.example/", created_at=at, updated_at=at
    )


def test_every_process_chooses_the_same_ones_however_they_are_listed() -> None:
    every = [made(day) for day in range(200)]
    first = {one.id for one in every[:MOST]}
    for seed in range(3):
        assert told_apart(random.Random(seed).sample(every, len(every))) == first


def test_few_are_all_told_apart() -> None:
    assert told_apart([made(1), made(2)]) == {"sub_1", "sub_2"}
    assert told_apart([]) == frozenset()
