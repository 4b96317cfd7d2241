"""Which subscriptions have metrics of their own.

CloudWatch bills each by its name, so there is a bound, and every process chooses the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib.domain.delivery.subscription import Subscription

MOST = 50
"""Subscriptions that are told apart; docs/cost.md reckons with it."""


def told_apart(subscriptions: Iterable[Subscription]) -> frozenset[str]:
    """Ids of those that were made first."""
    return frozenset(one.id for one in sorted(subscriptions, key=lambda one: (one.created_at, one.id))[:MOST])
