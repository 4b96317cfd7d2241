"""One line a record, with the ids at hand and nobody's words."""

from __future__ import annotations

import json
import logging
import sys
import threading
from typing import Any

import pytest

from chalicelib import log_lines
from chalicelib.errors import Poison, Unavailable, loggable
from chalicelib.log_context import bound, current
from chalicelib.log_lines import JsonLine


def line(message: str = "said", *args: object, trace_id: str = "", **attributes: Any) -> str:
    record = logging.makeLogRecord({"msg": message, "args": args, "levelname": "INFO", **attributes})
    return JsonLine("process", lambda: trace_id).format(record)


def told(*args: Any, **attributes: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(line(*args, **attributes))
    return found


def test_ids_at_hand_are_in_every_line_until_the_block_ends() -> None:
    with bound(request_id="r-1"):
        with bound(event_id="e-1", connection=""):
            within = told()
        after = told()
    assert (within["request_id"], within["event_id"]) == ("r-1", "e-1")
    assert "connection" not in within
    assert after["request_id"] == "r-1"
    assert "event_id" not in after
    assert current() == {}


def test_ids_end_where_the_block_is_left_by_an_error() -> None:
    with pytest.raises(KeyError), bound(event_id="e-1"):
        raise KeyError
    assert current() == {}


def test_each_thread_has_its_own_ids() -> None:
    seen: list[Any] = []
    with bound(request_id="r-1"):
        thread = threading.Thread(target=lambda: seen.append(dict(current())))
        thread.start()
        thread.join()
    assert seen == [{}]


def test_the_trace_is_the_event_s_or_else_the_invocation_s() -> None:
    with bound(trace_id="1-a-b"):
        assert told(trace_id="1-c-d")["trace_id"] == "1-a-b"
    assert told(trace_id="1-c-d")["trace_id"] == "1-c-d"
    assert "trace_id" not in told()


def test_lambda_s_own_filter_finds_level_and_time() -> None:
    found = told()
    assert found["level"] == "INFO"
    assert found["timestamp"].endswith("Z")
    assert found["function"] == "process"


@pytest.mark.parametrize(
    "text", ['x\n{"level": "ERROR"}', "\r\n", "\u2028", "\x85", '"}', "\ud800", "\x1b[2J"]
)
def test_no_text_makes_a_second_line(text: str) -> None:
    for written in (line("%s", text), line(event=text), line(text)):
        assert len(written.splitlines()) == 1
        assert written.isascii()
        assert text in json.loads(written).values()


def test_an_exception_is_told_without_its_words() -> None:
    try:
        raise ValueError("jo@example.com")
    except ValueError:
        written = line(exc_info=sys.exc_info())
    assert "jo@example.com" not in written
    assert json.loads(written)["exception"] == "ValueError"
    assert "test_log_lines.py" in json.loads(written)["traceback"][0]


def test_only_what_is_ours_speaks_for_itself() -> None:
    assert loggable(Unavailable("postgres", "no answer")) == "postgres: no answer"
    assert loggable(Poison("refused: jo@example.com")) == "Poison"
    assert loggable(KeyError("jo@example.com")) == "KeyError"


def test_records_of_the_package_go_to_stderr_once(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("chalicelib")
    before = (logger.level, logger.propagate, list(logger.handlers))
    try:
        log_lines.configure("process", lambda: "")
        log_lines.configure("process", lambda: "")
        logging.getLogger("chalicelib.anything").info("said")
        out, err = capsys.readouterr()
    finally:
        logger.setLevel(before[0])
        logger.propagate, logger.handlers = before[1:]
    assert out == ""
    assert json.loads(err)["message"] == "said"
