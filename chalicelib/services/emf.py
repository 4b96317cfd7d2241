"""CloudWatch's embedded metric format: metrics as lines of the log, which CloudWatch reads by itself.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import re
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from chalicelib import log_context
from chalicelib.ports.operations import Counter

NAMESPACE = "TriggerIQ"
DIMENSIONS = ["stage", "source"]
UNKNOWN = "unknown"
"""The source where none is known. Each further source costs money, so nothing that a stranger wrote may
become one."""
SECONDS_TO_TICKET = "seconds_to_ticket"
VALUES_LIMIT = 100
"""Values of one metric in one line, by the specification."""

_MILLISECONDS = 1000


def to_stdout(line: str) -> None:
    """Lambda sends what a function prints to its log group."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class EmfMetrics:
    """Metrics (chalicelib.ports), added up in memory until `flush` writes a line for each source.

    stage: a dimension. function: is in each line, but no dimension. write: called with each line.
    """

    def __init__(self, stage: str, function: str, write: Callable[[str], None] = to_stdout) -> None:
        self._stage, self._function, self._write = stage, function, write
        self._lock = threading.Lock()  # routes run in threads on a developer's machine
        self._counts: dict[str, dict[str, int]] = {}
        self._seconds: dict[str, list[float]] = {}

    def count(self, counter: Counter, source: str, times: int = 1) -> None:
        if times:
            with self._lock:
                counts = self._counts.setdefault(_dimension(source), {})
                counts[counter] = counts.get(counter, 0) + times

    def seconds_to_ticket(self, source: str, seconds: float) -> None:
        with self._lock:
            self._seconds.setdefault(_dimension(source), []).append(round(max(0.0, seconds), 3))

    def flush(self) -> None:
        """Write what was counted since the last time, and begin anew. Never raises for an output that is
        closed: the work that was counted must not fail of that."""
        if not self._counts and not self._seconds:
            return
        with self._lock:
            counts, self._counts = self._counts, {}
            seconds, self._seconds = self._seconds, {}
        for source in counts.keys() | seconds.keys():
            values: dict[str, Any] = dict(counts.get(source, {}))
            waited = seconds.get(source, [])
            for start in range(0, max(1, len(waited)), VALUES_LIMIT):
                if waited:
                    values[SECONDS_TO_TICKET] = waited[start : start + VALUES_LIMIT]
                self._tell(source, values)
                values = {}

    def _tell(self, source: str, values: dict[str, Any]) -> None:
        document = {
            "_aws": {
                "Timestamp": int(time.time() * _MILLISECONDS),
                "CloudWatchMetrics": [
                    {
                        "Namespace": NAMESPACE,
                        "Dimensions": [DIMENSIONS],
                        "Metrics": [{"Name": name, "Unit": _unit(name)} for name in values],
                    }
                ],
            },
            **log_context.current(),
            "function": self._function,
            "stage": self._stage,
            "source": source,
            **values,
        }
        try:
            self._write(json.dumps(document))
        except (OSError, ValueError):
            return


def _unit(name: str) -> str:
    return "Seconds" if name == SECONDS_TO_TICKET else "Count"


def _dimension(source: str) -> str:
    # Imported here: a function that counts nothing need not load the contract
    from triggeriq.names import NAME

    return source if re.fullmatch(NAME, source) else UNKNOWN
