"""The door to the outside: every call of a service that leaves the process goes through it.

It turns the backend's errors into ours, and it gives each call a name. After each of these calls a crash must
lose nothing. Tests take the list of names from here, so a call without its test is noticed.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

CALLS: set[str] = set()
"""Names of all external calls of the services imported so far."""

Observer = Callable[[str], None]
_observers: list[Observer] = []


def external(
    name: str, translate: Callable[[Exception], Exception | None]
) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Mark a function as one call to the outside.

    name: "<backend>.<verb>". translate: turns the backend's error into one of ours; None leaves it as it is.
    """
    CALLS.add(name)

    def mark(call: Callable[P, T]) -> Callable[P, T]:
        @functools.wraps(call)
        def called(*args: P.args, **kwargs: P.kwargs) -> T:
            try:
                result = call(*args, **kwargs)
            except Exception as error:
                ours = translate(error)
                if ours is None:
                    raise
                raise ours from error
            for observe in _observers:
                observe(name)
            return result

        return called

    return mark


def observe(observer: Observer) -> Callable[[], None]:
    """Call `observer` with the name of each external call once it is done. Returns a function that ends
    this."""
    _observers.append(observer)
    return lambda: _observers.remove(observer)
