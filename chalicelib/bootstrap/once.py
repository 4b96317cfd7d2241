"""A part that is built on first use, and once."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class once(Generic[T]):  # noqa: N801 - it reads as the decorator that it is
    """functools.cached_property for routes that run in threads: two that ask at the same time get the same
    object, so that they share its cache."""

    _lock = threading.RLock()  # one for all, since building one part builds others

    def __init__(self, build: Callable[[Any], T]) -> None:
        self._build, self._name = build, build.__name__
        self.__doc__ = build.__doc__

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...

    @overload
    def __get__(self, instance: object, owner: type) -> T: ...

    def __get__(self, instance: object | None, owner: type) -> Self | T:
        if instance is None:
            return self
        with self._lock:
            # Once it is there, Python finds it in the instance and does not call this again
            if self._name not in vars(instance):
                vars(instance)[self._name] = self._build(instance)
        value: T = vars(instance)[self._name]
        return value
