"""One JSON object a log record, on one line, whatever a customer wrote into what it tells of."""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime

_OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class JsonLine(logging.Formatter):
    """time, level, logger, message, the record's `extra`, and the traceback of an exception. A
    traceback names types and lines, not the exception's own words, which may quote a customer."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **{name: value for name, value in vars(record).items() if name not in _OWN},
        }
        if record.exc_info and record.exc_info[1] is not None:
            line["exception"] = type(record.exc_info[1]).__name__
            line["traceback"] = _places(record.exc_info[1])
        return json.dumps(line, default=str)


def configure(function: str) -> None:
    """Send the records of this package to stderr, a line each. function: told in every line."""
    logger = logging.getLogger("chalicelib")
    if any(isinstance(handler.formatter, JsonLine) for handler in logger.handlers):
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLine())

    def named(record: logging.LogRecord) -> bool:
        record.function = function
        return True

    handler.addFilter(named)
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
