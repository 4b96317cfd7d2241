"""The door to the outside: every method of a service that leaves the process goes through it.

It does two things that would else be scattered: it turns the backend's exceptions into our three
kinds, and it gives each call a name. The names are the points after which a crash must lose nothing;
tests list them from here, so a call without its test is seen.
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

    name: "<backend>.<verb>". translate: makes of the backend's exception one of ours, or None to let
    it through as it is.
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
    """Tell `observer` the name of each external call once it is done; returns what ends that."""
    _observers.append(observer)
    return lambda: _observers.remove(observer)
