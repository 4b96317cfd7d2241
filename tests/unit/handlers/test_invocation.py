"""What is the same for every event function."""

from __future__ import annotations

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.errors import PluginFailed, Poison, Unavailable
from chalicelib.handlers import schedule
from chalicelib.handlers.invocation import invocation
from chalicelib.log_context import current
from chalicelib.services.external import external
from chalicelib.settings import SettingError

CONTEXT = SimpleNamespace(aws_request_id="r-1", get_remaining_time_in_millis=lambda: 1000)


class Numbers:
    """written: the ids at hand at each time they were."""

    def __init__(self) -> None:
        self.written: list[dict[str, str]] = []

    def flush(self) -> None:
        self.written.append(dict(current()))


@pytest.fixture
def numbers(monkeypatch: pytest.MonkeyPatch) -> Numbers:
    numbers = Numbers()
    monkeypatch.setattr(bootstrap, "use_cases", lambda: SimpleNamespace(metrics=numbers))
    return numbers


def test_its_id_is_at_hand_and_its_numbers_are_written_at_its_end(numbers: Numbers) -> None:
    with invocation(CONTEXT) as use:
        assert current() == {"request_id": "r-1"}
        assert use.metrics.written == []  # type: ignore[attr-defined]
    assert numbers.written == [{"request_id": "r-1"}]
    assert current() == {}


@pytest.mark.parametrize(
    ("error", "raised", "said"),
    [
        (Unavailable("bus", "down"), Unavailable, "bus: down"),
        (SettingError("TRIGGERIQ_STAGE is wrong"), SettingError, "TRIGGERIQ_STAGE is wrong"),
        (KeyError("jo@example.com"), Poison, "KeyError at PLACE; the log says more"),
        (Poison("22P02 jo@example.com"), Poison, "Poison at PLACE; the log says more"),
        (PluginFailed("acme/1", "jo@example.com"), Poison, "PluginFailed at PLACE; the log says more"),
    ],
)
def test_one_that_fails_writes_them_too_and_quotes_nobody(
    numbers: Numbers, error: Exception, raised: type[Exception], said: str, caplog: Any
) -> None:
    with pytest.raises(raised) as failed, invocation(CONTEXT):
        raise error
    place = r"chalicelib\.handlers\.invocation:\d+"
    assert re.fullmatch(said.replace("PLACE", place), str(failed.value))
    assert numbers.written == [{"request_id": "r-1"}]
    assert [record.message for record in caplog.records] == ["an invocation failed"] * (raised is Poison)


def test_the_place_is_where_our_code_went_to_the_outside(
    numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not the door to it, where the errors of all services are raised."""

    @external("postgres.migrate", lambda error: Poison(str(error)))
    def relaying(left: object) -> int:
        raise ValueError("jo@example.com")

    monkeypatch.setattr(
        bootstrap,
        "use_cases",
        lambda: SimpleNamespace(metrics=numbers, tickets=SimpleNamespace(relay=relaying)),
    )
    with pytest.raises(Poison, match=r"^Poison at chalicelib\.handlers\.schedule:\d+; the log says more$"):
        schedule.relay({}, CONTEXT)


def test_a_sweep_that_fails_in_one_thing_does_the_others(
    numbers: Numbers, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def step(name: str, *errors: Exception) -> Callable[..., int]:
        def stepped(*left: object) -> int:
            done.append(name)
            for error in errors:
                raise error
            return 1

        return stepped

    use = SimpleNamespace(
        metrics=numbers,
        operations=SimpleNamespace(
            resume_jobs=step("jobs", Unavailable("dynamodb", "jobs")),
            tell_troubles=step("troubles", Unavailable("sqs", "down")),
        ),
        delivery=SimpleNamespace(sweep_untold=step("untold")),
        intake=SimpleNamespace(sweep=step("uploads")),
    )
    monkeypatch.setattr(bootstrap, "use_cases", lambda: use)
    with pytest.raises(Unavailable, match="jobs"):
        schedule.sweep({"time": "2026-03-01T00:05:00Z"}, CONTEXT)
    assert sorted(done) == ["jobs", "troubles", "untold", "uploads"]
