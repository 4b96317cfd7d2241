"""Writes each log record as one JSON object on one line, whatever characters its values hold."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from datetime import UTC, datetime

from chalicelib import log_context

_encode = json.JSONEncoder(default=str).encode  # json.dumps would make one for each line
OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
"""What `logging` itself puts into a record; all else is a field."""


class JsonLine(logging.Formatter):
    """The members that docs/observability.md lists: those of every line, the ids that are bound
    (log_context), the record's `extra`, and the traceback of an exception. A traceback names types and lines,
    but not the exception's message, which may quote a customer. A field whose name begins with _ is for a
    developer's terminal alone.

    function: its name is in every line. trace_id: gives the invocation's trace id, for lines where no event's
    is bound.
    """

    def __init__(self, function: str, trace_id: Callable[[], str]) -> None:
        super().__init__()
        self._function, self._trace_id = function, trace_id

    def format(self, record: logging.LogRecord) -> str:
        line = {
            # Lambda filters by these two names: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-log-level.html
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat()[:-6] + "Z",
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            "function": self._function,
            **log_context.current(),
            **{
                name: value
                for name, value in vars(record).items()
                if name not in OWN and value != "" and name[0] != "_"
            },
        }
        if "trace_id" not in line and (trace_id := self._trace_id()):
            line["trace_id"] = trace_id
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = type(record.exc_info[1]).__name__
            line["traceback"] = _places(record.exc_info[1])
        return _encode(line)


def configure(function: str, trace_id: Callable[[], str]) -> None:
    """Send the records of this package to stderr, a line each; unless a developer's machine sends them to its
    terminal already."""
    logger = logging.getLogger("chalicelib")
    if logger.handlers:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLine(function, trace_id))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    logger.propagate = False


def _places(error: BaseException) -> list[str]:
    places, trace = [], error.__traceback__
    while trace is not None:
        code = trace.tb_frame.f_code
        places.append(f"{code.co_filename}:{trace.tb_lineno} {code.co_name}")
        trace = trace.tb_next
    return places
