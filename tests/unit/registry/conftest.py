"""A registry of modules that a test makes up."""

from __future__ import annotations

import sys
import time
import types
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.registry import Found, Registry

SECONDS = 0.2
"""A budget to be overrun; what must pass has all the time that a busy machine may take."""
PATIENCE = 60.0


@pytest.fixture
def modules() -> Iterator[dict[str, types.ModuleType]]:
    """Modules that can be imported while the test runs."""
    made: dict[str, types.ModuleType] = {}
    yield made
    for name in made:
        sys.modules.pop(name, None)


class Plugins:
    """Builds a registry of modules made of functions."""

    def __init__(self, modules: dict[str, types.ModuleType]) -> None:
        self._modules = modules
        self.found: list[Found] = []
        self.calls: list[tuple[str, str, str]] = []

    def add(self, name: str, **members: Any) -> None:
        module = types.ModuleType(f"plugin_of_the_tests_{name}")
        for member, value in members.items():
            setattr(module, member, value)
        self._modules[module.__name__] = sys.modules[module.__name__] = module
        self.found.append(Found(name, module.__name__, "test 1.0"))

    @property
    def failures(self) -> list[tuple[str, str, str]]:
        """Plugin, hook and reason of each."""
        return [call for call in self.calls if call[2]]

    def registry(self, *only: str, seconds: float = PATIENCE) -> Registry:
        return Registry(
            self.found,
            only,
            seconds,
            on_call=lambda *call: self.calls.append(call),
        )


@pytest.fixture
def plugins(modules: dict[str, types.ModuleType]) -> Plugins:
    return Plugins(modules)


def time_passes(seconds: float) -> None:
    """As code does that computes: no sleep, which a signal would end."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass
