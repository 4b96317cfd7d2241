"""What is the same for every event function."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.errors import Poison, Unavailable
from chalicelib.handlers.invocation import invocation
from chalicelib.log_context import current

CONTEXT = SimpleNamespace(aws_request_id="r-1")


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
        (KeyError("jo@example.com"), Poison, "KeyError in our code; the log says where"),
    ],
)
def test_one_that_fails_writes_them_too_and_quotes_nobody(
    numbers: Numbers, error: Exception, raised: type[Exception], said: str, caplog: Any
) -> None:
    with pytest.raises(raised) as failed, invocation(CONTEXT):
        raise error
    assert str(failed.value) == said
    assert numbers.written == [{"request_id": "r-1"}]
    assert [record.message for record in caplog.records] == ["an invocation failed"] * (raised is Poison)
