"""Tests that do not concern every sample. They are no skipped tests, which nobody sees: a test that concerns
none of a source's samples is there once and says so by its name, "[not applicable: …]"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., None])

_CONCERNS, _OTHERWISE = "concerns", "otherwise"


def only(concerns: Callable[[Any, Any], object], otherwise: str) -> Callable[[Test], Test]:
    """A test for the samples of which `concerns(contract, sample)` is true. otherwise: why there is none."""

    def marked(test: Test) -> Test:
        @wraps(test)
        def run(self: Any, **given: Any) -> None:
            if None not in given.values():
                test(self, **given)

        setattr(run, _CONCERNS, concerns)
        setattr(run, _OTHERWISE, otherwise)
        return run  # type: ignore[return-value]  # it has the arguments of `test`

    return marked


def parametrize(metafunc: pytest.Metafunc, contract: Any, argument: str, samples: Sequence[Any]) -> None:
    """Run the test once for each sample that concerns it."""
    concerns = getattr(metafunc.function, _CONCERNS, None)
    chosen = [one for one in samples if concerns is None or concerns(contract, one)]
    if chosen or concerns is None:
        metafunc.parametrize(argument, chosen, ids=[one.name for one in chosen])
    else:
        reason = getattr(metafunc.function, _OTHERWISE)
        metafunc.parametrize(argument, [None], ids=[f"not applicable: {reason}"])
