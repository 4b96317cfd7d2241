from __future__ import annotations

from collections.abc import Iterator

from chalicelib.pipeline.tickets.index import BATCH, STOP_SECONDS, IndexTickets


class Index:
    """So many tickets that search does not know."""

    def __init__(self, waiting: int) -> None:
        self.waiting, self.asked = waiting, 0

    def catch_up(self, limit: int) -> int:
        self.asked += 1
        indexed = min(self.waiting, limit)
        self.waiting -= indexed
        return indexed


def test_all_that_waits_is_indexed_in_batches() -> None:
    index = Index(2 * BATCH + 1)
    assert IndexTickets(index=index)(lambda: 30.0) == 2 * BATCH + 1
    assert (index.waiting, index.asked) == (0, 3)


def test_where_nothing_waits_it_is_asked_once() -> None:
    index = Index(0)
    assert IndexTickets(index=index)(lambda: 30.0) == 0
    assert index.asked == 1


def test_the_rest_is_left_to_the_next_run() -> None:
    left: Iterator[float] = iter((30.0, STOP_SECONDS + 1, STOP_SECONDS))
    index = Index(5 * BATCH)
    assert IndexTickets(index=index)(lambda: next(left)) == 2 * BATCH
    assert index.waiting == 3 * BATCH
